import { setTimeout as wait } from "node:timers/promises";
import type { RecordBatch } from "apache-arrow";
import { isClaimed } from "./folder-claim.ts";
import { readManifest } from "./manifest.ts";
import { runFolder } from "./read-run.ts";
import { TableFollower } from "./table-follower.ts";
import { TABLE_SCHEMAS } from "./table-schemas.ts";

/** What a live run has written since. */
export interface TailBatch {
  /** Name of the table. */
  readonly table: string;
  /** Row of the table with which the batch begins. */
  readonly firstRow: number;
  readonly batch: RecordBatch;
}

/** How a run is followed. */
export interface TailOptions {
  /** Time in ms between two looks. Default 250. */
  readonly pollMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Follows a run: yields every whole batch of its tables, those that are there and those to come, and ends when the run has ended, its process
 * has died, or `signal` is aborted. Each batch comes once; those of one table in their order. Reads each table once, and keeps its dictionaries.
 *
 * @throws PitotError IO where there is no such run
 */
export async function* tailRun(
  directory: string,
  runId: string,
  options: TailOptions = {},
): AsyncGenerator<TailBatch> {
  const folder = runFolder(directory, runId);
  const tables = Object.keys(TABLE_SCHEMAS)
    .filter((table) => table !== "open_spans")
    .map((table) => ({ table, follower: new TableFollower(folder, table) }));
  for (;;) {
    // Asked before the last look: what is written after it cannot be missed.
    const ended = readManifest(folder).state === "compacted" || !isClaimed(folder);
    for (const { table, follower } of tables)
      for await (const { firstRow, batch } of follower.batches()) yield { table, firstRow, batch };
    if (ended || options.signal?.aborted) return;
    try {
      await wait(
        options.pollMs ?? 250,
        undefined,
        options.signal === undefined ? {} : { signal: options.signal },
      );
    } catch {
      return;
    }
  }
}
