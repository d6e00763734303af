/**
 * Quantiles of a stream in at most 64 KB: a KLL sketch (Karnin, Lang, Liberty: "Optimal quantile approximation in streams", 2016) of doubles, with the
 * sampler that the paper gives in place of the lowest levels. A value returned for rank q has a true rank within 1 % of q in 99 of 100
 * sketches; below 2,048 values it is exact. Sketches merge. "Random" choices come from a generator of fixed seed, so that equal streams make
 * equal sketches on every machine.
 *
 * Values come into a buffer, one of each block of 2^base. A full buffer is sorted, and every other value goes up a level, at twice the weight.
 * Levels stay sorted, so that a sort is paid for once per sampled value and merges cost the rest.
 */
export declare class QuantileSketch {
    #private;
    /** Values put in. */
    count: number;
    /** Adds the first `length` values, none of them NaN. */
    add(values: Float64Array, length: number): void;
    /** Adds what `other` has seen. */
    merge(other: QuantileSketch): void;
    /** Values at ranks 0 … 1, in any order; NaN for an empty sketch. @throws PitotError INVALID_ARGUMENT for what is no rank */
    quantiles(ranks: readonly number[]): number[];
    /** The part of values that are at most each of `edges`, in any order. @throws PitotError INVALID_ARGUMENT for what is no number */
    ranks(edges: readonly number[]): number[];
    /** Least and greatest of the finite values that are kept; undefined where there is none. */
    finiteBounds(): readonly [min: number, max: number] | undefined;
    /** For {@link QuantileSketch.fromBytes}. */
    bytes(): Uint8Array;
    /** @throws PitotError INVALID_DATA for what `bytes` did not make */
    static fromBytes(bytes: Uint8Array): QuantileSketch;
}
