import type { RecordBatch, Schema } from "apache-arrow";
import type { Dataset } from "../dataset/dataset.ts";
import type { Fragment } from "../dataset/fragment-source.ts";
import type { Predicate } from "../predicate/predicate.ts";
import { type ScanEffectiveness } from "../telemetry/scan-effectiveness.ts";
/** What a scan reads. */
export interface ScanOptions {
    /** Columns, in this order, and parts of structs by their path, `a.b`, of which alone the struct then consists; default all. Lists and maps are read whole. */
    readonly columns?: readonly string[];
    /** Which rows; default all. */
    readonly predicate?: Predicate;
    readonly signal?: AbortSignal;
    /** Row groups that are read while one is worked on; default 1. */
    readonly prefetch?: number;
}
/** One pass over a dataset's batches, and what it read so far. Iterate it once. */
export interface Scan extends AsyncIterable<RecordBatch> {
    /** What the batches have. */
    readonly schema: Schema;
    /** The counts as they are now. */
    readonly effectiveness: ScanEffectiveness;
    /** The fragments with rows that may match, as far as they are planned. */
    readonly fragments: readonly Fragment[];
}
/**
 * The rows of a dataset as Arrow record batches, one for each row group with matching rows, in the dataset's order.
 *
 * Files are left out by partition and log, row groups by statistics; of those left, the predicate's columns are read first, and the others only
 * where a row matches. Batches hold matching rows alone, without deleted ones; partition columns are columns like any other.
 * Memory: `prefetch` + 1 row groups.
 * @throws PitotError INVALID_ARGUMENT for columns and predicates that do not fit the schema, IO and INVALID_DATA while it reads
 */
export declare function scanBatches(dataset: Dataset, options?: ScanOptions): Scan;
/** A count, and what it took. */
export interface RowCount {
    readonly rows: number;
    readonly effectiveness: ScanEffectiveness;
    readonly fragments: readonly Fragment[];
}
/**
 * How many rows match. Row groups of which statistics prove that all rows match, or none, are not read; of the others only the
 * columns of the predicate are. Without a predicate a table's log may answer without any footer.
 * @throws PitotError as {@link scanBatches} does
 */
export declare function countRows(dataset: Dataset, options?: Omit<ScanOptions, "columns">): Promise<number>;
/** {@link countRows}, with what it read. */
export declare function countedRows(dataset: Dataset, options?: Omit<ScanOptions, "columns">): Promise<RowCount>;
