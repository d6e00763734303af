import type { ReadableSpan, Span, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { SnapshotStore } from "@pitot/snapshot";
import { type DeliveryCounts } from "./delivery-queue.ts";
import type { SpooledPlaces } from "./spooled-places.ts";
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
export declare class DeliverySpanProcessor implements SpanProcessor {
    #private;
    constructor(exporter: SpanExporter, options?: DeliveryOptions);
    get counts(): DeliveryCounts;
    onStart(_span: Span): void;
    onEnd(span: ReadableSpan): void;
    /** Tries everything that waits once; resolves when nothing waits and nothing is under way; never rejects. */
    forceFlush(): Promise<void>;
    /** Takes over spans of the snapshot that nobody had room for before. */
    addSpooled(places: SpooledPlaces, spans: number): void;
    /** See {@link DeliveryQueue.leaveSpool}. */
    leaveSpool(): Promise<void>;
    /** Leaves everything that waits to the snapshot: the time for sending is over. */
    giveUp(): void;
    shutdown(): Promise<void>;
}
