import { context, diag } from "@opentelemetry/api";
import { ExportResultCode, suppressTracing } from "@opentelemetry/core";
import type { ReadableSpan, Span, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace";
import { addCounter } from "@pitot/core";
import { ATTR_OUTCOME, METRIC_EXPORT_SPANS } from "@pitot/semconv";
import type { SnapshotStore } from "@pitot/snapshot";
import type { DeliveryResult } from "./otlp-delegate.ts";
import { snapshotScopeOf } from "./snapshot-span-processor.ts";
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
  /** Spans waiting in memory. What is over is left to the snapshot, to be replayed; without one the oldest are dropped. Default 200,000. */
  readonly queueSpans?: number;
  /** Estimated bytes of the spans waiting in memory; as `queueSpans`. Default 128 MiB. */
  readonly queueBytes?: number;
  /** Holds the spans too, and keeps the ledger of what was delivered. */
  readonly store?: SnapshotStore | undefined;
  /** Called when spans were left to the snapshot: somebody should replay them. */
  readonly onSpooled?: () => void;
}

/** Spans by what became of their export. */
export interface DeliveryCounts {
  readonly delivered: number;
  /** Refused by a back end for what they are. */
  readonly rejected: number;
  /** In the snapshot, undelivered. */
  readonly spooled: number;
  /** Lost: there is no snapshot. */
  readonly dropped: number;
}

type Outcome = keyof DeliveryCounts;

interface Waiting {
  readonly span: ReadableSpan;
  readonly bytes: number;
  /** The run or session whose snapshot has the span. */
  readonly scope: string | undefined;
}

/**
 * Sends finished spans through any exporter, without the drops of the SDK's batch processor: its queue takes whole bursts, batches
 * are bounded by count and by bytes, and what the exporter does not confirm stays undelivered in the snapshot's ledger, to be replayed.
 * What became of spans is counted in `pitot.export.spans`. Put it after a `SnapshotSpanProcessor` of the same store.
 */
export class DeliverySpanProcessor implements SpanProcessor {
  readonly #exporter: SpanExporter;
  readonly #options: Required<Omit<DeliveryOptions, "store" | "onSpooled">>;
  readonly #store: SnapshotStore | undefined;
  readonly #onSpooled: (() => void) | undefined;
  readonly #counts: Record<Outcome, number> = { delivered: 0, rejected: 0, spooled: 0, dropped: 0 };
  #queue: Waiting[] = [];
  #head = 0;
  #bytes = 0;
  #running = 0;
  #timer: NodeJS.Timeout | undefined;
  #idle: (() => void)[] = [];
  #draining = false;
  #told = false;
  #stopped = false;

