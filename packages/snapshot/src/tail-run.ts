import { setTimeout as wait } from "node:timers/promises";
import type { RecordBatch } from "apache-arrow";
import { isClaimed } from "./folder-claim.ts";
import { readManifest } from "./manifest.ts";
import { measureTable, type TableMeasure } from "./measure-table.ts";
import { readBatches } from "./read-batches.ts";
import { runFolder, tablePath } from "./read-run.ts";
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
 * has died, or `signal` is aborted. Each batch comes once; those of one table in their order.
 *
 * @throws PitotError IO where there is no such run
 */
export async function* tailRun(
  directory: string,
  runId: string,
  options: TailOptions = {},
): AsyncGenerator<TailBatch> {
  const folder = runFolder(directory, runId);
  const seen = new Map<string, number>();
  for (;;) {
    // Asked before the last look: what is written after it cannot be missed.
    const ended = readManifest(folder).state === "compacted" || !isClaimed(folder);
    for (const table of Object.keys(TABLE_SCHEMAS))
      if (table !== "open_spans") yield* newBatches(folder, table, seen);
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

async function* newBatches(
  folder: string,
  table: string,
  seen: Map<string, number>,
): AsyncGenerator<TailBatch> {
  const done = seen.get(table) ?? 0;
  const path = tablePath(folder, table);
  if (path === undefined || measured(path).rows === done) return;
  let row = 0;
  // A stream may be compacted between two looks: batches stay what they are, so that rows tell where to go on.
  for await (const batch of readBatches(path)) {
    if (row >= done) {
      yield { table, firstRow: row, batch };
      seen.set(table, row + batch.numRows);
    }
    row += batch.numRows;
  }
}

/** Of a stream that is compacted by now, the file. */
function measured(path: string): TableMeasure {
  try {
    return measureTable(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || !path.endsWith(".arrows")) throw error;
    return measureTable(path.slice(0, -1));
  }
}
