import type { Literal } from "./literal.ts";
import type { Predicate } from "./predicate.ts";
/** A column in a predicate. Comparisons are null where the column is; NaN compares as IEEE 754 has it. */
export interface Column {
    readonly path: string;
    eq(value: Literal): Predicate;
    ne(value: Literal): Predicate;
    lt(value: Literal): Predicate;
    le(value: Literal): Predicate;
    gt(value: Literal): Predicate;
    ge(value: Literal): Predicate;
    /** Both ends belong to it. */
    between(low: Literal, high: Literal): Predicate;
    isIn(values: readonly Literal[]): Predicate;
    isNull(): Predicate;
    isNaN(): Predicate;
}
/**
 * A column by its leaf path: `col("year").eq(2024).and(col("id").isIn([1, 2]))`.
 *
 * Literals are converted to the column's type when the predicate meets a dataset: text and `Date` to dates and timestamps, numbers and
 * text to decimals. One that no value of the type can equal is refused then.
 */
export declare function col(path: string): Column;
