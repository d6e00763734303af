import { OrdinalRanges } from "./ordinal-ranges.ts";
/** The tables whose rows are sent. */
export type SentTable = "spans" | "logs";
/** What back ends said about the rows of one table. */
interface Settled {
    /** Ordinals of rows that need not be sent again: confirmed ones, and those of requests that were taken in part. */
    readonly seqs: OrdinalRanges;
    /** How many of them a back end has refused for what they are; it does not say which. */
    readonly rejected: number;
}
/** What back ends said about the spans and log records of a run. */
export interface Delivered {
    readonly spans: Settled;
    /** Ids of settled spans that have no ordinal: those that a recovery closed, and those of snapshots of before. */
    readonly spanIds: ReadonlySet<string>;
    readonly logs: Settled;
    /** How many of both there are, where all were found to be settled. */
    readonly all: {
        readonly spans: number;
        readonly logs: number;
    } | undefined;
    /** Entries that are torn or were changed: what they say is not believed. */
    readonly doubted: number;
}
/**
 * Appends to the ledger of one folder which rows the exporter has confirmed: a line per request, `spans` or `logs` before their ordinals
 * (`0-511,513`), or `ids` before ids of spans that have none, and `~n` where n of them were refused; `= n m` where all n spans and m log records of the
 * folder were found to be settled. Each ends with the CRC-32 of itself and the folder's name, so that neither half a line, nor one that was
 * changed, nor that of another run, counts: a crash loses a confirmation, at worst.
 */
export declare class DeliveryLedger {
    #private;
    constructor(folder: string);
    /** @throws what the file system throws */
    confirm(table: SentTable, seqs: readonly number[], rejected?: number): void;
    /** The same for spans that have no ordinals. @throws what the file system throws */
    confirmIds(spanIds: readonly string[], rejected?: number): void;
    /** Everything in the tables is settled: nobody has to compare them with the ledger again. @throws what the file system throws */
    complete(spans: number, logs: number): void;
    /** Makes durable what was confirmed. */
    sync(): void;
    close(): void;
}
/** Reads the ledger of a folder; empty where there is none. */
export declare function readLedger(folder: string): Delivered;
export {};
