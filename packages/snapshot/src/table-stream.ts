import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from "node:fs";
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
  /** True where half a batch may stand behind the last whole one. */
  #torn = false;

  constructor(folder: string, name: string) {
    this.name = name;
    this.path = join(folder, `${name}.arrows`);
    this.#encoder = new BatchEncoder(TABLE_SCHEMAS[name]!);
  }

  /** @throws what the file system throws, or PitotError INVALID_DATA; nothing of the batch counts as written then */
  append(length: number, columns: Readonly<Record<string, RecordColumn>>): void {
    // `wx`: never follow or overwrite what somebody put there.
    this.#file ??= openSync(this.path, "wx", 0o600);
    if (this.#torn) ftruncateSync(this.#file, this.bytes);
    this.#torn = false;
    const bytes = this.#encoder.encode(length, columns);
    try {
      for (let offset = 0; offset < bytes.length;)
        offset += writeSync(this.#file, bytes, offset, bytes.length - offset, this.bytes + offset);
    } catch (error) {
      // A full disk may take half of it; what follows must not stand behind that.
      this.#torn = true;
      throw error;
    }
    this.#encoder.commit();
    this.bytes += bytes.length;
    this.rows += length;
  }

  /** Makes what was appended outlast a power loss. */
  sync(): void {
    if (this.#file !== undefined) fsyncSync(this.#file);
  }

  close(): void {
    if (this.#file === undefined) return;
    this.sync();
    closeSync(this.#file);
    this.#file = undefined;
  }
}
