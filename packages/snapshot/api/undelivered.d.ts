import { type StoredLogRow } from "./log-row.ts";
import type { RunManifest } from "./manifest.ts";
import type { OrdinalRanges } from "./ordinal-ranges.ts";
import { type StoredSpanRow } from "./span-row.ts";
/** How far the spans of a run have come. */
export interface DeliveryStatus {
    /** Spans that are to be delivered. */
    readonly spans: number;
    /** Confirmed by a back end. */
    readonly delivered: number;
    /** Refused by a back end for what they are. */
    readonly rejected: number;
    /** The same of log records. */
    readonly logs: {
        readonly records: number;
        readonly delivered: number;
        readonly rejected: number;
    };
    /** Whether the tables had to be read for it. */
    readonly counted: boolean;
    /** Entries of the ledger that are torn or were changed: what they say is not believed. */
    readonly doubted: number;
}
/** The spans of a folder that no exporter has confirmed, batch by batch. Unsampled spans are for the snapshot alone. */
export declare function undeliveredSpans(folder: string): AsyncGenerator<StoredSpanRow[]>;
/** The log records of a folder that no exporter has confirmed, batch by batch. Of snapshots of before none: theirs wait in the outbox. */
export declare function undeliveredLogs(folder: string, manifest: RunManifest): AsyncGenerator<StoredLogRow[]>;
/** The spans of these ordinals, as far as they are in the table of a folder, finished or live. */
export declare function spansOf(folder: string, seqs: OrdinalRanges): AsyncGenerator<StoredSpanRow[]>;
/** The log records of these ordinals, as {@link spansOf}. */
export declare function logsOf(folder: string, seqs: OrdinalRanges): AsyncGenerator<StoredLogRow[]>;
/** Counts what {@link undeliveredSpans} and {@link undeliveredLogs} would yield, and what they would not. Reads the tables only where ledger and manifest leave a doubt. */
export declare function deliveryStatus(folder: string, manifest: RunManifest): Promise<DeliveryStatus>;
/** Whether a folder has spans or log records that were to be sent and are not, by its manifest and ledger alone where they say so. */
export declare function hasUndelivered(folder: string, manifest: RunManifest): Promise<boolean>;
/** Whether a back end has answered for everything, of the signals that matter. */
export declare function isDelivered({ spans, delivered, rejected, logs }: DeliveryStatus, matters?: {
    readonly spans: boolean;
    readonly logs: boolean;
}): boolean;
