import type { Context } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { SnapshotStore } from "@pitot/snapshot";
/**
 * Stamps the id of the active run on every span that begins inside it, and keeps spans in the snapshot: finished ones, and those that are
 * open should the process die. Add it to the `spanProcessors` of a NodeSDK of your own, before the one that sends.
 */
export declare class SnapshotSpanProcessor implements SpanProcessor {
    #private;
    /** @param store left out, spans are stamped and not kept */
    constructor(store?: SnapshotStore);
    onStart(span: Span, parent: Context): void;
    onEnd(span: ReadableSpan): void;
    forceFlush(): Promise<void>;
    shutdown(): Promise<void>;
}
