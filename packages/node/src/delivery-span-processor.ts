import { context, diag } from "@opentelemetry/api";
import { ExportResultCode, suppressTracing, type ExportResult } from "@opentelemetry/core";
import type { ReadableSpan, Span, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace";
import { addCounter } from "@pitot/core";
import { ATTR_OUTCOME, METRIC_EXPORT_SPANS } from "@pitot/semconv";
import { spanBytes } from "./span-bytes.ts";

/** Bounds of a {@link DeliverySpanProcessor}; the defaults suit a Collector's defaults. */
export interface DeliveryOptions {
  /** Spans of one request. Default 512. */
  readonly batchSpans?: number;
  /** Estimated bytes of one request, under the 4 MiB that a Collector takes over gRPC. Default 3 MiB. */
  readonly batchBytes?: number;
  /** Requests under way at once. Default 4. */
  readonly concurrency?: number;
  /** Longest time in ms that a span waits for company. Default 1,000. */
  readonly delayMs?: number;
  /** Spans waiting in memory, beyond which the oldest are given up and counted. Default 200,000. */
  readonly queueSpans?: number;
}

/**
 * Sends finished spans through any exporter, without the drops of the SDK's batch processor: its queue takes whole bursts, batches
 * are bounded by count and by bytes, and what an exporter refuses is counted in `pitot.export.spans` and told once.
 */
export class DeliverySpanProcessor implements SpanProcessor {
  readonly #exporter: SpanExporter;
  readonly #options: Required<DeliveryOptions>;
  #queue: ReadableSpan[] = [];
  #head = 0;
  #running = 0;
  #timer: NodeJS.Timeout | undefined;
  #idle: (() => void)[] = [];
  #draining = false;
  #told = false;
  #stopped = false;

  constructor(exporter: SpanExporter, options: DeliveryOptions = {}) {
    this.#exporter = exporter;
    this.#options = {
      batchSpans: 512,
      batchBytes: 3 << 20,
      concurrency: 4,
      delayMs: 1000,
      queueSpans: 200_000,
      ...options,
    };
  }

  onStart(_span: Span): void {}

  onEnd(span: ReadableSpan): void {
    if (this.#stopped || (span.spanContext().traceFlags & 1) === 0) return;
    if (this.#queue.length - this.#head >= this.#options.queueSpans) {
      this.#head++;
      this.#count("dropped", 1);
    }
    this.#queue.push(span);
    if (this.#queue.length - this.#head >= this.#options.batchSpans) this.#pump();
    else this.#timer ??= setTimeout(() => this.#drain(), this.#options.delayMs).unref();
  }

  /** Resolves when nothing waits and nothing is under way; never rejects. */
  async forceFlush(): Promise<void> {
    if (this.#head >= this.#queue.length && this.#running === 0) return;
    const done = new Promise<void>((resolve) => this.#idle.push(resolve));
    this.#drain();
    await done;
    await this.#exporter.forceFlush?.();
  }

  async shutdown(): Promise<void> {
    await this.forceFlush();
    this.#stopped = true;
    await this.#exporter.shutdown();
  }

  #drain(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#draining = true;
    this.#pump();
  }

  #pump(): void {
    const { batchSpans, concurrency } = this.#options;
    while (this.#running < concurrency) {
      const waiting = this.#queue.length - this.#head;
      if (waiting === 0 || (waiting < batchSpans && !this.#draining)) break;
      this.#send(this.#nextBatch());
    }
    if (this.#head >= this.#queue.length && this.#running === 0) {
      this.#draining = false;
      for (const resolve of this.#idle.splice(0)) resolve();
    }
  }

  #nextBatch(): ReadableSpan[] {
    const { batchSpans, batchBytes } = this.#options;
    const batch: ReadableSpan[] = [];
    for (let bytes = 0; batch.length < batchSpans && this.#head < this.#queue.length;) {
      const span = this.#queue[this.#head]!;
      bytes += spanBytes(span);
      if (batch.length > 0 && bytes > batchBytes) break;
      batch.push(span);
      this.#head++;
    }
    if (this.#head > 4096) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return batch;
  }

  #send(batch: ReadableSpan[]): void {
    this.#running++;
    const done = (result: ExportResult): void => {
      this.#running--;
      if (result.code === ExportResultCode.SUCCESS) this.#count("delivered", batch.length);
      else {
        this.#count("dropped", batch.length);
        if (!this.#told)
          diag.warn(
            `pitot: ${batch.length} spans could not be delivered; later failures are counted in pitot.export.spans only`,
            result.error,
          );
        this.#told = true;
      }
      this.#pump();
    };
    // A trace of the export would be exported in turn.
    context.with(suppressTracing(context.active()), () => {
      try {
        this.#exporter.export(batch, done);
      } catch (error) {
        done({ code: ExportResultCode.FAILED, error: error as Error });
      }
    });
  }

  #count(outcome: "delivered" | "dropped", spans: number): void {
    addCounter(METRIC_EXPORT_SPANS, spans, { [ATTR_OUTCOME]: outcome });
  }
}
