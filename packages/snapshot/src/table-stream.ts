import { closeSync, fstatSync, fsync, fsyncSync, ftruncateSync, openSync, writeSync } from "node:fs";
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
  /** True where half a batch may stand behind the last whole one. */
  #torn = false;
  /** True where something was appended since the disk was last asked to keep it. */
  #dirty = false;

  /** @param before what stands in the file already, and the encoder that goes on behind it */
  constructor(
    folder: string,
    name: string,
    before?: { readonly encoder: BatchEncoder; readonly bytes: number; readonly rows: number },
  ) {
    this.name = name;
    this.path = join(folder, `${name}.arrows`);
    this.#encoder = before?.encoder ?? new BatchEncoder(TABLE_SCHEMAS[name]!);
    if (before === undefined) return;
    this.bytes = before.bytes;
    this.rows = before.rows;
    this.#file = openSync(this.path, "r+");
  }

  /** @throws what the file system throws, or PitotError INVALID_DATA; nothing of the batch counts as written then */
  append(length: number, columns: Readonly<Record<string, RecordColumn>>): void {
    this.#file ??= openNew(this.path);
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
    this.#dirty = true;
    this.bytes += bytes.length;
    this.rows += length;
  }

  /** True where somebody has removed the file: what was appended is lost, and so is what follows. */
  get removed(): boolean {
    return this.#file !== undefined && fstatSync(this.#file).nlink === 0;
  }

  /** Makes what was appended outlast a power loss. */
  sync(): void {
    if (this.#file === undefined || !this.#dirty) return;
    fsyncSync(this.#file);
    this.#dirty = false;
  }

  /** The same, without waiting for the disk. `onFailed` is told where the disk did not keep it: the next call would find all well. */
  syncInBackground(onFailed: (error: Error) => void): void {
    const file = this.#file;
    if (file === undefined || !this.#dirty) return;
    this.#dirty = false;
    fsync(file, (error) => {
      // Closed meanwhile, it is synced by whoever compacts it.
      if (error !== null && this.#file === file) onFailed(error);
    });
  }

  /** No batch follows. What was appended is in the file, and on the disk once it has been synced, or compacted. */
  close(): void {
    if (this.#file === undefined) return;
    closeSync(this.#file);
    this.#file = undefined;
  }
}
