import { type Table } from "apache-arrow";
import { IdSet } from "./id-set.ts";
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
 * A quality row for each id that came before: the second and later rows of an id. Nulls are not compared; `qualityFromIds` finds them.
 *
 * @param seen ids of earlier batches; it grows by those of this table. Memory grows with the number of ids, see {@link IdSet}
 * @throws PitotError INVALID_ARGUMENT as `qualityFromIds`, or where `seen` holds ids of another sort
 */
export declare function qualityFromDuplicates(table: TableInput, spec: QualityPlanSpec, options?: QualityOptions & {
    readonly seen?: IdSet;
}): Table;
/**
 * A quality row for each id that is not among `known`: `new IdSet().add(airports, "iata")`. Nulls refer to nothing and are not reported.
 *
 * @throws PitotError INVALID_ARGUMENT as `qualityFromIds`, or where the ids of the two columns cannot be compared
 */
export declare function qualityFromReferences(table: TableInput, spec: QualityPlanSpec, known: IdSet, options?: QualityOptions): Table;
/**
 * A quality row for each row that `wrong` returns true for, or whose value is outside a range. A range is checked over buffers; a function
 * costs what its `get` calls cost.
 *
 * @throws PitotError INVALID_ARGUMENT for a column that is not there, or a range over a column that is not numeric; what `wrong` throws passes unchanged
 */
export declare function qualityFromPredicate(table: TableInput, spec: QualityPlanSpec, wrong: ((row: PredicateRow) => boolean) | QualityRange, options?: QualityOptions): Table;
