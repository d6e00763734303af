/** How long reads may go on, with what is made of them, before the event loop turns. */
const SLICE_MS = 2;
// A read of the page cache takes 20 µs, and one that waits for a disk more than this. Beside those of the thread pool it would then be slower, too.
const QUICK_MS = 0.1;
// Reads wait for each other in the pool, and for a busy processor. Above this it is the disk, and to wait for it would be felt.
const QUICK_IN_POOL_MS = 50;
const FEWEST = 8;
const MOST = 256;

/**
 * Says whether small reads of local files are done at once instead of in the thread pool. Where a file is in the page cache, going to the pool and back costs more
 * than the read does, twice for each file. So it is tried where reads were quick before, and given up at the first slow one: for 8 reads, then
 * 16, and up to 256 while they stay slow. A file system that hangs is so met in the pool, where it holds nobody up.
 */
export class QuickReads {
  /** Reads in the pool that were quick, one after the other. */
  #quick = 0;
  /** How many of them it takes. */
  #needed = FEWEST;
  #sliceStart = -Infinity;
  #turning: Promise<void> | undefined;

  /** Whether a read may be done now. Waits for the event loop to turn where reads have gone on for 2 ms. */
  async mayRead(): Promise<boolean> {
    while (this.#quick >= this.#needed && performance.now() - this.#sliceStart > SLICE_MS)
      await (this.#turning ??= this.#turn());
    return this.#quick >= this.#needed;
  }

  /** The result of a read that is done now. */
  now<T>(read: () => T): T {
    const started = performance.now();
    try {
      return read();
    } finally {
      if (performance.now() - started > QUICK_MS) {
        this.#quick = 0;
        this.#needed = Math.min(MOST, this.#needed * 2);
      } else if (this.#needed > FEWEST) this.#needed--;
    }
  }

  /** The result of a read in the pool. */
  async inPool<T>(read: () => Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      return await read();
    } finally {
      this.#quick = performance.now() - started > QUICK_IN_POOL_MS ? 0 : this.#quick + 1;
    }
  }

  async #turn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#turning = undefined;
    this.#sliceStart = performance.now();
  }
}
