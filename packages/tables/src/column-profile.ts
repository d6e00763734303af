import { decode, encode } from "@msgpack/msgpack";
import { PitotError } from "@pitot/core";
import { DataType, type Data } from "apache-arrow";
import { BLOCK_VALUES } from "./block-kernels.ts";
import { BYTE_TYPES, byteColumn } from "./byte-column.ts";
import { checkInstance, checkOptions, checkType, refused } from "./check-argument.ts";
import { doubleReader, isNumeric } from "./double-blocks.ts";
import type { HyperLogLog } from "./hyper-log-log.ts";
import { codesOf } from "./invalid-ids.ts";
import { sumOf, type Moments } from "./moments.ts";
import { ProfileSketches, type SketchParts } from "./profile-sketches.ts";
import type { QuantileSketch } from "./quantile-sketch.ts";
import { typeString } from "./type-string.ts";
import { bit, countInvalid, countOnes, validWords, wordsOf } from "./validity.ts";
import { isBound, joinRanges, usedCodes, valueRange, type ValueRange } from "./value-range.ts";

const VERSION = 1;

/** What the bytes of a profile decode to. */
type Parts = [
  version: number,
  type: string,
  sketched: boolean,
  counts: number[],
  bounds: (number | string | Uint8Array | null)[],
  ...sketches: SketchParts,
];

/** Which statistics a profile has beyond nulls, least and greatest value. */
export interface ProfileOptions {
  /** Distinct values, quantiles, histogram, moments, lengths. Default true. */
  readonly sketches?: boolean;
}

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
    checkOptions(options);
    this.type = type;
    this.sketched = options.sketches ?? true;
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
    if (DataType.isBool(chunk.type)) this.#booleans(chunk, words);
    if (DataType.isFloat(chunk.type)) this.#odd(chunk, words);
    if (this.sketched) this.#sketch(chunk, words);
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
      [
        this.rows,
        this.nullCount,
        this.nanCount,
        this.infinityCount,
        this.trueCount,
        this.falseCount,
        this.minLength,
        this.maxLength,
        this.totalLength,
      ],
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
      if (counts.length !== 9 || !counts.every((count) => typeof count === "number")) return failed();
      const profile = new ColumnProfile(type, { sketches });
      [
        profile.rows,
        profile.nullCount,
        profile.nanCount,
        profile.infinityCount,
        profile.trueCount,
        profile.falseCount,
        profile.minLength,
        profile.maxLength,
        profile.totalLength,
      ] = counts as [number, number, number, number, number, number, number, number, number];
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

  #booleans({ values, offset, length }: Data, words: Int32Array | undefined): void {
    const bits = wordsOf(values as Uint8Array, offset, length);
    const ones = countOnes(words === undefined ? bits : bits.map((word, i) => word & words[i]!), length);
    this.trueCount += ones;
    this.falseCount += length - countInvalid(words, length) - ones;
  }

  /** NaN and infinities, which are rare: looked for in blocks whose sum shows that there are any. */
  #odd(chunk: Data, words: Int32Array | undefined): void {
    const { direct, read } = doubleReader(chunk, words);
    const scratch = new Float64Array(BLOCK_VALUES);
    for (let from = 0; from < chunk.length; from += BLOCK_VALUES) {
      const to = Math.min(from + BLOCK_VALUES, chunk.length);
      const length = direct === undefined ? read(from, to, scratch, 0) : to - from;
      const values = direct?.subarray(from, to) ?? scratch;
      if (Number.isFinite(sumOf(values, length))) continue;
      for (let i = 0; i < length; i++)
        if (Number.isNaN(values[i]!)) this.nanCount++;
        else if (!Number.isFinite(values[i]!)) this.infinityCount++;
    }
  }

  #sketch(chunk: Data, words: Int32Array | undefined): void {
    const { type, length } = chunk;
    if (DataType.isDictionary(type)) {
      this.#sketchDictionary(chunk, words);
      return;
    }
    this.#sketches.add(chunk, words);
    if (!BYTE_TYPES.has(type.typeId)) return;
    const { offsets } = byteColumn(chunk);
    for (let i = 0; i < length; i++)
      if (words === undefined || bit(words, i) === 1) this.#length(offsets[i + 1]! - offsets[i]!, 1);
  }

  #length(size: number, times: number): void {
    if (size < this.minLength) this.minLength = size;
    if (size > this.maxLength) this.maxLength = size;
    this.totalLength += size * times;
  }

  /** Each value of the dictionary once for the distinct estimate, and its length as often as rows refer to it. */
  #sketchDictionary(chunk: Data, words: Int32Array | undefined): void {
    const used = usedCodes(chunk, words);
    const times = new Float64Array(used.length);
    const codes = codesOf(chunk);
    for (let i = 0; i < chunk.length; i++)
      if (words === undefined || bit(words, i) === 1) times[codes[i]!]!++;
    let base = 0;
    for (const part of chunk.dictionary!.data as readonly Data[]) {
      const wanted = new Int32Array((part.length + 31) >>> 5);
      const own = validWords(part);
      for (let i = 0; i < part.length; i++)
        if (used[base + i] === 1 && (own === undefined || bit(own, i) === 1))
          wanted[i >>> 5]! |= 1 << (i & 31);
      this.#sketches.addDistinct(part, wanted);
      if (BYTE_TYPES.has(part.type.typeId)) {
        const { offsets } = byteColumn(part);
        for (let i = 0; i < part.length; i++)
          if (bit(wanted, i) === 1) this.#length(offsets[i + 1]! - offsets[i]!, times[base + i]!);
      }
      base += part.length;
    }
  }
}
