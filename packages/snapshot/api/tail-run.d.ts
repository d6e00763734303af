import type { RecordBatch } from "apache-arrow";
/** What a live run has written since. */
export interface TailBatch {
    /** Name of the table. */
    readonly table: string;
    /** Row of the table with which the batch begins. */
    readonly firstRow: number;
    readonly batch: RecordBatch;
}
/** How a run is followed. */
export interface TailOptions {
    /** Time in ms between two looks. Default 250. */
    readonly pollMs?: number;
    readonly signal?: AbortSignal;
}
/**
 * Follows a run: yields every whole batch of its tables, those that are there and those to come, and ends when the run has ended, its process
 * has died, or `signal` is aborted. Each batch comes once; those of one table in their order. Reads each table once, and keeps its dictionaries.
 *
 * @throws PitotError IO where there is no such run
 */
export declare function tailRun(directory: string, runId: string, options?: TailOptions): AsyncGenerator<TailBatch>;
