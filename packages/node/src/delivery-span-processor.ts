import type { ReadableSpan, Span, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace";
import { METRIC_EXPORT_SPANS } from "@pitot/semconv";
import type { SnapshotStore } from "@pitot/snapshot";
import { DeliveryQueue, type DeliveryCounts } from "./delivery-queue.ts";
import { snapshotPlaceOf } from "./snapshot-place.ts";
import { spanBytes } from "./span-bytes.ts";
import type { SpooledPlaces } from "./spooled-places.ts";
import { storedSpans } from "./stored-items.ts";

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
  /** Spans waiting in memory. What is over is left to the snapshot, and sent from there later; without one the oldest are dropped. Default 200,000. */
  readonly queueSpans?: number;
  /** Estimated bytes of the spans waiting in memory; as `queueSpans`. Default 128 MiB. */
  readonly queueBytes?: number;
  /** Holds the spans too, and keeps the ledger of what was delivered. */
  readonly store?: SnapshotStore | undefined;
  /** Called when spans were left to the snapshot: somebody should replay them. */
  readonly onSpooled?: () => void;
}

/**
 * Sends finished spans through any exporter, without the drops of the SDK's batch processor: its queue takes whole bursts, batches
 * are bounded by count and by bytes, spans wait in it while the back end is away, what it has no room for is read back from the snapshot once the
 * back end answers, and what is not confirmed in the end stays undelivered in the snapshot's ledger, to be replayed. What became of spans is counted in `pitot.export.spans`. Put it after a
 * `SnapshotSpanProcessor` of the same store.
 */
export class DeliverySpanProcessor implements SpanProcessor {
  readonly #exporter: SpanExporter;
  readonly #store: SnapshotStore | undefined;
  readonly #queue: DeliveryQueue<ReadableSpan>;

  constructor(exporter: SpanExporter, options: DeliveryOptions = {}) {
    const { store } = options;
    this.#exporter = exporter;
    this.#store = store;
    this.#queue = new DeliveryQueue(
      {
        name: "spans",
        metric: METRIC_EXPORT_SPANS,
        export: (spans, done) => exporter.export(spans, done),
        store,
        table: "spans",
        read: storedSpans,
        onSpooled: options.onSpooled,
      },
      {
        batchItems: options.batchSpans ?? 512,
        batchBytes: options.batchBytes ?? 3 << 20,
        concurrency: options.concurrency ?? 4,
        delayMs: options.delayMs ?? 1000,
        queueItems: options.queueSpans ?? 200_000,
        queueBytes: options.queueBytes ?? 128 << 20,
      },
    );
  }

  get counts(): DeliveryCounts {
    return this.#queue.counts;
  }

  onStart(_span: Span): void {}

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & 1) === 0) return;
    this.#queue.add(span, spanBytes(span), this.#store === undefined ? undefined : snapshotPlaceOf(span));
  }

  /** Tries everything that waits once; resolves when nothing waits and nothing is under way; never rejects. */
  async forceFlush(): Promise<void> {
    await this.#queue.flush();
    await this.#exporter.forceFlush?.();
  }

  /** Takes over spans of the snapshot that nobody had room for before. */
  addSpooled(places: SpooledPlaces, spans: number): void {
    this.#queue.addSpooled(places, spans);
  }

  /** See {@link DeliveryQueue.leaveSpool}. */
  async leaveSpool(): Promise<void> {
    await this.#queue.leaveSpool();
  }

  /** Leaves everything that waits to the snapshot: the time for sending is over. */
  giveUp(): void {
    this.#queue.giveUp();
  }

  async shutdown(): Promise<void> {
    await this.#queue.end();
    await this.#exporter.forceFlush?.();
    await this.#exporter.shutdown();
  }
}
