import type { ReadableSpan, Span, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace";
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
export declare class DeliverySpanProcessor implements SpanProcessor {
    #private;
    constructor(exporter: SpanExporter, options?: DeliveryOptions);
    onStart(_span: Span): void;
    onEnd(span: ReadableSpan): void;
    /** Resolves when nothing waits and nothing is under way; never rejects. */
    forceFlush(): Promise<void>;
    shutdown(): Promise<void>;
}
