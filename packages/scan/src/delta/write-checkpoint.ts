import { randomUUID } from "node:crypto";
import { open, unlink, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { ACTION_KINDS, checkpointSchema, type CheckpointRow } from "./checkpoint-actions.ts";
import type { CheckpointAdds } from "./checkpoint-adds.ts";
import { CheckpointOutput } from "./checkpoint-output.ts";
import { CheckpointParquet, type CheckpointSink } from "./checkpoint-parquet.ts";
import { readCheckpointRows } from "./checkpoint-reader.ts";
import { CheckpointReplay } from "./checkpoint-replay.ts";
import { visitCommit } from "./commit-reader.ts";
import { readLogFile } from "./log-file.ts";
import { checkpointName, listLog, type CheckpointFiles } from "./log-listing.ts";
import { logSegment } from "./log-segment.ts";
import { linkNew } from "./put-commit.ts";
import { RowGroupReuse } from "./row-group-reuse.ts";

/** Rows of a row group: what is in memory at once, and encoded without a pause. */
const GROUP_ROWS = 10_000;

/** How a checkpoint is written. */
interface WriteCheckpointOptions {
  /** Tombstones that are older, in Unix milliseconds, are left out. */
  readonly removedAfter: number;
  /** Rows of a row group at most. */
  readonly groupRows?: number;
}

/** A checkpoint that was written. */
export interface WrittenCheckpoint {
  /** Actions, and files among them. */
  readonly rows: number;
  readonly files: number;
  readonly bytes: number;
}

/**
 * Writes the classic checkpoint of a version: everything that its log comes to, so that readers need nothing older. Row groups of the checkpoint before in which
 * nothing changed are copied as they are; so a table that grows costs what came to it, not what it has.
 *
 * To a temporary file, which is synced, then linked to the checkpoint's name.
 *
 * @returns undefined where the version has one
 * @throws UnfitForCheckpoint where the log has something that this writer does not know; whatever the log or the disk say
 */
export async function writeCheckpoint(
  root: string,
  version: number,
  { removedAfter, groupRows = GROUP_ROWS }: WriteCheckpointOptions,
): Promise<WrittenCheckpoint | undefined> {
  const listing = await listLog(root);
  const { folder, checkpoints } = listing;
  if (checkpoints.some((known) => known.version === version)) return undefined;
  const { commits, checkpoint } = logSegment(listing, version);
  const name = checkpointName(version);
  const temporary = join(folder, `.${name}.${randomUUID()}.tmp`);
  const handle = await open(temporary, "wx");
  try {
    let written: WrittenCheckpoint;
    try {
      const writer = new CheckpointWriter(handle, new CheckpointReplay(removedAfter), groupRows);
      for (const commit of commits) await writer.takeCommit(folder, commit.name);
      if (checkpoint !== undefined) await writer.takeCheckpoint(folder, checkpoint);
      written = await writer.finish();
      await handle.sync();
    } finally {
      await handle.close();
    }
    return (await linkNew(temporary, join(folder, name))) ? written : undefined;
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}

const EVERYTHING = { actions: new Set<string>(ACTION_KINDS), whole: true };

class CheckpointWriter {
  readonly #schema = checkpointSchema();
  readonly #output: CheckpointOutput;
  readonly #replay: CheckpointReplay;
  readonly #sink: CheckpointSink = {
    row: (row, place) => this.#replay.take(row, place),
    adds: (files) => this.#takeAdds(files),
  };
  readonly #groupRows: number;
  #files = 0;

  constructor(handle: FileHandle, replay: CheckpointReplay, groupRows: number) {
    this.#output = new CheckpointOutput(handle, this.#schema);
    this.#replay = replay;
    this.#groupRows = groupRows;
  }

  /** Takes a commit, or several folded into one; newest first. */
  async takeCommit(folder: string, name: string): Promise<void> {
    this.#replay.begin();
    visitCommit(await readLogFile(join(folder, name)), name, (line, number) =>
      this.#replay.take(line, { file: name, line: number }),
    );
    await this.#writeFull();
  }

  /** Takes the checkpoint before, after all commits. */
  async takeCheckpoint(folder: string, checkpoint: CheckpointFiles): Promise<void> {
    this.#replay.begin();
    const [name] = checkpoint.names;
    if (checkpoint.kind === "classic") {
      const before = await CheckpointParquet.open(join(folder, name!), name!);
      const reuse = await RowGroupReuse.of(before, this.#schema, this.#replay, this.#groupRows);
      if (reuse !== undefined) {
        for (const index of reuse.copied) {
          this.#files += before.count(index, "add", "path")!;
          await this.#output.copy(before, index);
        }
        for (const index of reuse.read) await before.read(index, this.#sink, EVERYTHING);
        return;
      }
    }
    await readCheckpointRows(folder, checkpoint, this.#sink, { tombstones: true, whole: true });
  }

  async finish(): Promise<WrittenCheckpoint> {
    const { adds, transactions, others } = this.#replay;
    this.#replay.assertWhole();
    await this.#writeFull();
    await this.#writeGroup(adds);
    await this.#writeGroup(transactions);
    await this.#writeGroup(others);
    const bytes = await this.#output.finish();
    return { rows: this.#output.rows, files: this.#files, bytes };
  }

  async #takeAdds(files: CheckpointAdds): Promise<void> {
    for (let from = 0; from < files.rows; from += this.#groupRows) {
      this.#replay.takeAdds(files, from, Math.min(from + this.#groupRows, files.rows));
      await this.#writeFull();
    }
    files.paths.rest();
    files.stats?.rest();
  }

  /** Writes the row groups that are full. */
  async #writeFull(): Promise<void> {
    for (const rows of [this.#replay.adds, this.#replay.transactions, this.#replay.others])
      while (rows.length >= this.#groupRows) await this.#writeGroup(rows.splice(0, this.#groupRows));
  }

  async #writeGroup(rows: readonly CheckpointRow[]): Promise<void> {
    if (rows[0]?.kind === "add") this.#files += rows.length;
    await this.#output.write(rows);
    // Others get their turn.
    await setImmediate();
  }
}
