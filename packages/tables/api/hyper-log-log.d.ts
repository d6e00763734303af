/**
 * Estimates the number of distinct values in 8 KiB: HyperLogLog (Flajolet et al., 2007) with 8,192 registers and the improved raw estimator
 * of Ertl ("New cardinality estimation algorithms for HyperLogLog sketches", 2017), which needs no corrections for few or many. Standard error 1.15 %:
 * two in three estimates are within it, 99 in 100 within 3 %. Merging is exact: the sketch of a union is the larger of each register.
 */
export declare class HyperLogLog {
    #private;
    constructor(registers?: Uint8Array);
    /** Adds 64-bit values: `pairs[2i]` low, `pairs[2i + 1]` high. */
    addPairs(pairs: Int32Array, words: Int32Array | undefined, length: number): void;
    /** Adds doubles: every NaN is one value, and −0 is 0. */
    addDoubles(values: Float64Array, length: number): void;
    /** Adds text or binary values. */
    addBytes(data: Uint8Array, offsets: Int32Array | Float64Array, words: Int32Array | undefined, length: number): void;
    merge(other: HyperLogLog): void;
    /** The estimate, a whole number. */
    estimate(): number;
    /** The registers, copied. */
    bytes(): Uint8Array;
}
