import type { RecordTarget, ScopeInfo, ScopeWriter } from "@pitot/core";
import type { SpanRow } from "./span-row.ts";
/** Where and for whom snapshots are written. */
export interface SnapshotOptions {
    /** The folder; default `PITOT_DIR`, else `.pitot` in the working directory. Created with mode 0700. */
    readonly directory?: string;
    readonly serviceName?: string;
}
/**
 * Keeps the records and spans of each run as Arrow tables under `runs/<run id>/`, and spans outside runs under
 * `session/<id>/`. Hand it to `configureRecording({ targets: [store] })`, or let `startPitot` do it.
 */
export declare class SnapshotStore implements RecordTarget {
    #private;
    readonly directory: string;
    /** Spans that could not be written. */
    droppedSpans: number;
    constructor(options?: SnapshotOptions);
    open(scope: ScopeInfo): ScopeWriter | undefined;
    /** Takes a finished span. It is written with the next batch, at the end of its run, or by {@link SnapshotStore.flush}. */
    addSpan(row: SpanRow): void;
    /** Writes all spans that wait. Synchronous. */
    flush(): void;
    /** Writes what waits, compacts what is finished, and returns when it is on disk. Idempotent. */
    close(): Promise<void>;
}
