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
  readonly bytes: ScanShare & { readonly footers: number; readonly data: number };
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
  readonly milliseconds: { readonly planning: number; readonly reading: number; readonly decoding: number };
  /** False where the consumer stopped early, or it failed. */
  readonly complete: boolean;
}

/** Counts a scan while it runs. */
export class ScanMeter {
  readonly filesSkippedBy: Record<SkipReason, number> = {
    partition: 0,
    statistics: 0,
    delta_statistics: 0,
    deletion_vector: 0,
  };
  readonly rowGroupsSkippedBy: Record<RowGroupSkipReason, number> = {
    statistics: 0,
    bloom_filter: 0,
    page_index: 0,
    certain: 0,
  };
  pagesRead = 0;
  pagesSkipped = 0;
  brokenIndexes = 0;
  filesRead = 0;
  rowGroupsRead = 0;
  bytesTotal = 0;
  footerBytes = 0;
  dataBytes = 0;
  rangeRequests = 0;
  rowsScanned = 0;
  rowsMatched = 0;
  rowsDeleted = 0;
  rowsSkipped = 0;
  readonly clock: PhaseClock = new PhaseClock();
  complete = false;

  /** The counts as they are now. */
  snapshot(): ScanEffectiveness {
    const filesSkipped = sum(this.filesSkippedBy);
    const rowGroupsSkipped = sum(this.rowGroupsSkippedBy);
    const read = this.footerBytes + this.dataBytes;
    const total = Math.max(this.bytesTotal, read);
    return {
      files: share(this.filesRead, filesSkipped),
      rowGroups: share(this.rowGroupsRead, rowGroupsSkipped),
      bytes: { total, read, skipped: total - read, footers: this.footerBytes, data: this.dataBytes },
      filesSkippedBy: { ...this.filesSkippedBy },
      rowGroupsSkippedBy: { ...this.rowGroupsSkippedBy },
      pages: share(this.pagesRead, this.pagesSkipped),
      brokenIndexes: this.brokenIndexes,
      rangeRequests: this.rangeRequests,
      rows: {
        scanned: this.rowsScanned,
        matched: this.rowsMatched,
        deleted: this.rowsDeleted,
        skipped: this.rowsSkipped,
      },
      milliseconds: this.clock.milliseconds,
      complete: this.complete,
    };
  }
}

function share(read: number, skipped: number): ScanShare {
  return { total: read + skipped, read, skipped };
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
