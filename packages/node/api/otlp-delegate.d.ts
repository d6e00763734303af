import { type ExportResult } from "@opentelemetry/core";
import type { OtlpOutcome, OtlpSender } from "./otlp-sender.ts";
/** What an export came to, beyond success and failure. */
export interface DeliveryResult extends ExportResult {
    /** Of a success: items that the back end has refused for what they are. It must not be sent them again, and does not say which. */
    readonly rejected?: number;
    /** Of a failure: the back end will never take these items. */
    readonly refused?: boolean;
    /** Of a failure: when the back end wants to be asked again. */
    readonly retryAfterMs?: number;
}
/** The OTLP encoding of one signal. */
export interface OtlpSerializer<Items> {
    serializeRequest(items: Items): Uint8Array | undefined;
    deserializeResponse(bytes: Uint8Array): unknown;
}
/**
 * Exports the items of one signal: what the exporters of the SDK call. Requests over 4 MiB are halved, partial success is understood, and
 * what could not be sent is handed to `onUndelivered` as it would have been sent.
 */
export declare class OtlpDelegate<Items> {
    #private;
    constructor(serializer: OtlpSerializer<Items>, sender: OtlpSender, onUndelivered?: (body: Uint8Array) => void);
    export(items: Items, done: (result: DeliveryResult) => void): void;
    forceFlush(): Promise<void>;
    shutdown(): Promise<void>;
    /** Part of the SDK's interface: metrics about exports. Pitot's own are `pitot.export.spans`. */
    setMetrics(): void;
}
/** An outcome as exporters report it. */
export declare function deliveryResult(outcome: OtlpOutcome, serializer: Pick<OtlpSerializer<never>, "deserializeResponse">): DeliveryResult;
