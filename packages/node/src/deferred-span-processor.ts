import { diag } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace";

/** Spans that wait for their processor at most. */
const LIMIT = 200_000;

/**
 * Keeps finished spans until the processor behind it is loaded, which begins with the first of them. `load` may answer undefined:
 * then spans go nowhere, as they do where no Collector listens.
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
    void this.#loaded();
  }

  async forceFlush(): Promise<void> {
    if (this.#loading === undefined) return;
    await this.#loaded();
    await this.#processor?.forceFlush();
  }

  async shutdown(): Promise<void> {
    if (this.#loading === undefined) return;
    await this.#loaded();
    await this.#processor?.shutdown();
  }

  #loaded(): Promise<void> {
    return (this.#loading ??= this.#begin());
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
