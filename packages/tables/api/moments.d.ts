/** Mean and standard deviation of finite numbers, by the pairwise formula of Chan, Golub and LeVeque (1979), which does not cancel. Infinities are left out. */
export declare class Moments {
    count: number;
    mean: number;
    /** Sum of squared differences from the mean. */
    squares: number;
    constructor(count?: number, mean?: number, squares?: number);
    /** Adds the first `length` values, none of them NaN, whose sum is `total`. */
    add(values: Float64Array, length: number, total?: number): void;
    merge(other: Moments): void;
    /** Of the sample; NaN for fewer than two. */
    get deviation(): number;
    /** The arguments that make an equal one. */
    state(): [count: number, mean: number, squares: number];
}
/** The sum of the first `length` values: finite only where all are, unless they are too large together. */
export declare function sumOf(values: Float64Array, length: number): number;
