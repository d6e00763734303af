import { DataType, Type, type Data } from "apache-arrow";
import { blockKernels, SCAN_VALUES } from "./block-kernels.ts";
import { BYTE_TYPES, byteColumn } from "./byte-column.ts";
import { decimalAt } from "./canonical-text.ts";
import { doubleReader, isDouble, isNumeric } from "./double-blocks.ts";
import { codesOf } from "./invalid-ids.ts";
import { bit, validWords } from "./validity.ts";

/** A value that compares as its type orders: a number, an integer of 64 bits or more, or bytes (UTF-8 and binary order by bytes). */
export type Ordered = number | bigint | Uint8Array;

/** Least and greatest value; NaN is neither. */
export interface ValueRange {
  readonly min: Ordered;
  readonly max: Ordered;
}

/** The range of a chunk; undefined where no row has a value, or its type has no order (nested types, intervals). */
export function valueRange(
  chunk: Data,
  words: Int32Array | undefined = validWords(chunk),
): ValueRange | undefined {
  const { type, length } = chunk;
  if (length === 0) return undefined;
  if (DataType.isDecimal(type)) return decimals(chunk, words);
  if (DataType.isBool(type)) return booleans(chunk, words);
  if (DataType.isDictionary(type)) return coded(chunk, words);
  switch (type.typeId) {
    case Type.Int:
    case Type.Float:
    case Type.Date:
    case Type.Time:
    case Type.Timestamp:
    case Type.Duration:
      return chunk.values instanceof BigInt64Array || chunk.values instanceof BigUint64Array
        ? wide(chunk, chunk.values, words)
        : numbers(chunk, words);
    case Type.Utf8:
    case Type.LargeUtf8:
    case Type.Utf8View:
    case Type.Binary:
    case Type.LargeBinary:
    case Type.BinaryView:
    case Type.FixedSizeBinary: {
      const { offsets, data } = byteColumn(chunk);
      return bytes(offsets, data, words, length);
    }
    default:
      return undefined;
  }
}

/** True for types whose values have a range. */
export function isOrdered(type: DataType): boolean {
  const held = DataType.isDictionary(type) ? type.dictionary : type;
  return isNumeric(held) || DataType.isBool(held) || BYTE_TYPES.has(held.typeId);
}

/** True for a bound of the sort that ranges of a type have. */
export function isBound(type: DataType, value: Ordered): boolean {
  const held = DataType.isDictionary(type) ? type.dictionary : type;
  if (BYTE_TYPES.has(held.typeId)) return value instanceof Uint8Array;
  return typeof value === (isDouble(held) || DataType.isBool(held) ? "number" : "bigint");
}

/** Negative, zero or positive, as `a` is less than, equal to or greater than `b`. Both of one sort. */
function compareOrdered(a: Ordered, b: Ordered): number {
  if (typeof a === "object") return Buffer.compare(a, b as Uint8Array);
  return a < (b as number | bigint) ? -1 : a > (b as number | bigint) ? 1 : 0;
}

/** The range of both. */
export function joinRanges(a: ValueRange | undefined, b: ValueRange | undefined): ValueRange | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return {
    min: compareOrdered(b.min, a.min) < 0 ? b.min : a.min,
    max: compareOrdered(b.max, a.max) > 0 ? b.max : a.max,
  };
}

