import { DataType, type Data } from "apache-arrow";
/** A value that compares as its type orders: a number, an integer of 64 bits or more, or bytes (UTF-8 and binary order by bytes). */
export type Ordered = number | bigint | Uint8Array;
/** Least and greatest value; NaN is neither. */
export interface ValueRange {
    readonly min: Ordered;
    readonly max: Ordered;
}
/** The range of a chunk; undefined where no row has a value, or its type has no order (nested types, intervals). */
export declare function valueRange(chunk: Data, words?: Int32Array | undefined): ValueRange | undefined;
/** True for types whose values have a range. */
export declare function isOrdered(type: DataType): boolean;
/** True for a bound of the sort that ranges of a type have. */
export declare function isBound(type: DataType, value: Ordered): boolean;
/** The range of both. */
export declare function joinRanges(a: ValueRange | undefined, b: ValueRange | undefined): ValueRange | undefined;
/** 1 for each value of the dictionary that a row refers to. */
export declare function usedCodes(chunk: Data, words: Int32Array | undefined): Uint8Array;
