import { DataType } from "apache-arrow";
/** A value that compares as its type orders: a number, an integer of 64 bits or more, or bytes (UTF-8 and binary order by bytes). */
export type Ordered = number | bigint | Uint8Array;
/** Least and greatest value; NaN is neither. */
export interface ValueRange {
    readonly min: Ordered;
    readonly max: Ordered;
}
/** True for types whose values have a range. */
export declare function isOrdered(type: DataType): boolean;
/** True for a bound of the sort that ranges of a type have. */
export declare function isBound(type: DataType, value: Ordered): boolean;
/** The range of both. */
export declare function joinRanges(a: ValueRange | undefined, b: ValueRange | undefined): ValueRange | undefined;
