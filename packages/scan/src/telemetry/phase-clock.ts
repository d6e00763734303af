type Phase = "planning" | "reading" | "decoding";

/**
 * Where the time of a scan went, each moment told once: to decoding while its code runs, else to reading while data is waited for, else to planning. What the consumer does
 * with a batch is not told, nor is what is fetched ahead meanwhile.
 */
export class PhaseClock {
  readonly #told: Record<Phase, number> = { planning: 0, reading: 0, decoding: 0 };
  readonly #underWay: Record<Phase, number> = { planning: 0, reading: 0, decoding: 0 };
  #isAwaited = true;
  /** Of what began before a batch was handed over, the end is no longer of interest. */
  #handOvers = 0;
  #since = performance.now();

  /** Milliseconds until now. */
  get milliseconds(): Readonly<Record<Phase, number>> {
    this.#tell();
    return { ...this.#told };
  }

  /** The result of listing and of reading footers. */
  async planning<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#change("planning", 1);
    try {
      return await work();
    } finally {
      this.#change("planning", -1);
    }
  }

  /** What a read gives. What runs on it, until this turn of the event loop ends, is decoding: nothing else tells when a decoder is at work and when it waits. */
  async reading<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#change("reading", 1);
    try {
      return await work();
    } finally {
      this.#change("reading", -1);
      this.#change("decoding", 1);
      const handOvers = this.#handOvers;
      setImmediate(() => {
        if (handOvers === this.#handOvers) this.#change("decoding", -1);
      });
    }
  }

  /** The consumer has a batch and is about to work with it. */
  handOver(): void {
    this.#tell();
    this.#isAwaited = false;
    this.#handOvers++;
    this.#underWay.decoding = 0;
  }

  /** The consumer wants the next one. */
  resume(): void {
    this.#tell();
    this.#isAwaited = true;
  }

  #change(phase: Phase, by: 1 | -1): void {
    this.#tell();
    this.#underWay[phase] += by;
  }

  #tell(): void {
    const now = performance.now();
    const { decoding, reading, planning } = this.#underWay;
    if (decoding > 0) this.#told.decoding += now - this.#since;
    else if (this.#isAwaited && reading > 0) this.#told.reading += now - this.#since;
    else if (this.#isAwaited && planning > 0) this.#told.planning += now - this.#since;
    this.#since = now;
  }
}
