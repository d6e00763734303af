import type { DataType } from "apache-arrow";
import type { Scalar } from "../parquet/column-bounds.ts";
import type { Predicate } from "../predicate/predicate.ts";
/** The range of a column in a row group; without bounds where they are not known, or where there are no values. */
export interface RowRange {
    readonly rows: number;
    /** Undefined where they were not counted. */
    readonly nulls: number | undefined;
    readonly min?: Scalar;
    readonly max?: Scalar;
}
/** How well the ranges of a column tell row groups apart. */
export interface ColumnSeparation {
    readonly path: string;
    readonly rowGroups: number;
    readonly withoutStatistics: number;
    /** Row groups in which all values are null, which no comparison reads. */
    readonly withoutValues: number;
    /** Share of the row groups whose range holds a value, on average over the ranges' ends: 1 / row groups is the best, 1 the worst. Null without bounds. */
    readonly overlap: number | null;
    /** Row groups that the predicate would read if rows were sorted by this column, as far as ranges tell; null where they do not. */
    readonly sortedRead: number | null;
}
/**
 * Separation of a column, in `n log n` of the row groups. What sorting would give is estimated: values are taken to lie evenly within each range, and the
 * other columns of the predicate to skip nothing.
 */
export declare function columnSeparation(path: string, ranges: readonly RowRange[], type: DataType, predicate: Predicate): ColumnSeparation;
