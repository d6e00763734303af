import { DataType, Type, type Data } from "apache-arrow";
import { byteColumn } from "./byte-column.ts";
import { decimalAt } from "./canonical-text.ts";
import { BLOCK_VALUES, doubleReader } from "./double-blocks.ts";
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

/** Block by block, so that one kernel for doubles does for all types. */
function numbers(chunk: Data, words: Int32Array | undefined): { min: number; max: number } | undefined {
  const { direct, read } = doubleReader(chunk, words);
  const scratch = new Float64Array(BLOCK_VALUES);
  const out = Float64Array.of(Infinity, -Infinity);
  for (let from = 0; from < chunk.length; from += BLOCK_VALUES) {
    const to = Math.min(from + BLOCK_VALUES, chunk.length);
    if (direct === undefined) extremes(scratch, read(from, to, scratch, 0), out);
    else extremes(direct.subarray(from, to), to - from, out);
  }
  const [min, max] = out as unknown as [number, number];
  return min > max ? undefined : { min, max };
}

/** Lowers `out[0]` and raises `out[1]` to the extremes of the values; NaN compares with none. */
function extremes(values: Float64Array, length: number, out: Float64Array): void {
  // Four of each, so that a comparison need not wait for the one before.
  let min = Infinity;
  let max = -Infinity;
  let [min2, max2, min3, max3, min4, max4] = [min, max, min, max, min, max];
  const whole = length & ~3;
  for (let i = 0; i < whole; i += 4) {
    const a = values[i]!;
    const b = values[i + 1]!;
    const c = values[i + 2]!;
    const d = values[i + 3]!;
    if (a < min) min = a;
    if (a > max) max = a;
    if (b < min2) min2 = b;
    if (b > max2) max2 = b;
    if (c < min3) min3 = c;
    if (c > max3) max3 = c;
    if (d < min4) min4 = d;
    if (d > max4) max4 = d;
  }
  for (let i = whole; i < length; i++) {
    const a = values[i]!;
    if (a < min) min = a;
    if (a > max) max = a;
  }
  min = Math.min(min, min2, min3, min4);
  max = Math.max(max, max2, max3, max4);
  // Infinities alone move only one of the bounds.
  if (min === Infinity || max === -Infinity)
    for (let i = 0; i < length; i++) {
      if (values[i] === Infinity) max = Infinity;
      else if (values[i] === -Infinity) min = -Infinity;
    }
  if (min < out[0]!) out[0] = min;
  if (max > out[1]!) out[1] = max;
}

/**
 * 64-bit integers. Their order as doubles is theirs but for ties, so where the extremes as doubles are exact they are the extremes; only for
 * larger ones is every value compared by halves.
 */
function wide(
  chunk: Data,
  values: BigInt64Array | BigUint64Array,
  words: Int32Array | undefined,
): ValueRange | undefined {
  const range = numbers(chunk, words);
  if (range === undefined) return undefined;
  if (Math.max(-range.min, range.max) <= Number.MAX_SAFE_INTEGER)
    return { min: BigInt(range.min), max: BigInt(range.max) };
  return wideByHalves(values, words, chunk.length);
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
