import type { Data, DataType } from "apache-arrow";
import type { ColumnBounds, Scalar } from "../parquet/column-bounds.ts";
import type { ManyBounds, OutcomeMask } from "./bounds-columns.ts";
import type { Outcomes } from "./outcomes.ts";
/** What is known of a column in a container. */
export interface KnownColumn {
    readonly bounds: ColumnBounds;
    readonly type: DataType;
    /** False where the container does not hold the value for certain, as a bloom filter says; asked for single values only. */
    readonly mightContain?: (value: Scalar) => boolean;
}
/** What a predicate asks of the container that it is judged by. */
export interface BoundsOf {
    /** Undefined where nothing is known of the column. */
    (leafPath: string): KnownColumn | undefined;
}
/** The decoded values of a column in a batch, by its leaf path. */
export type ColumnOf = (leafPath: string) => Data;
/** The value of a predicate for each row of a batch: 0 is false, 1 true, 2 null. */
export type RowMask = Uint8Array;
/** A condition over columns, in SQL's three-valued logic. */
export interface Predicate {
    /** Leaf paths of the columns that it reads, each once. */
    readonly columns: readonly string[];
    /**
     * Throws `PitotError` where a literal cannot be of its column's type, or where a column is not there.
     * `typeOf` gives the type of a leaf, undefined where there is none of that path.
     */
    check(typeOf: (leafPath: string) => DataType | undefined): void;
    /** What it may come to for a row of a container with these bounds. */
    outcomes(bounds: BoundsOf): Outcomes;
    /** The same for many containers at once: a bit set for each. Comparisons are one loop over typed arrays. */
    outcomesOfMany(bounds: ManyBounds): OutcomeMask;
    /** Its value for one row; null is unknown. Values are as the `Scalar` of their type, or as JavaScript has them (`Date`). */
    evaluate(row: (leafPath: string) => unknown): boolean | null;
    /** Its value for every row of a batch. One pass per comparison, no object per row. */
    mask(columns: ColumnOf, rows: number): RowMask;
    and(other: Predicate): Predicate;
    or(other: Predicate): Predicate;
    not(): Predicate;
    /** In pyarrow's form: `((year == 2024) and (month == "01"))`. */
    toString(): string;
}
