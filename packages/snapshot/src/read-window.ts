import type { FileHandle } from "node:fs/promises";

/** More than most tables of small runs have. */
const WINDOW_BYTES = 32 << 10;

const NOTHING = Buffer.alloc(0);

/** Reads a file by windows, so that small parts next to each other are one read. */
export class ReadWindow {
  readonly #file: FileHandle;
  #bytes: Buffer = NOTHING;
  /** Where the window begins in the file. */
  #start = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** So many bytes from `offset`, which stay as they are; fewer where the file ends before. */
  async read(offset: number, length: number): Promise<Buffer> {
    const at = offset - this.#start;
    if (at >= 0 && at + length <= this.#bytes.length) return this.#bytes.subarray(at, at + length);
    const buffer = Buffer.allocUnsafeSlow(Math.max(length, WINDOW_BYTES));
    let filled = 0;
    // A file system may give less than it has.
    while (filled < length) {
      const { bytesRead } = await this.#file.read(buffer, filled, buffer.length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    this.#start = offset;
    this.#bytes = buffer.subarray(0, filled);
    return this.#bytes.subarray(0, length);
  }
}
