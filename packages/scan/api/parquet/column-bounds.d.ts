/**
 * A value of statistics, a partition or a predicate, exactly as its type has it:
 * integers up to 32 bits, dates (days) and times of day in ms as number; 64-bit integers, timestamps, times and durations (in the
 * column's unit) and decimals (unscaled, at the column's scale) as bigint; floats as number; text as string; binary as bytes.
 */
export type Scalar = boolean | number | bigint | string | Uint8Array;
/** What is known of the values of a column in a container: a row group, a page, a file, a partition. Absent is unknown. */
export interface ColumnBounds {
    /** No value is below it; absent where unknown, or where there are only nulls. */
    readonly min?: Scalar;
    /** No value is above it. */
    readonly max?: Scalar;
    /** False where `min` is only a bound, e.g. a cut text: then it may skip, but never prove equality. */
    readonly minExact: boolean;
    readonly maxExact: boolean;
    readonly nullCount?: number;
    /** Of floats; absent means that there may be some. */
    readonly nanCount?: number;
    readonly distinctCount?: number;
    /** Rows of the container, nulls included. */
    readonly rows: number;
}
