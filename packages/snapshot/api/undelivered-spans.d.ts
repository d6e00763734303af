import type { RunManifest } from "./manifest.ts";
import { type SpanRow } from "./span-row.ts";
/** How far the spans of a run have come. */
export interface DeliveryStatus {
    /** Spans that are to be delivered. */
    readonly spans: number;
    /** Confirmed by a back end. */
    readonly delivered: number;
    /** Refused by a back end for what they are. */
    readonly rejected: number;
}
/** The spans of a folder that no exporter has confirmed, batch by batch. Unsampled spans are for the snapshot alone. */
export declare function undeliveredSpans(folder: string): AsyncGenerator<SpanRow[]>;
/** Counts what {@link undeliveredSpans} would yield. Reads the spans only where the number of confirmations is not that of the spans. */
export declare function deliveryStatus(folder: string): Promise<DeliveryStatus>;
/** Whether a folder has spans that a replay would send, by its manifest and ledger alone where they say so. */
export declare function hasUndelivered(folder: string, manifest: RunManifest): Promise<boolean>;
