/** Readings within a millisecond after which a burst is under way. */
const BURST = 8;
/** Rows of a burst that share one reading. */
const STRIDE = 32;

/**
 * The time of rows that come in bursts. Reading the system's clock costs as much as recording a row, so that in a burst of rows within one
 * synchronous turn, faster than eight per millisecond, it is read for one in 32 only. Whatever awaits ends the burst.
 */
export class BurstClock {
  /** Unix milliseconds at the last reading. */
  time = 0;
  /** Another one for another time: small, so that comparing it and handing it on allocates nothing, as a large number would. */
  tick = 0;
  #same = 0;
  #left = 0;
  #armed = false;

  /** A row is recorded: brings the time up to date. */
  touch(): void {
    if (this.#left > 0) this.#left--;
    // Apart, since a function that holds a closure costs an allocation per call.
    else this.#read();
  }

  /** Ends the burst: the next row reads the clock. */
  reset(): void {
    this.#left = 0;
    this.#same = 0;
  }

  #read(): void {
    const now = Date.now();
    if (now !== this.time) {
      // Rows that took longer than a tick of the clock are no burst.
      if (now - this.time !== 1) this.#same = 0;
      this.time = now;
      this.tick = (this.tick + 1) & 0x3fffffff;
    } else this.#same++;
    if (this.#same < BURST) return;
    this.#left = STRIDE - 1;
    if (this.#armed) return;
    this.#armed = true;
    queueMicrotask(() => {
      this.#armed = false;
      this.reset();
    });
  }
}
