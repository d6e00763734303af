import type { FileHandle } from "node:fs/promises";
import type { RecordBatch } from "apache-arrow";
import { measureTable } from "./measure-table.ts";
import { openReadHandle } from "./private-file.ts";
import { damaged } from "./read-batches.ts";
import { tablePath } from "./read-run.ts";
import { scanMessages, type StreamMessage } from "./scan-messages.ts";

const NOTHING = new Uint8Array(0);

/**
 * Reads a table that grows, each time on from where it was. A stream grows by whole batches, and its dictionaries by deltas, so that one reader
 * takes message after message; the file that replaces it has the same batches.
 */
export class TableFollower {
  readonly #folder: string;
  readonly #table: string;
  /** Of what was read: its rows, its batches, and where it ends in the stream. */
  #rows = 0;
  #batches = 0;
  #offset = 0;
  /** True where the file was read, to which nothing is added. */
  #ended = false;
  /** What the reader takes next. */
  readonly #messages: Uint8Array[] = [];
  #reader: Iterator<RecordBatch> | undefined;

  constructor(folder: string, table: string) {
    this.#folder = folder;
    this.#table = table;
  }

  /**
   * The batches that were written since, each with the row of the table with which it begins.
   * @throws PitotError INVALID_DATA where the table is damaged, and what the file system throws
   */
  async *batches(): AsyncGenerator<{ readonly firstRow: number; readonly batch: RecordBatch }> {
    while (!this.#ended) {
      const path = tablePath(this.#folder, this.#table);
      if (path === undefined) return;
      const file = await opened(path);
      // Compacted meanwhile, or removed.
      if (file === undefined) continue;
      try {
        const batches = path.endsWith(".arrow") ? this.#ofFile(file, path) : this.#ofStream(file);
        for (;;) {
          const next = await batches.next().catch((error: unknown) => {
            throw damaged(path, error);
          });
          if (next.done === true) return;
          const firstRow = this.#rows;
          this.#rows += next.value.numRows;
          this.#batches++;
          yield { firstRow, batch: next.value };
        }
      } finally {
        await file.close();
      }
    }
  }

  async *#ofStream(file: FileHandle): AsyncGenerator<RecordBatch> {
    // What stands before a batch is certain with it alone: of half a batch, whole dictionaries may be taken back.
    let before: StreamMessage[] = [];
    for await (const message of scanMessages(file, this.#offset)) {
      before.push(message);
      if (message.header.type !== "batch") continue;
      for (const part of before) this.#messages.push(await part.bytes());
      before = [];
      const batch = (await this.#open()).next();
      if (batch.done === true) throw new Error("The reader wants more than the batch has");
      this.#offset = message.offset + message.metadataLength + message.header.bodyLength;
      yield batch.value;
    }
  }

  async *#ofFile(file: FileHandle, path: string): AsyncGenerator<RecordBatch> {
    // Mostly all of it was seen in the stream: then its dictionaries need not be read.
    if (measureTable(path).rows > this.#rows) {
      const { RecordBatchReader } = await import("apache-arrow");
      const reader = await RecordBatchReader.from(file);
      await reader.open({ autoDestroy: false });
      for (;;) {
        const batch = await reader.readRecordBatch(this.#batches);
        if (batch === null) break;
        yield batch;
      }
    }
    this.#ended = true;
  }

  async #open(): Promise<Iterator<RecordBatch>> {
    if (this.#reader !== undefined) return this.#reader;
    // Only readers pay for the library; writing needs none.
    const { RecordBatchReader } = await import("apache-arrow");
    const reader = RecordBatchReader.from(this.#source()).open({ autoDestroy: false });
    return (this.#reader = reader[Symbol.iterator]());
  }

  /** Where the reader asks once more than there are messages, which it does at the end of each, it gets nothing and waits; twice, it would never end. */
  *#source(): Generator<Uint8Array> {
    for (let asked = 0; asked < 2;) {
      const message = this.#messages.shift();
      asked = message === undefined ? asked + 1 : 0;
      yield message ?? NOTHING;
    }
  }
}

/** Undefined where it is not there. */
async function opened(path: string): Promise<FileHandle | undefined> {
  try {
    return await openReadHandle(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
