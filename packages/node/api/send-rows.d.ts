import type { DeliveryResult } from "./otlp-delegate.ts";
/** How long a replay goes on. */
export interface SendingOptions {
    readonly signal?: AbortSignal;
    /** How long to wait for a back end that has said when to ask again; default a minute. */
    readonly patienceMs?: number;
}
/** A row, and what is sent of it. */
export interface Part<Row, Item> {
    readonly row: Row;
    readonly item: Item;
}
/** Where rows of one signal go. */
export interface Sending<Row, Item> {
    readonly metric: string;
    readonly export: (items: Item[], done: (result: DeliveryResult) => void) => void;
    /** Puts into the ledger that a back end has answered for these. */
    readonly confirm: (rows: Row[], rejected: number) => void;
    /** Whether a whole request that was refused is an answer for all of it: kept here, and not sent again. */
    readonly takesNo: boolean;
}
/** Sends all rows, request by request, until the back end is away. Never rejects but where reading the rows does. */
export declare function sendAll<Row, Item>(batches: AsyncIterable<Part<Row, Item>[]>, options: SendingOptions, sending: Sending<Row, Item>): Promise<{
    sent: number;
    away: boolean;
    error: unknown;
}>;
/** Rows as requests. */
export declare function inBatches<Row, Item>(source: AsyncIterable<Row[]>, toItem: (row: Row) => Item, sizeOf: (item: Item, row: Row) => number): AsyncGenerator<Part<Row, Item>[]>;
