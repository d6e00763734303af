import type { FileHandle } from "node:fs/promises";
import { PitotError } from "@pitot/core";
import type { RecordBatch } from "apache-arrow";
import { openReadHandle } from "./private-file.ts";

/**
 * The record batches of an IPC file or stream, one in memory at a time. A stream ends at its last whole batch, whatever follows; of one
 * that is compacted by now, the file is read.
 *
 * @throws PitotError INVALID_DATA where a file is damaged, and what the file system throws
 */
export async function* readBatches(stored: string): AsyncGenerator<RecordBatch> {
  const { path, file } = await openStored(stored);
  try {
    const batches = await open(file, path);
    for (;;) {
      let next: IteratorResult<RecordBatch>;
      try {
        next = await batches.next();
      } catch (error) {
        if (isTorn(path, error)) return;
        throw damaged(path, error);
      }
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await file.close();
  }
}

async function openStored(path: string): Promise<{ readonly path: string; readonly file: FileHandle }> {
  try {
    return { path, file: await openReadHandle(path) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || !path.endsWith(".arrows")) throw error;
    const compacted = path.slice(0, -1);
    return { path: compacted, file: await openReadHandle(compacted) };
  }
}

async function open(file: FileHandle, path: string): Promise<AsyncIterator<RecordBatch>> {
  // Only readers pay for the library; writing needs none.
  const { RecordBatchReader } = await import("apache-arrow");
  try {
    const reader = await RecordBatchReader.from(file);
    await reader.open({ autoDestroy: false });
    return reader[Symbol.asyncIterator]();
  } catch (error) {
    if (isTorn(path, error)) return (async function* none(): AsyncGenerator<RecordBatch> {})();
    throw damaged(path, error);
  }
}

/** The reader throws on half a message. An error of the file system is no torn tail, and a file has been written whole. */
export function isTorn(path: string, error: unknown): boolean {
  return path.endsWith(".arrows") && (error as NodeJS.ErrnoException).code === undefined;
}

/** What a reader says of a file that has been written whole, as the user is told it; errors of the file system stay what they are. */
export function damaged(path: string, cause: unknown): unknown {
  if ((cause as NodeJS.ErrnoException).code !== undefined) return cause;
  return new PitotError("INVALID_DATA", "The table is damaged", {
    value: path,
    remedy: "Restore it: its SHA-256 is in run.json. The other tables of the run are not concerned.",
    cause,
  });
}
