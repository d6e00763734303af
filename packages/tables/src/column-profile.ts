import { decode, encode } from "@msgpack/msgpack";
import { PitotError } from "@pitot/core";
import { DataType, Precision, Type, type Data } from "apache-arrow";
import { byteColumn } from "./byte-column.ts";
import { decimalAt, halfToNumber } from "./canonical-text.ts";
import { HyperLogLog } from "./hyper-log-log.ts";
import { codesOf } from "./invalid-ids.ts";
import { Moments } from "./moments.ts";
import { QuantileSketch } from "./quantile-sketch.ts";
import { typeString } from "./type-string.ts";
import { bit, countInvalid, validWords } from "./validity.ts";
import { joinRanges, usedCodes, valueRange, type Ordered, type ValueRange } from "./value-range.ts";

const BLOCK = 4096;
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
  distinct: HyperLogLog = new HyperLogLog();
  #quantiles: QuantileSketch = new QuantileSketch();
  #moments: Moments = new Moments();
  // Values wait here until a block is full, so that sums do not depend on how the column was cut into chunks.
  #block: Float64Array | undefined;
  #waiting = 0;

  constructor(type: DataType, options: ProfileOptions = {}) {
    this.type = type;
    this.sketched = options.sketches ?? true;
  }

  /** Adds a chunk of the column's type. */
  add(chunk: Data): void {
    const words = validWords(chunk);
    this.rows += chunk.length;
    this.nullCount += countInvalid(words, chunk.length);
    this.range = joinRanges(this.range, valueRange(chunk, words));
    if (DataType.isBool(chunk.type)) this.#booleans(chunk, words);
    if (DataType.isFloat(chunk.type)) this.#odd(chunk, words);
    if (this.sketched) this.#sketch(chunk, words);
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
        value: `${bytes.length} bytes for ${typeString(type)}`,
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
    const [version, name, sketches, counts, bounds, distinct, quantiles, moments] = parts;
    if (!Array.isArray(parts) || version !== VERSION || name !== typeString(type) || counts?.length !== 9)
      return failed();
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
      profile.distinct = new HyperLogLog(Uint8Array.from(distinct));
      profile.#quantiles = QuantileSketch.fromBytes(quantiles);
      profile.#moments = new Moments(...moments);
    }
    return profile;
  }

  #booleans({ values, offset, length }: Data, words: Int32Array | undefined): void {
    let ones = 0;
    for (let i = 0; i < length; i++)
      if (words === undefined || bit(words, i) === 1)
        ones += ((values[(offset + i) >>> 3] as number) >>> ((offset + i) & 7)) & 1;
    this.trueCount += ones;
    this.falseCount += length - countInvalid(words, length) - ones;
  }

  /** NaN and infinities, which are rare: looked for where the range or a sum shows that there are any. */
  #odd(chunk: Data, words: Int32Array | undefined): void {
    const half = (chunk.type as DataType & { precision: Precision }).precision === Precision.HALF;
    const values = half
      ? Float64Array.from({ length: chunk.length }, (_, i) => halfToNumber(chunk.values[i] as number))
      : (chunk.values as Float64Array | Float32Array);
    // A difference that is not 0 is NaN, of NaN or of an infinity.
    let odd = 0;
    for (let i = 0; i < chunk.length; i++) if (values[i]! - values[i]! !== 0) odd++;
    if (odd === 0) return;
    for (let i = 0; i < chunk.length; i++) {
      const value = values[i]!;
      if (value - value === 0 || (words !== undefined && bit(words, i) === 0)) continue;
      if (value !== value) this.nanCount++;
      else this.infinityCount++;
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
      if (this.falseCount > 0) this.distinct.addPairs(both, undefined, 1);
      if (this.trueCount > 0) this.distinct.addPairs(both.subarray(2), undefined, 1);
      return;
    }
    if (!BYTES.has(type.typeId)) return;
    const { offsets, data } = byteColumn(chunk);
    this.distinct.addBytes(data, offsets, words, length);
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
      if (BYTES.has(part.type.typeId)) {
        const { offsets, data } = byteColumn(part);
        this.distinct.addBytes(data, offsets, wanted, part.length);
        for (let i = 0; i < part.length; i++)
          if (bit(wanted, i) === 1) this.#length(offsets[i + 1]! - offsets[i]!, times[base + i]!);
      } else if (isNumeric(part.type)) this.distinct.addDoubles(...dense(part, wanted));
      base += part.length;
    }
  }

  #numbers(chunk: Data, words: Int32Array | undefined): void {
    const { length } = chunk;
    if (chunk.values instanceof BigInt64Array || chunk.values instanceof BigUint64Array) {
      const pairs = new Int32Array(chunk.values.buffer, chunk.values.byteOffset, chunk.values.length * 2);
      this.distinct.addPairs(pairs, words, length);
    }
    const gather = gatherOf(chunk);
    const block = (this.#block ??= new Float64Array(BLOCK));
    for (let row = 0; row < length;) {
      const end = Math.min(length, row + BLOCK - this.#waiting);
      const before = this.#waiting;
      this.#waiting = gather(row, end, words, block, before);
      if (!(chunk.values instanceof BigInt64Array || chunk.values instanceof BigUint64Array))
        this.distinct.addDoubles(block.subarray(before, this.#waiting), this.#waiting - before);
      row = end;
      if (this.#waiting === BLOCK) this.#flush();
    }
  }

  #flush(): void {
    if (this.#block === undefined || this.#waiting === 0) return;
    this.#moments.add(this.#block, this.#waiting);
    this.#quantiles.add(this.#block, this.#waiting);
    this.#waiting = 0;
  }
}

const BYTES: ReadonlySet<number> = new Set([
  Type.Utf8,
  Type.LargeUtf8,
  Type.Utf8View,
  Type.Binary,
  Type.LargeBinary,
  Type.BinaryView,
  Type.FixedSizeBinary,
]);

const NUMERIC: ReadonlySet<number> = new Set([
  Type.Int,
  Type.Float,
  Type.Decimal,
  Type.Date,
  Type.Time,
  Type.Timestamp,
  Type.Duration,
]);

function isNumeric(type: DataType): boolean {
  return NUMERIC.has(type.typeId);
}

function dense(chunk: Data, words: Int32Array): [Float64Array, number] {
  const values = new Float64Array(chunk.length);
  return [values, gatherOf(chunk)(0, chunk.length, words, values, 0)];
}

/** Copies rows that hold a number (NaN is none), as doubles, and returns where the next would go. */
type Gather = (
  from: number,
  to: number,
  words: Int32Array | undefined,
  into: Float64Array,
  at: number,
) => number;
type GatherScan = (
  values: ArrayLike<number>,
  from: number,
  to: number,
  words: Int32Array | undefined,
  into: Float64Array,
  at: number,
) => number;

// One function per array type: see `invalid-ids.ts`.
const scans = new Map<string, GatherScan>();

function gatherOf(chunk: Data): Gather {
  const { type, values } = chunk;
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    const pairs = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
    const unsigned = values instanceof BigUint64Array;
    return (from, to, words, into, at) => gatherWide(pairs, unsigned, from, to, words, into, at);
  }
  if (DataType.isDecimal(type)) {
    const unit = 10 ** -type.scale;
    const decimals = Float64Array.from(
      { length: chunk.length },
      (_, i) => Number(decimalAt(values as Uint32Array, chunk.stride, i)) * unit,
    );
    return gatherIn(decimals);
  }
  if (DataType.isFloat(type) && type.precision === Precision.HALF)
    return gatherIn(Float64Array.from({ length: chunk.length }, (_, i) => halfToNumber(values[i] as number)));
  return gatherIn(values as Float64Array);
}

function gatherIn(values: Float64Array): Gather {
  const name = values.constructor.name;
  let scan = scans.get(name);
  if (scan === undefined) scans.set(name, (scan = gatherScan()));
  const run = scan;
  return (from, to, words, into, at) => run(values, from, to, words, into, at);
}

function gatherScan(): GatherScan {
  return (values, from, to, words, into, at) => {
    for (let i = from; i < to; i++) {
      if (words !== undefined && ((words[i >>> 5]! >>> (i & 31)) & 1) === 0) continue;
      const value = values[i]!;
      if (value === value) into[at++] = value;
    }
    return at;
  };
}

function gatherWide(
  pairs: Int32Array,
  unsigned: boolean,
  from: number,
  to: number,
  words: Int32Array | undefined,
  into: Float64Array,
  at: number,
): number {
  for (let i = from; i < to; i++) {
    if (words !== undefined && ((words[i >>> 5]! >>> (i & 31)) & 1) === 0) continue;
    const hi = pairs[2 * i + 1]!;
    into[at++] = (unsigned ? hi >>> 0 : hi) * 4294967296 + (pairs[2 * i]! >>> 0);
  }
  return at;
}
