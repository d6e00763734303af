import type { DataType } from "apache-arrow";
import type { Outcomes } from "./outcomes.ts";
import type { KnownColumn } from "./predicate.ts";
/** Bounds of a column in many containers, by column. Containers that they cannot tell of exactly are judged one by one. */
export type BoundsColumn = {
    readonly kind: "numbers";
    readonly type: DataType;
    /** {@link HAS_VALUES}, {@link HAS_NULLS} and {@link IS_UNKNOWN} of each container. */
    readonly facts: Uint8Array;
    /** Whether a bound is a value of its container. */
    readonly exact: boolean;
    /** NaN is no bound; 64-bit integers are exact, since those beyond 2^53 are not among them. */
    readonly min: Float64Array;
    readonly max: Float64Array;
} | {
    readonly kind: "texts";
    readonly type: DataType;
    readonly facts: Uint8Array;
    readonly exact: boolean;
    /** Places in `values`; -1 is no bound. */
    readonly min: Int32Array;
    readonly max: Int32Array;
    readonly values: readonly string[];
} | {
    /** Few different containers, such as partitions. */
    readonly kind: "codes";
    readonly codes: Int32Array;
    readonly known: readonly (KnownColumn | undefined)[];
};
/** Bounds of many containers. */
export interface ManyBounds {
    /** Containers. */
    readonly length: number;
    /** Undefined where nothing is known of the column in any of them. */
    column(leafPath: string): BoundsColumn | undefined;
}
/** There may be a value that is not null. */
export declare const HAS_VALUES = 1;
/** There may be a null. */
export declare const HAS_NULLS = 2;
/** Nothing is known. */
export declare const IS_UNKNOWN = 4;
/** What a predicate may come to in each container: a set of these. */
export type OutcomeMask = Uint8Array;
export declare const CAN_BE_TRUE = 1;
export declare const CAN_BE_FALSE = 2;
export declare const CAN_BE_NULL = 4;
/** A set of outcomes as bits. */
export declare function outcomeBits({ canBeTrue, canBeFalse, canBeNull }: Outcomes): number;
/** A set of outcomes from its bits. */
export declare function outcomesOfBits(bits: number): Outcomes;
/** What is known of a column in one of the containers. */
export declare function knownColumn(column: BoundsColumn, container: number): KnownColumn | undefined;
/** Some containers of a column, next to each other. Costs nothing: they are not copied. */
export declare function boundsSlice(column: BoundsColumn, from: number, to: number): BoundsColumn;
/** The bounds of each `size` containers together, as one. */
export declare function boundsOfBlocks(column: Exclude<BoundsColumn, {
    kind: "codes";
}>, size: number): BoundsColumn;
