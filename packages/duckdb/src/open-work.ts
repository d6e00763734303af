/** What has begun on one connection and not ended: its end is the connection's at the latest. */
export class OpenWork {
  readonly #results = new Set<() => void>();
  readonly #appenders = new Set<() => void>();
  readonly #collected = new FinalizationRegistry<() => void>((end) => this.#close(end));

  /**
   * `end` is called when `owner` is collected, its connection closed or, of a result, ended by another statement; not after the
   * returned function was called.
   */
  add(kind: "result" | "appender", owner: object, end: () => void): () => void {
    (kind === "result" ? this.#results : this.#appenders).add(end);
    this.#collected.register(owner, end, end);
    return () => {
      this.#results.delete(end);
      this.#appenders.delete(end);
      this.#collected.unregister(end);
    };
  }

  /** DuckDB ends a result that is not fetched yet when its connection runs or prepares another statement, flushes an appender or is interrupted, without an error. */
  endResults(): void {
    for (const end of this.#results) this.#close(end);
  }

  endAll(): void {
    this.endResults();
    for (const end of this.#appenders) this.#close(end);
  }

  #close(end: () => void): void {
    if (this.#results.delete(end) || this.#appenders.delete(end)) end();
  }
}
