import { decode, encode } from "@msgpack/msgpack";
import { PitotError } from "@pitot/core";
import { DataType, type Data } from "apache-arrow";
import { ByteLengths } from "./byte-lengths.ts";
import { checkInstance, checkType, refused } from "./check-argument.ts";
import { isNumeric } from "./double-blocks.ts";
import type { HyperLogLog } from "./hyper-log-log.ts";
import type { Moments } from "./moments.ts";
import { isBound, joinRanges, type ValueRange } from "./ordered.ts";
import { checkedSketches, type ProfileOptions } from "./profile-options.ts";
import { ProfileSketches, type SketchParts } from "./profile-sketches.ts";
import type { QuantileSketch } from "./quantile-sketch.ts";
import { typeString } from "./type-string.ts";
import { countInvalid, validWords } from "./validity.ts";
import { booleanCounts, oddCounts } from "./value-counts.ts";
import { valueRange } from "./value-range.ts";

const VERSION = 1;

/** What a profile counts, in the order of its bytes. */
const COUNTS = [
  "rows",
  "nullCount",
  "nanCount",
  "infinityCount",
  "trueCount",
  "falseCount",
  "minLength",
  "maxLength",
  "totalLength",
] as const satisfies readonly (keyof ColumnProfile)[];

/** What the bytes of a profile decode to. */
type Parts = [
  version: number,
  type: string,
  sketched: boolean,
  counts: number[],
  bounds: (number | string | Uint8Array | null)[],
  ...sketches: SketchParts,
];

/**
 * Statistics of one column of any length, in at most about 60 KB. Add chunks in their order: how they are cut makes no difference. Profiles of parts
 * merge to the profile of the whole: counts, range and distinct estimate exactly, mean and deviation but for rounding, quantiles within their error.
 */
export class ColumnProfile {
  readonly type: DataType;
  rows = 0;
  nullCount = 0;
  range: ValueRange | undefined = undefined;
  nanCount = 0;
  infinityCount = 0;
  trueCount = 0;
  falseCount = 0;
  minLength: number = Infinity;
  maxLength = -1;
  totalLength = 0;
  readonly sketched: boolean;
  #sketches: ProfileSketches;

  /** @throws PitotError INVALID_ARGUMENT for what is no type, or no options */
  constructor(type: DataType, options: ProfileOptions = {}) {
    checkType(type);
    this.type = type;
    this.sketched = checkedSketches(options);
    this.#sketches = new ProfileSketches(type);
  }

  /** Adds a chunk of the column's type. @throws PitotError INVALID_ARGUMENT for one of another */
  add(chunk: Data): void {
    const type = (chunk as Data | null | undefined)?.type;
    if (type === undefined || (type !== this.type && typeString(type) !== typeString(this.type)))
      throw refused(
        "This is not a chunk of the column",
        type === undefined ? chunk : typeString(type),
        `Give Data of ${typeString(this.type)}.`,
      );
    const words = validWords(chunk);
    this.rows += chunk.length;
    this.nullCount += countInvalid(words, chunk.length);
    this.range = joinRanges(this.range, valueRange(chunk, words));
    if (DataType.isBool(chunk.type)) {
      const { trueCount, falseCount } = booleanCounts(chunk, words);
      this.trueCount += trueCount;
      this.falseCount += falseCount;
    }
    if (DataType.isFloat(chunk.type)) {
      const { nanCount, infinityCount } = oddCounts(chunk, words);
      this.nanCount += nanCount;
      this.infinityCount += infinityCount;
    }
    if (!this.sketched) return;
    this.#sketches.add(chunk, words);
    const lengths = new ByteLengths();
    lengths.add(chunk, words);
    this.minLength = Math.min(this.minLength, lengths.min);
    this.maxLength = Math.max(this.maxLength, lengths.max);
    this.totalLength += lengths.total;
  }

  /** Distinct values other than NaN. */
  get distinct(): HyperLogLog {
    return this.#sketches.distinct;
  }

  /** Mean and deviation of the finite numbers, in the column's unit. */
  get moments(): Moments {
    return this.#sketches.moments;
  }

  /** Quantiles of numbers, in the column's unit. */
  get quantiles(): QuantileSketch {
    return this.#sketches.quantiles;
  }

  /** True where the type has quantiles, mean and deviation. */
  get numeric(): boolean {
    return this.sketched && isNumeric(this.type);
  }

  /** Adds what `other` has. @throws PitotError INVALID_ARGUMENT where the types differ */
  merge(other: ColumnProfile): this {
    checkInstance(other, ColumnProfile);
    const [a, b] = [typeString(this.type), typeString(other.type)];
    if (a !== b || this.sketched !== other.sketched)
      throw new PitotError("INVALID_ARGUMENT", "These profiles are not of one type", {
        value: `${a} and ${b}`,
        remedy: "Merge profiles of one column, made with the same options.",
      });
    this.rows += other.rows;
    this.nullCount += other.nullCount;
    this.range = joinRanges(this.range, other.range);
    this.nanCount += other.nanCount;
    this.infinityCount += other.infinityCount;
    this.trueCount += other.trueCount;
    this.falseCount += other.falseCount;
    this.minLength = Math.min(this.minLength, other.minLength);
    this.maxLength = Math.max(this.maxLength, other.maxLength);
    this.totalLength += other.totalLength;
    this.#sketches.merge(other.#sketches);
    return this;
  }

  /** The profile as bytes, for {@link ColumnProfile.fromBytes}: little-endian MessagePack, the same on every machine. */
  bytes(): Uint8Array {
    const { min, max } = this.range ?? {};
    return encode([
      VERSION,
      typeString(this.type),
      this.sketched,
      COUNTS.map((name) => this[name]),
      [min, max].map((value) => (typeof value === "bigint" ? String(value) : (value ?? null))),
      ...(this.sketched ? this.#sketches.parts() : []),
    ]);
  }

  /**
   * The profile that `bytes` holds, of a column of this type.
   * @throws PitotError INVALID_DATA for bytes of another sort, version or type
   */
  static fromBytes(type: DataType, bytes: Uint8Array): ColumnProfile {
    const failed = (cause?: unknown): never => {
      throw new PitotError("INVALID_DATA", "These are not the bytes of a profile of this type", {
        value: `${bytes?.length} bytes for ${typeString(type)}`,
        remedy: "Give what `bytes()` made, and the column's type.",
        cause,
      });
    };
    try {
      const [version, name, sketches, counts, bounds, ...parts] = decode(bytes) as Parts;
      if (version !== VERSION || name !== typeString(type) || typeof sketches !== "boolean") return failed();
      if (counts.length !== COUNTS.length || !counts.every((count) => typeof count === "number"))
        return failed();
      const profile = new ColumnProfile(type, { sketches });
      COUNTS.forEach((name, i) => (profile[name] = counts[i]!));
      const [min, max] = bounds.map((value) =>
        typeof value === "string" ? BigInt(value) : (value ?? undefined),
      );
      if (min !== undefined && max !== undefined) {
        if (!isBound(type, min) || !isBound(type, max)) return failed();
        profile.range = { min, max };
      }
      if (sketches) profile.#sketches = new ProfileSketches(type, parts);
      return profile;
    } catch (cause) {
      return failed(cause);
    }
  }
}