  constructor(exporter: SpanExporter, options: DeliveryOptions = {}) {
    const { store, onSpooled, ...bounds } = options;
    this.#exporter = exporter;
    this.#store = store;
    this.#onSpooled = onSpooled;
    this.#options = {
      batchSpans: 512,
      batchBytes: 3 << 20,
      concurrency: 4,
      delayMs: 1000,
      queueSpans: 200_000,
      queueBytes: 128 << 20,
      ...bounds,
    };
  }

  get counts(): DeliveryCounts {
    return { ...this.#counts };
  }

  onStart(_span: Span): void {}

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & 1) === 0) return;
    const scope = this.#store === undefined ? undefined : snapshotScopeOf(span);
    if (this.#stopped) {
      this.#count(scope === undefined ? "dropped" : "spooled", 1);
      return;
    }
    const bytes = spanBytes(span);
    const { queueSpans, queueBytes, batchSpans, delayMs } = this.#options;
    const waiting = this.#queue.length - this.#head;
    if (waiting > 0 && (waiting >= queueSpans || this.#bytes + bytes > queueBytes)) {
      if (scope !== undefined) {
        // The snapshot has it: nothing is lost, and memory stays bounded whatever the burst.
        this.#spooled(1);
        return;
      }
      this.#bytes -= this.#queue[this.#head++]!.bytes;
      this.#count("dropped", 1);
    }
    if (scope !== undefined) this.#store!.hold(scope);
    this.#queue.push({ span, bytes, scope });
    this.#bytes += bytes;
    if (this.#queue.length - this.#head >= batchSpans) this.#pump();
    else this.#timer ??= setTimeout(() => this.#drain(), delayMs).unref();
  }

  /** Resolves when nothing waits and nothing is under way; never rejects. */
  async forceFlush(): Promise<void> {
    if (this.#head >= this.#queue.length && this.#running === 0) return;
    const done = new Promise<void>((resolve) => this.#idle.push(resolve));
    this.#drain();
    await done;
    await this.#exporter.forceFlush?.();
  }

  /** Leaves everything that waits to the snapshot: the time for sending is over. */
  giveUp(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#settle(this.#queue.slice(this.#head), "given up");
    this.#queue = [];
    this.#head = 0;
    this.#bytes = 0;
    this.#pump();
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

  #nextBatch(): Waiting[] {
    const { batchSpans, batchBytes } = this.#options;
    const batch: Waiting[] = [];
    for (let bytes = 0; batch.length < batchSpans && this.#head < this.#queue.length;) {
      const waiting = this.#queue[this.#head]!;
      bytes += waiting.bytes;
      if (batch.length > 0 && bytes > batchBytes) break;
      batch.push(waiting);
      this.#head++;
      this.#bytes -= waiting.bytes;
    }
    if (this.#head > 4096) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return batch;
  }

  #send(batch: Waiting[]): void {
    this.#running++;
    let answered = false;
    const done = (result: DeliveryResult): void => {
      // An exporter that answers twice must not count twice.
      if (answered) return;
      answered = true;
      this.#running--;
      this.#settle(batch, result);
      this.#pump();
    };
    // A trace of the export would be exported in turn.
    context.with(suppressTracing(context.active()), () => {
      try {
        this.#exporter.export(
          batch.map(({ span }) => span),
          done,
        );
      } catch (error) {
        done({ code: ExportResultCode.FAILED, error: error as Error });
      }
    });
  }

  #settle(batch: readonly Waiting[], result: DeliveryResult | "given up"): void {
    const delivered = result !== "given up" && result.code === ExportResultCode.SUCCESS;
    let rejected = delivered ? Math.min(result.rejected ?? 0, batch.length) : 0;
    for (const [scope, spans] of byScope(batch)) {
      if (delivered) {
        // Which ones were refused the back end does not say: the numbers are right, the names are not known.
        const here = Math.min(rejected, spans.length);
        rejected -= here;
        if (scope !== undefined)
          this.#store!.confirm(
            scope,
            spans.map(({ span }) => span.spanContext().spanId),
            here,
          );
        this.#count("delivered", spans.length - here);
        this.#count("rejected", here);
      } else if (scope !== undefined && this.#store!.giveUp(scope, spans.length)) this.#spooled(spans.length);
      else this.#count("dropped", spans.length);
    }
    if (!delivered && batch.length > 0)
      this.#tell(batch.length, result === "given up" ? undefined : result.error);
  }

  #spooled(spans: number): void {
    this.#count("spooled", spans);
    this.#onSpooled?.();
  }

  #tell(spans: number, error: unknown): void {
    if (this.#told) return;
    this.#told = true;
    const fate = this.#store === undefined ? "they are lost" : "they stay in the snapshot, to be replayed";
    diag.warn(
      `pitot: ${spans} spans could not be delivered; ${fate}; later failures are counted in pitot.export.spans only`,
      error,
    );
  }

  #count(outcome: Outcome, spans: number): void {
    if (spans === 0) return;
    this.#counts[outcome] += spans;
    addCounter(METRIC_EXPORT_SPANS, spans, { [ATTR_OUTCOME]: outcome });
  }
}

function byScope(batch: readonly Waiting[]): Map<string | undefined, Waiting[]> {
  const groups = new Map<string | undefined, Waiting[]>();
  for (const waiting of batch) {
    const group = groups.get(waiting.scope);
    if (group === undefined) groups.set(waiting.scope, [waiting]);
    else group.push(waiting);
  }
  return groups;
}
