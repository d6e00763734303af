import { type Table } from "apache-arrow";
import type { QualityOptions, QualityPlanSpec } from "./quality-table.ts";
import { type TableInput } from "./table-input.ts";
/** A row as a predicate sees it. One object for all rows: do not keep it. */
export interface PredicateRow {
    /** Ordinal of the row, from 0. */
    readonly ordinal: number;
    /** The value of a column, as apache-arrow's `get` gives it: null where null. @throws PitotError INVALID_ARGUMENT for a column that is not there */
    get(column: string): unknown;
}
/**
 * Numbers outside `min` … `max`, or NaN, are wrong; nulls are not. For numeric columns and times, in the column's own unit: a bound of
 * `timestamp[us]` is in microseconds. Decimals are rounded to doubles.
 */
export interface QualityRange {
    readonly column: string;
    readonly min?: number | bigint;
    readonly max?: number | bigint;
}
/**
 * A quality row for each row that `wrong` returns true for, or whose value is outside a range. A range is checked over buffers; a function
 * costs what its `get` calls cost.
 *
 * @throws PitotError INVALID_ARGUMENT for a column that is not there, or a range over a column that is not numeric; what `wrong` throws passes unchanged
 */
export declare function qualityFromPredicate(table: TableInput, spec: QualityPlanSpec, wrong: ((row: PredicateRow) => boolean) | QualityRange, options?: QualityOptions): Table;
