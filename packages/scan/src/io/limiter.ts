/** Runs work with a bounded number at once; the rest waits in order. */
export class Limiter {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param slots - How many may run at once. */
  constructor(slots: number) {
    this.#free = slots;
  }

  /** The result of `work`, started once there is room. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#free--;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}
