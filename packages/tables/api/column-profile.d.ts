import { DataType, type Data } from "apache-arrow";
import type { HyperLogLog } from "./hyper-log-log.ts";
import type { Moments } from "./moments.ts";
import { type ValueRange } from "./ordered.ts";
import { type ProfileOptions } from "./profile-options.ts";
import type { QuantileSketch } from "./quantile-sketch.ts";
/**
 * Statistics of one column of any length, in at most about 60 KB. Add chunks in their order: how they are cut makes no difference. Profiles of parts
 * merge to the profile of the whole: counts, range and distinct estimate exactly, mean and deviation but for rounding, quantiles within their error.
 */
export declare class ColumnProfile {
    #private;
    readonly type: DataType;
    rows: number;
    nullCount: number;
    range: ValueRange | undefined;
    nanCount: number;
    infinityCount: number;
    trueCount: number;
    falseCount: number;
    minLength: number;
    maxLength: number;
    totalLength: number;
    readonly sketched: boolean;
    /** @throws PitotError INVALID_ARGUMENT for what is no type, or no options */
    constructor(type: DataType, options?: ProfileOptions);
    /** Adds a chunk of the column's type. @throws PitotError INVALID_ARGUMENT for one of another */
    add(chunk: Data): void;
    /** Distinct values other than NaN. */
    get distinct(): HyperLogLog;
    /** Mean and deviation of the finite numbers, in the column's unit. */
    get moments(): Moments;
    /** Quantiles of numbers, in the column's unit. */
    get quantiles(): QuantileSketch;
    /** True where the type has quantiles, mean and deviation. */
    get numeric(): boolean;
    /** Adds what `other` has. @throws PitotError INVALID_ARGUMENT where the types differ */
    merge(other: ColumnProfile): this;
    /** The profile as bytes, for {@link ColumnProfile.fromBytes}: little-endian MessagePack, the same on every machine. */
    bytes(): Uint8Array;
    /**
     * The profile that `bytes` holds, of a column of this type.
     * @throws PitotError INVALID_DATA for bytes of another sort, version or type
     */
    static fromBytes(type: DataType, bytes: Uint8Array): ColumnProfile;
}
