import { closeSync, constants, fstatSync, open, openSync, read, readSync } from "node:fs";
import { PitotError } from "@pitot/core";
import { checkRange } from "./checked-range.ts";
import { Limiter } from "./limiter.ts";
import { QuickReads } from "./quick-reads.ts";
import type { RangeSource } from "./range-source.ts";
import { requireSignal } from "../require-option.ts";

// Far under the usual limit of 1,024 descriptors a process, whatever else it has open. The thread pool has four threads, so more gain nothing.
const opens = new Limiter(64);
const quickReads = new QuickReads();

// To copy more takes too long to be done at once.
const SMALL = 256 * 1024;

// A pipe would else be waited for until somebody writes to it. Windows has no such flag.
const FLAGS = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);

/**
 * A source over a local file. It is opened for each read and closed after it, so that 10,000 of them hold no descriptors; at most 64 are open
 * at once in a process. Small reads are done at once where the disk is quick, as from the page cache; the event loop turns every 2 ms. Reads throw
 * `PitotError` IO where it is no file, is not there, cannot be read, or was cut or replaced since its size was first seen.
 */
export function fileSource(path: string): RangeSource {
  return new FileSource(path);
}

class FileSource implements RangeSource {
  readonly location: string;
  byteLength: number | undefined;
  #inode = -1;
  #modified = -1;

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
  async #read(start: number, end: number | undefined, signal: AbortSignal | undefined): Promise<Uint8Array> {
    requireSignal(signal);
    try {
      const small = (end ?? 0) - start <= SMALL;
      if (small && (await quickReads.mayRead())) {
        signal?.throwIfAborted();
        return quickReads.now(() => this.#readNow(start, end));
      }
      return await opens.run(() => {
        signal?.throwIfAborted();
        const reading = (): Promise<Uint8Array> => this.#readInPool(start, end, signal);
        return small ? quickReads.inPool(reading) : reading();
      });
    } catch (error) {
      if (error instanceof PitotError || signal?.aborted === true) throw error;
      throw new PitotError("IO", "The file cannot be read", {
        value: this.location,
        remedy: "Check the path, its permissions and the disk",
        cause: error,
      });
    }
  }

  #readNow(start: number, end: number | undefined): Uint8Array {
    const descriptor = openSync(this.location, FLAGS);
    try {
      const [from, bytes] = this.#room(descriptor, start, end);
      for (let filled = 0; filled < bytes.length;)
        filled += this.#some(readSync(descriptor, bytes, filled, bytes.length - filled, from + filled));
      return bytes;
    } finally {
      closeSync(descriptor);
    }
  }

  async #readInPool(
    start: number,
    end: number | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    const descriptor = await openFile(this.location);
    try {
      // An open file's size and its closing wait for no disk, and a trip to the thread pool costs more than they do.
      const [from, bytes] = this.#room(descriptor, start, end);
      for (let filled = 0; filled < bytes.length;) {
        signal?.throwIfAborted();
        filled += this.#some(await readInto(descriptor, bytes, filled, from + filled));
      }
      return bytes;
    } finally {
      closeSync(descriptor);
    }
  }

  /** Where the bytes begin in the file, and room for them. */
  #room(descriptor: number, start: number, end: number | undefined): [from: number, bytes: Uint8Array] {
    const size = this.#sizeOf(descriptor);
    const from = start < 0 ? Math.max(0, size + start) : start;
    checkRange(this.location, from, end ?? size, size);
    // All of it is read into, so it need not be cleared before.
    const room = Buffer.allocUnsafeSlow((end ?? size) - from);
    return [from, new Uint8Array(room.buffer)];
  }

  #sizeOf(descriptor: number): number {
    const stats = fstatSync(descriptor);
    if (!stats.isFile())
      throw new PitotError("IO", "This is not a file", {
        value: this.location,
        remedy: "Give the path of a file",
      });
    const { ino, mtimeMs, size } = stats;
    // A new inode is a file that was put in its place.
    const same = ino === this.#inode && mtimeMs === this.#modified && size === this.byteLength;
    if (this.byteLength !== undefined && !same)
      throw new PitotError("IO", "The file was changed while it was read", {
        value: this.location,
        remedy: "Open it again",
      });
    this.byteLength = size;
    this.#inode = ino;
    this.#modified = mtimeMs;
    return size;
  }

  /** A count of bytes read, where there were any. */
  #some(count: number): number {
    if (count === 0)
      throw new PitotError("IO", "The file was cut while it was read", {
        value: this.location,
        remedy: "Open it again",
      });
    return count;
  }
}

function openFile(path: string): Promise<number> {
  return new Promise((resolve, reject) =>
    open(path, FLAGS, (error, descriptor) => (error === null ? resolve(descriptor) : reject(error))),
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
