import { OrdinalRanges } from "./ordinal-ranges.ts";
/** What back ends said about the spans and log records of a run. */
export interface Delivered {
    /** Ids of spans that need not be sent again: confirmed ones, and those of requests that were taken in part. */
    readonly settled: ReadonlySet<string>;
    /** How many of them a back end has refused for what they are; it does not say which. */
    readonly rejected: number;
    /** The same of log records, by their ordinals. */
    readonly logs: {
        readonly settled: OrdinalRanges;
        readonly rejected: number;
    };
    /** How many of both there are, where all were found to be settled. */
    readonly all: {
        readonly spans: number;
        readonly logs: number;
    } | undefined;
}
/**
 * Appends to the ledger of one folder which spans the exporter has confirmed: a line per request, `+` before the ids where all were
 * taken, `~ n` where n of them were refused; of log records `l+` and `l~ n` before ordinals (`0-511,513`); `= n m` where all n spans and m
 * log records of the folder were found to be settled. A line counts once it has its end, so that a crash loses a confirmation, at worst.
 */
export declare class DeliveryLedger {
    #private;
    constructor(folder: string);
    /** @throws what the file system throws */
    confirm(spanIds: readonly string[], rejected?: number): void;
    /** @throws what the file system throws */
    confirmLogs(seqs: readonly number[], rejected?: number): void;
    /** Everything in the tables is settled: nobody has to compare them with the ledger again. @throws what the file system throws */
    complete(spans: number, logs: number): void;
    /** Makes durable what was confirmed. */
    sync(): void;
    close(): void;
}
/** Reads the ledger of a folder; empty where there is none. */
export declare function readLedger(folder: string): Delivered;
