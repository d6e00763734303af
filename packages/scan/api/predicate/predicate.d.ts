import type { DataType } from "apache-arrow";
import type { ColumnBounds } from "../parquet/column-bounds.ts";
import type { Outcomes } from "./outcomes.ts";
/** What a predicate asks of the container that it is judged by. */
export interface BoundsOf {
    /** Undefined where nothing is known of the column. */
    (leafPath: string): {
        readonly bounds: ColumnBounds;
        readonly type: DataType;
    } | undefined;
}
/** A condition over columns, in SQL's three-valued logic. */
export interface Predicate {
    /** Leaf paths of the columns that it reads, each once. */
    readonly columns: readonly string[];
    /** What it may come to for a row of a container with these bounds. */
    outcomes(bounds: BoundsOf): Outcomes;
    /** Its value for one row; null is unknown. */
    evaluate(row: (leafPath: string) => unknown): boolean | null;
    and(other: Predicate): Predicate;
    or(other: Predicate): Predicate;
    not(): Predicate;
    /** In pyarrow's form: `((year == 2024) and (month == "01"))`. */
    toString(): string;
}
