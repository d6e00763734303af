import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { RecordColumn } from "@pitot/core";
import { BatchEncoder } from "./encode-batch.ts";
import { TABLE_SCHEMAS } from "./table-schemas.ts";

/** One table of a live run: an IPC stream file that grows by whole batches. Writes are synchronous, so that exit handlers can make them. */
export class TableStream {
  readonly name: string;
  readonly path: string;
  rows = 0;
  bytes = 0;
  readonly #encoder: BatchEncoder;
  #file: number | undefined;

  constructor(folder: string, name: string) {
    this.name = name;
    this.path = join(folder, `${name}.arrows`);
    this.#encoder = new BatchEncoder(TABLE_SCHEMAS[name]!);
  }

  /** @throws what the file system throws; nothing of the batch counts as written then */
  append(length: number, columns: Readonly<Record<string, RecordColumn>>): void {
    if (this.#file === undefined) {
      // `wx`: never follow or overwrite what somebody put there.
      this.#file = openSync(this.path, "wx", 0o600);
      this.#write(this.#file, this.#encoder.header());
    }
    this.#write(this.#file, this.#encoder.batch(length, columns));
    this.rows += length;
  }

  close(): void {
    if (this.#file === undefined) return;
    fsyncSync(this.#file);
    closeSync(this.#file);
    this.#file = undefined;
  }

  #write(file: number, bytes: Uint8Array): void {
    for (let offset = 0; offset < bytes.length;) offset += writeSync(file, bytes, offset);
    this.bytes += bytes.length;
  }
}
