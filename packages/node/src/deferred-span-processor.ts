import { diag } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace";

/** Spans that wait for their processor at most; what is beyond is in the snapshot, from which it is delivered later. */
const LIMIT = 200_000;

/**
 * Keeps finished spans until the processor behind it is loaded, which begins with the first of them. `load` may answer undefined:
 * then spans go nowhere from here.
 */
export class DeferredSpanProcessor implements SpanProcessor {
  readonly #load: () => Promise<SpanProcessor | undefined>;
  #loading: Promise<void> | undefined;
  #waiting: ReadableSpan[] | undefined = [];
  #processor: SpanProcessor | undefined;

  constructor(load: () => Promise<SpanProcessor | undefined>) {
    this.#load = load;
  }

  onStart(_span: Span): void {}

  onEnd(span: ReadableSpan): void {
    if (this.#waiting === undefined) {
      this.#processor?.onEnd(span);
      return;
    }
    if (this.#waiting.length < LIMIT) this.#waiting.push(span);
    this.#loading ??= this.#begin();
  }

  async forceFlush(): Promise<void> {
    await this.#loading;
    await this.#processor?.forceFlush();
  }

  async shutdown(): Promise<void> {
    await this.#loading;
    await this.#processor?.shutdown();
  }

  async #begin(): Promise<void> {
    try {
      this.#processor = await this.#load();
    } catch (error) {
      diag.error("pitot: spans cannot be delivered", error);
    }
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const span of waiting) this.#processor?.onEnd(span);
  }
}
