import { DataType, type Data } from "apache-arrow";
import { blockKernels, SCAN_VALUES } from "./block-kernels.ts";
import { doubleReader } from "./double-blocks.ts";
import type { ValueRange } from "./ordered.ts";

/** int32 as they are, all other types as doubles. */
export function numberRange(
  chunk: Data,
  words: Int32Array | undefined,
): { min: number; max: number } | undefined {
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
export function wideRange(
  chunk: Data,
  values: BigInt64Array | BigUint64Array,
  words: Int32Array | undefined,
): ValueRange | undefined {
  if (words === undefined && values instanceof BigInt64Array) return signed(values, chunk.length);
  const range = numberRange(chunk, words);
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
