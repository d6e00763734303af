import { closeSync, fstatSync, open, read } from "node:fs";
import { PitotError } from "@pitot/core";
import { checkRange } from "./checked-range.ts";
import { Limiter } from "./limiter.ts";
import type { RangeSource } from "./range-source.ts";

// Far under the usual limit of 1,024 descriptors a process, whatever else it has open. The thread pool has four threads, so more gain nothing.
const opens = new Limiter(64);

/**
 * A source over a local file. It is opened for each read and closed after it, so that 10,000 of them hold no descriptors; at most 64 are open
 * at once in a process. Reads throw `PitotError` IO where it is no file, is not there, cannot be read, or was cut or replaced
 * since its size was first seen.
 */
export function fileSource(path: string): RangeSource {
  return new FileSource(path);
}

class FileSource implements RangeSource {
  readonly location: string;
  byteLength: number | undefined;
  #version: string | undefined;

  constructor(path: string) {
    this.location = path;
  }

  async slice(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    checkRange(this.location, start, end);
    return this.#read(start, end, signal);
  }

  async suffix(length: number, signal?: AbortSignal): Promise<{ bytes: Uint8Array; byteLength: number }> {
    const bytes = await this.#read(-length, undefined, signal);
    return { bytes, byteLength: this.byteLength! };
  }

  async close(): Promise<void> {}

  /** Bytes from `start`, which counts from the end where it is below zero, to `end` or the end of the file. */
  #read(start: number, end: number | undefined, signal: AbortSignal | undefined): Promise<Uint8Array> {
    return opens.run(async () => {
      signal?.throwIfAborted();
      let descriptor: number | undefined;
      try {
        descriptor = await openFile(this.location);
        // An open file's size and its closing wait for no disk, and a trip to the thread pool costs more than they do.
        const size = this.#sizeOf(descriptor);
        const from = start < 0 ? Math.max(0, size + start) : start;
        checkRange(this.location, from, end ?? size, size);
        return await this.#fill(descriptor, from, end ?? size, signal);
      } catch (error) {
        if (error instanceof PitotError || signal?.aborted === true) throw error;
        throw new PitotError("IO", "The file cannot be read", {
          value: this.location,
          remedy: "Check the path, its permissions and the disk",
          cause: error,
        });
      } finally {
        if (descriptor !== undefined) closeSync(descriptor);
      }
    });
  }

  #sizeOf(descriptor: number): number {
    const stats = fstatSync(descriptor);
    if (!stats.isFile())
      throw new PitotError("IO", "This is not a file", {
        value: this.location,
        remedy: "Give the path of a file",
      });
    // A new inode is a file that was put in its place.
    const version = `${stats.ino} ${stats.mtimeMs} ${stats.size}`;
    if (this.#version !== undefined && version !== this.#version)
      throw new PitotError("IO", "The file was changed while it was read", {
        value: this.location,
        remedy: "Open it again",
      });
    this.byteLength = stats.size;
    this.#version = version;
    return stats.size;
  }

  async #fill(descriptor: number, start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    const bytes = new Uint8Array(end - start);
    for (let filled = 0; filled < bytes.length;) {
      signal?.throwIfAborted();
      const count = await readInto(descriptor, bytes, filled, start + filled);
      if (count === 0)
        throw new PitotError("IO", "The file was cut while it was read", {
          value: this.location,
          remedy: "Open it again",
        });
      filled += count;
    }
    return bytes;
  }
}

function openFile(path: string): Promise<number> {
  return new Promise((resolve, reject) =>
    open(path, "r", (error, descriptor) => (error === null ? resolve(descriptor) : reject(error))),
  );
}

function readInto(descriptor: number, bytes: Uint8Array, offset: number, position: number): Promise<number> {
  // Node reads at most 2 GiB in one call.
  const length = Math.min(bytes.length - offset, 1 << 30);
  return new Promise((resolve, reject) =>
    read(descriptor, bytes, offset, length, position, (error, count) =>
      error === null ? resolve(count) : reject(error),
    ),
  );
}
