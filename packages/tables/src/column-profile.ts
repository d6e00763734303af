import { decode, encode } from "@msgpack/msgpack";
import { PitotError } from "@pitot/core";
import { DataType, type Data } from "apache-arrow";
import { BLOCK_VALUES } from "./block-kernels.ts";
import { BYTE_TYPES, byteColumn } from "./byte-column.ts";
import { checkInstance, checkOptions, checkType, refused } from "./check-argument.ts";
import { doubleReader, isNumeric } from "./double-blocks.ts";
import { HyperLogLog } from "./hyper-log-log.ts";
import { codesOf } from "./invalid-ids.ts";
import { Moments, sumOf } from "./moments.ts";
import { QuantileSketch } from "./quantile-sketch.ts";
import { typeString } from "./type-string.ts";
import { bit, countInvalid, countOnes, validWords, wordsOf } from "./validity.ts";
import { joinRanges, usedCodes, valueRange, type Ordered, type ValueRange } from "./value-range.ts";

const VERSION = 1;

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
  #distinct: HyperLogLog = new HyperLogLog();
  #quantiles: QuantileSketch = new QuantileSketch();
  #moments: Moments = new Moments();
  // Values wait here until a block is full, so that sums do not depend on how the column was cut into chunks.
  #block: Float64Array | undefined;
  #waiting = 0;

  /** @throws PitotError INVALID_ARGUMENT for what is no type, or no options */
  constructor(type: DataType, options: ProfileOptions = {}) {
    checkType(type);
    checkOptions(options);
    this.type = type;
    this.sketched = options.sketches ?? true;
  }

  /** Adds a chunk of the column's type. @throws PitotError INVALID_ARGUMENT for one of another */
  add(chunk: Data): void {
    const type = (chunk as Data | null | undefined)?.type;
    if (type?.typeId !== this.type.typeId)
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
    this.#flush();
    return this.#distinct;
  }

  /** Mean and deviation of the finite numbers, in the column's unit. */
  get moments(): Moments {
    this.#flush();
    return this.#moments;
  }

  /** Quantiles of numbers, in the column's unit. */
  get quantiles(): QuantileSketch {
    this.#flush();
    return this.#quantiles;
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
    this.distinct.merge(other.distinct);
    this.quantiles.merge(other.quantiles);
    this.moments.merge(other.moments);
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
      ...(this.sketched ? [this.distinct.bytes(), this.quantiles.bytes(), this.moments.state()] : []),
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
    let parts: [
      number,
      string,
      boolean,
      number[],
      (number | string | Uint8Array | null)[],
      Uint8Array,
      Uint8Array,
      [number, number, number],
    ];
    try {
      parts = decode(bytes) as typeof parts;
    } catch (cause) {
      return failed(cause);
    }
    if (!Array.isArray(parts)) return failed();
    const [version, name, sketches, counts, bounds, distinct, quantiles, moments] = parts;
    if (version !== VERSION || name !== typeString(type) || counts?.length !== 9) return failed();
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
    const [min, max] = bounds.map((value): Ordered | undefined =>
      typeof value === "string" ? BigInt(value) : (value ?? undefined),
    );
    if (min !== undefined && max !== undefined) profile.range = { min, max };
    if (sketches) {
      profile.#distinct = new HyperLogLog(Uint8Array.from(distinct));
      profile.#quantiles = QuantileSketch.fromBytes(quantiles);
      profile.#moments = new Moments(...moments);
    }
    return profile;
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
    if (isNumeric(type)) {
      this.#numbers(chunk, words);
      return;
    }
    if (DataType.isBool(type)) {
      const both = new Int32Array(4);
      both[2] = 1;
      if (this.falseCount > 0) this.#distinct.addPairs(both, undefined, 1);
      if (this.trueCount > 0) this.#distinct.addPairs(both.subarray(2), undefined, 1);
      return;
    }
    if (!BYTE_TYPES.has(type.typeId)) return;
    const { offsets, data } = byteColumn(chunk);
    this.#distinct.addBytes(data, offsets, words, length);
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
      if (BYTE_TYPES.has(part.type.typeId)) {
        const { offsets, data } = byteColumn(part);
        this.#distinct.addBytes(data, offsets, wanted, part.length);
        for (let i = 0; i < part.length; i++)
          if (bit(wanted, i) === 1) this.#length(offsets[i + 1]! - offsets[i]!, times[base + i]!);
      } else if (isNumeric(part.type)) this.#distinct.addDoubles(...dense(part, wanted));
      base += part.length;
    }
  }

  #numbers(chunk: Data, words: Int32Array | undefined): void {
    const { length } = chunk;
    const wide = chunk.values instanceof BigInt64Array || chunk.values instanceof BigUint64Array;
    // All 64 bits, of which a double would lose some.
    if (wide)
      this.#distinct.addPairs(
        new Int32Array(chunk.values.buffer, chunk.values.byteOffset, length * 2),
        words,
        length,
      );
    const { direct, read } = doubleReader(chunk, words);
    const block = (this.#block ??= new Float64Array(BLOCK_VALUES));
    for (let row = 0; row < length;) {
      if (direct !== undefined && this.#waiting === 0 && length - row >= BLOCK_VALUES) {
        this.#take(direct.subarray(row, row + BLOCK_VALUES), BLOCK_VALUES);
        row += BLOCK_VALUES;
        continue;
      }
      const end = Math.min(length, row + BLOCK_VALUES - this.#waiting);
      this.#waiting = read(row, end, block, this.#waiting);
      row = end;
      if (this.#waiting === BLOCK_VALUES) this.#flush();
    }
  }

  #flush(): void {
    if (this.#block !== undefined && this.#waiting > 0) this.#take(this.#block, this.#waiting);
    this.#waiting = 0;
  }

  /** One block. What it takes from is not changed. */
  #take(values: Float64Array, length: number): void {
    let total = sumOf(values, length);
    if (Number.isNaN(total)) {
      values = values.slice(0, length).filter((value) => value === value);
      length = values.length;
      total = sumOf(values, length);
    }
    this.#moments.add(values, length, total);
    this.#quantiles.add(values, length);
    if (!isWide(this.type)) this.#distinct.addDoubles(values, length);
  }
}

function isWide(type: DataType): boolean {
  const { ArrayType } = type as { ArrayType: unknown };
  return ArrayType === BigInt64Array || ArrayType === BigUint64Array;
}

/** The values that `words` leaves, as doubles. */
function dense(chunk: Data, words: Int32Array): [values: Float64Array, length: number] {
  const values = new Float64Array(chunk.length);
  return [values, doubleReader(chunk, words).read(0, chunk.length, values, 0)];
}