/** int32 as they are, all other types as doubles. */
function numbers(chunk: Data, words: Int32Array | undefined): { min: number; max: number } | undefined {
  const kernels = blockKernels();
  const { doubles, int32s, outDoubles, outInt32s } = kernels;
  if (words === undefined && chunk.values instanceof Int32Array && !DataType.isDecimal(chunk.type)) {
    outInt32s.fill(2 ** 31 - 1, 0, 4).fill(-(2 ** 31), 4, 8);
    for (let from = 0; from < chunk.length; from += SCAN_VALUES) {
      const to = Math.min(from + SCAN_VALUES, chunk.length);
      int32s.set(chunk.values.subarray(from, to));
      kernels.rangeOfInt32(filled(int32s, to - from, 8));
    }
    return { min: Math.min(...outInt32s.subarray(0, 4)), max: Math.max(...outInt32s.subarray(4, 8)) };
  }
  const { read } = doubleReader(chunk, words);
  outDoubles.fill(Infinity, 0, 2).fill(-Infinity, 2, 4);
  for (let from = 0; from < chunk.length; from += SCAN_VALUES) {
    const length = read(from, Math.min(from + SCAN_VALUES, chunk.length), doubles, 0);
    if (length > 0) kernels.rangeOfDoubles(filled(doubles, length, 4));
  }
  const [min1, min2, max1, max2] = outDoubles as unknown as [number, number, number, number];
  const [min, max] = [Math.min(min1, min2), Math.max(max1, max2)];
  // Which of −0 and 0 was met first depends on how the column was cut; as a bound both are 0.
  return min > max ? undefined : { min: min + 0, max: max + 0 };
}

/** Repeats the first of `length` values up to a multiple of `step`, and returns that. */
function filled(block: Int32Array | Float64Array, length: number, step: number): number {
  const whole = Math.ceil(length / step) * step;
  if (whole > length) block.fill(block[0]!, length, whole);
  return whole;
}

/**
 * 64-bit integers: signed ones without nulls as they are. The order of others as doubles is theirs but for ties, so where the extremes as
 * doubles are exact they are the extremes; only for larger ones is every value compared by halves.
 */
function wide(
  chunk: Data,
  values: BigInt64Array | BigUint64Array,
  words: Int32Array | undefined,
): ValueRange | undefined {
  if (words === undefined && values instanceof BigInt64Array) return signed(values, chunk.length);
  const range = numbers(chunk, words);
  if (range === undefined) return undefined;
  if (Math.max(-range.min, range.max) <= Number.MAX_SAFE_INTEGER)
    return { min: BigInt(range.min), max: BigInt(range.max) };
  return wideByHalves(values, words, chunk.length);
}

function signed(values: BigInt64Array, length: number): ValueRange {
  const kernels = blockKernels();
  const { int64s, outInt64s } = kernels;
  outInt64s.fill(values[0]!);
  for (let from = 0; from < length; from += SCAN_VALUES) {
    const to = Math.min(from + SCAN_VALUES, length);
    int64s.set(values.subarray(from, to));
    const whole = (to - from + 3) & ~3;
    int64s.fill(values[from]!, to - from, whole);
    kernels.rangeOfInt64(whole);
  }
  const [min1, min2, max1, max2] = outInt64s as unknown as [bigint, bigint, bigint, bigint];
  return { min: min1 < min2 ? min1 : min2, max: max1 > max2 ? max1 : max2 };
}

/** The high half signed or not, the low one unsigned. */
function wideByHalves(
  values: BigInt64Array | BigUint64Array,
  words: Int32Array | undefined,
  length: number,
): ValueRange | undefined {
  const pairs = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  // Unsigned order is signed order with the highest bit turned round.
  const flip = values instanceof BigUint64Array ? -(2 ** 31) : 0;
  const turn = -(2 ** 31);
  let minHi = 0;
  let minLo = 0;
  let maxHi = 0;
  let maxLo = 0;
  let seen = false;
  for (let i = 0; i < length; i++) {
    if (words !== undefined && ((words[i >>> 5]! >>> (i & 31)) & 1) === 0) continue;
    const hi = pairs[2 * i + 1]! ^ flip;
    const lo = pairs[2 * i]! ^ turn;
    if (!seen) {
      seen = true;
      minHi = maxHi = hi;
      minLo = maxLo = lo;
    } else if (hi < minHi || (hi === minHi && lo < minLo)) {
      minHi = hi;
      minLo = lo;
    } else if (hi > maxHi || (hi === maxHi && lo > maxLo)) {
      maxHi = hi;
      maxLo = lo;
    }
  }
  if (!seen) return undefined;
  const whole = (hi: number, lo: number): bigint => {
    const value = (BigInt(hi ^ flip) << 32n) | BigInt((lo ^ turn) >>> 0);
    return flip === 0 ? value : BigInt.asUintN(64, value);
  };
  return { min: whole(minHi, minLo), max: whole(maxHi, maxLo) };
}

