import { type RecordTarget, type ScopeInfo, type ScopeWriter } from "@pitot/core";
import type { SentTable } from "./delivery-ledger.ts";
import type { LogRow } from "./log-row.ts";
import { type OpenSpan } from "./open-spans.ts";
import { type SnapshotOptions } from "./snapshot-options.ts";
import type { SpanRow } from "./span-row.ts";
import { type RowPlace } from "./waiting-rows.ts";
/**
 * Keeps the records and spans of each run as Arrow tables under `runs/<run id>/`, and those outside runs under
 * `session/<id>/`. Hand it to `configureRecording({ targets: [store] })`, or let `startPitot` do it.
 */
export declare class SnapshotStore implements RecordTarget {
    #private;
    readonly directory: string;
    /** See {@link SnapshotOptions.flush}; 0 for `every`. */
    readonly flushMs: number;
    /** Spans that could not be written. */
    droppedSpans: number;
    /** Log records that could not be written. */
    droppedLogs: number;
    /** @throws PitotError INVALID_CONFIGURATION, naming option or variable and value */
    constructor(options?: SnapshotOptions);
    open(scope: ScopeInfo): ScopeWriter;
    /**
     * Takes a finished span. It is written with the next batch, after the flush interval, at the end of its run, or by
     * {@link SnapshotStore.flush}. Returns where it is: what {@link SnapshotStore.hold} and {@link SnapshotStore.confirm} take.
     */
    addSpan(row: SpanRow): RowPlace;
    /** Takes a log record. It is written as spans are. Returns where it is. */
    addLog(row: LogRow): RowPlace;
    /**
     * Remembers a span that has begun, so that it is on disk, unfinished, should the process die: at once where each record is, else once
     * it has been open for a flush interval.
     */
    spanStarted(span: OpenSpan): void;
    /** Ends every span that is open as aborted, since the process ends. */
    abortOpenSpans(): void;
    /**
     * So many spans or log records of a run or session are about to be sent: no other process may replay them until they are settled. Not so
     * where this process has left it to others, or where the disk has taken none of it.
     */
    hold(scopeId: string, count?: number): "held" | "left to others" | "not there";
    /** The exporter took the rows of these ordinals: all but `rejected` of them. */
    confirm(table: SentTable, scopeId: string, seqs: readonly number[], rejected?: number): void;
    /** So many spans or log records were given up: they stay undelivered, for a replay. True where the snapshot does hold them. */
    giveUp(scopeId: string, count: number): boolean;
    /** The folder of a run or session that this process holds, with all of its rows in its files. */
    held(scopeId: string): string | undefined;
    /**
     * Writes all spans and log records that wait. Synchronous.
     * @param deadline time of `performance.now()` after which a slow disk is asked for no more
     */
    flush(deadline?: number): void;
    /** Writes all that is open, as it is now: the process may be killed before it ends. Synchronous. */
    checkpoint(): void;
    /** From now on each span and log record is written before the call returns: for a process whose last moment this is. */
    writeAtOnce(): void;
    /** Writes what waits, compacts what is finished, and returns when it is on disk. Idempotent. */
    close(): Promise<void>;
}
