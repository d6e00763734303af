import { DataType } from "apache-arrow";
import type { Scalar } from "../parquet/column-bounds.ts";
/** A value as a user writes it in a predicate. */
export type Literal = boolean | number | bigint | string | Date | Uint8Array;
/**
 * The literal as the `Scalar` of a column's type, exactly, so that it compares as the column does: a date as days, a timestamp in the
 * column's unit, a decimal at its scale.
 * @throws PitotError INVALID_ARGUMENT where no value of the type is the literal's
 */
export declare function scalarOf(literal: Literal, type: DataType, path: string): Scalar;
/** As pyarrow prints a scalar in an expression. */
export declare function literalText(literal: Literal): string;