function decimals(chunk: Data, words: Int32Array | undefined): ValueRange | undefined {
  const { stride, length } = chunk;
  const values = chunk.values as Uint32Array;
  const less = (a: number, b: number): boolean => {
    for (let k = stride - 1; k >= 0; k--) {
      const x = values[a * stride + k]!;
      const y = values[b * stride + k]!;
      if (x !== y) return k === stride - 1 ? (x | 0) < (y | 0) : x < y;
    }
    return false;
  };
  const best = extremeRows(length, words, less);
  return best && { min: decimalAt(values, stride, best[0]), max: decimalAt(values, stride, best[1]) };
}

function bytes(
  offsets: Int32Array | Float64Array,
  data: Uint8Array,
  words: Int32Array | undefined,
  length: number,
): ValueRange | undefined {
  const less = (a: number, b: number): boolean => {
    let i = offsets[a]!;
    let k = offsets[b]!;
    const endA = offsets[a + 1]!;
    const endB = offsets[b + 1]!;
    for (; i < endA && k < endB; i++, k++) if (data[i] !== data[k]) return data[i]! < data[k]!;
    return endA - i < endB - k;
  };
  const best = extremeRows(length, words, less);
  return (
    best && {
      min: data.slice(offsets[best[0]], offsets[best[0] + 1]),
      max: data.slice(offsets[best[1]], offsets[best[1] + 1]),
    }
  );
}

/** Rows of the least and the greatest value. */
function extremeRows(
  length: number,
  words: Int32Array | undefined,
  less: (a: number, b: number) => boolean,
): [min: number, max: number] | undefined {
  let min = -1;
  let max = -1;
  for (let i = 0; i < length; i++) {
    if (words !== undefined && bit(words, i) === 0) continue;
    if (min < 0) min = max = i;
    else if (less(i, min)) min = i;
    else if (less(max, i)) max = i;
  }
  return min < 0 ? undefined : [min, max];
}

function booleans({ values, offset, length }: Data, words: Int32Array | undefined): ValueRange | undefined {
  let seen = 0;
  for (let i = 0; i < length && seen !== 3; i++)
    if (words === undefined || bit(words, i) === 1)
      seen |= 1 << (((values[(offset + i) >>> 3] as number) >>> ((offset + i) & 7)) & 1);
  return seen === 0 ? undefined : { min: seen & 1 ? 0 : 1, max: seen & 2 ? 1 : 0 };
}

/** Only values of the dictionary that rows refer to count. */
function coded(chunk: Data, words: Int32Array | undefined): ValueRange | undefined {
  const used = usedCodes(chunk, words);
  let range: ValueRange | undefined;
  let base = 0;
  for (const part of chunk.dictionary!.data as readonly Data[]) {
    const own = validWords(part);
    const wanted = new Int32Array((part.length + 31) >>> 5);
    for (let i = 0; i < part.length; i++)
      if (used[base + i] === 1 && (own === undefined || bit(own, i) === 1)) wanted[i >>> 5]! |= 1 << (i & 31);
    range = joinRanges(range, valueRange(part, wanted));
    base += part.length;
  }
  return range;
}

/** 1 for each value of the dictionary that a row refers to. */
export function usedCodes(chunk: Data, words: Int32Array | undefined): Uint8Array {
  const used = new Uint8Array(chunk.dictionary!.length);
  const codes = codesOf(chunk);
  for (let i = 0; i < chunk.length; i++)
    if (words === undefined || ((words[i >>> 5]! >>> (i & 31)) & 1) === 1) used[codes[i]!] = 1;
  return used;
}
