import type { FileHandle } from "node:fs/promises";
import type { RecordBatch } from "apache-arrow";
import { openReadHandle } from "./private-file.ts";

/**
 * The record batches of an IPC file or stream, one in memory at a time. A stream ends at its last whole batch, whatever follows.
 *
 * @throws what the file system throws
 */
export async function* readBatches(path: string): AsyncGenerator<RecordBatch> {
  const file = await openReadHandle(path);
  try {
    const batches = await open(file, path);
    for (;;) {
      let next: IteratorResult<RecordBatch>;
      try {
        next = await batches.next();
      } catch (error) {
        if (isTorn(path, error)) return;
        throw error;
      }
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await file.close();
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
    throw error;
  }
}

/** The reader throws on half a message. An error of the file system is no torn tail, and a file has been written whole. */
function isTorn(path: string, error: unknown): boolean {
  return path.endsWith(".arrows") && (error as NodeJS.ErrnoException).code === undefined;
}
