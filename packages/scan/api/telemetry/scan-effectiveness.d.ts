import type { SkipReason } from "../dataset/fragment-source.ts";
import { PhaseClock } from "./phase-clock.ts";
/** Files, row groups or bytes: all there are, and what became of them. `total` is `read` and `skipped` together. */
export interface ScanShare {
    readonly total: number;
    readonly read: number;
    readonly skipped: number;
}
/** Why a row group was not read. */
export type RowGroupSkipReason = "statistics" | "bloom_filter" | "page_index" | "certain";
/** How much of a dataset a scan read, how much it could leave out and why, and what that took. */
export interface ScanEffectiveness {
    readonly files: ScanShare;
    /** Row groups of files whose footer was read; those of files that were skipped before are not known. */
    readonly rowGroups: ScanShare;
    /** Of files: those without a known size are left out. `read` is data, indexes and footers. */
    readonly bytes: ScanShare & {
        readonly footers: number;
        readonly data: number;
    };
    /** Files by why they were skipped. */
    readonly filesSkippedBy: Readonly<Record<SkipReason, number>>;
    /** Row groups by why they were skipped: no row can match by this or that, or, when counting, all do. */
    readonly rowGroupsSkippedBy: Readonly<Record<RowGroupSkipReason, number>>;
    /** Pages of the predicate's columns, where row groups have an index of them that was worth reading. */
    readonly pages: ScanShare;
    /** Row groups that were read although they have a page index or bloom filter, for it is broken: they could not be narrowed. */
    readonly brokenIndexes: number;
    /** Requests to storage. */
    readonly rangeRequests: number;
    /** Rows decoded, rows that matched, rows that are deleted, and rows of skipped row groups. */
    readonly rows: {
        readonly scanned: number;
        readonly matched: number;
        readonly deleted: number;
        readonly skipped: number;
    };
    /**
     * Milliseconds of listing and reading footers, of waiting for data, of decoding and filtering. Each moment is told once, so that together they are the time that the scan
     * took; what the consumer did with the batches is not among them.
     */
    readonly milliseconds: {
        readonly planning: number;
        readonly reading: number;
        readonly decoding: number;
    };
    /** False where the consumer stopped early, or it failed. */
    readonly complete: boolean;
}
/** Counts a scan while it runs. */
export declare class ScanMeter {
    readonly filesSkippedBy: Record<SkipReason, number>;
    readonly rowGroupsSkippedBy: Record<RowGroupSkipReason, number>;
    pagesRead: number;
    pagesSkipped: number;
    brokenIndexes: number;
    filesRead: number;
    rowGroupsRead: number;
    bytesTotal: number;
    footerBytes: number;
    dataBytes: number;
    rangeRequests: number;
    rowsScanned: number;
    rowsMatched: number;
    rowsDeleted: number;
    rowsSkipped: number;
    readonly clock: PhaseClock;
    complete: boolean;
    /** The counts as they are now. */
    snapshot(): ScanEffectiveness;
}
