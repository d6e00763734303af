import { closeSync, fsync, fsyncSync, ftruncateSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { RecordColumn } from "@pitot/core";
import { BatchEncoder } from "./encode-batch.ts";
import { openNew } from "./private-file.ts";
import { TABLE_SCHEMAS } from "./table-schemas.ts";

/** One table of a live run: an IPC stream file that grows by whole batches. Writes are synchronous, so that exit handlers can make them. */
export class TableStream {
  readonly name: string;
  readonly path: string;
  rows = 0;
  bytes = 0;
  readonly #encoder: BatchEncoder;
  #file: number | undefined;
  #dirty = false;

  constructor(folder: string, name: string) {
    this.name = name;
    this.path = join(folder, `${name}.arrows`);
    this.#encoder = new BatchEncoder(TABLE_SCHEMAS[name]!);
  }

  /** @throws what the file system throws; nothing of the batch counts as written then */
  append(length: number, columns: Readonly<Record<string, RecordColumn>>): void {
    this.#file ??= openNew(this.path);
    if (this.bytes === 0) this.#write(this.#file, this.#encoder.header());
    this.#write(this.#file, this.#encoder.batch(length, columns));
    this.rows += length;
  }

  /** Makes durable what was appended, in the background. */
  sync(): void {
    if (this.#file === undefined || !this.#dirty) return;
    this.#dirty = false;
    // A disk that fails is met, and told, at the next append or at the end.
    fsync(this.#file, () => {});
  }

  /** Makes durable what was appended, now. */
  syncNow(): void {
    if (this.#file === undefined || !this.#dirty) return;
    this.#dirty = false;
    fsyncSync(this.#file);
  }

  close(): void {
    if (this.#file === undefined) return;
    fsyncSync(this.#file);
    closeSync(this.#file);
    this.#file = undefined;
  }

  #write(file: number, bytes: Uint8Array): void {
    this.#dirty = true;
    try {
      for (let offset = 0; offset < bytes.length;) offset += writeSync(file, bytes, offset);
    } catch (error) {
      // Half a message would hide all that follow it.
      ftruncateSync(file, this.bytes);
      throw error;
    }
    this.bytes += bytes.length;
  }
}
