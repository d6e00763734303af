import { blockKernels, SCAN_VALUES } from "./block-kernels.ts";
import type { Numbers } from "./double-blocks.ts";
import type { IdKernel } from "./invalid-ids.ts";

/**
 * The engine's own `indexOf` reads numbers where they lie, as fast as memory gives them, so it finds the next zero, in all of the chunk: a step without one
 * costs nothing then. Where others are near, numbers are made doubles block by block (see `double-blocks.ts`) and groups of 32 without an invalid one are
 * passed over, until a block has none; blocks grow while they have some. Where there are nulls, under which zeros usually lie, all numbers are read so.
 */
export function invalidNumbers(values: Numbers, words: Int32Array | undefined): IdKernel {
  const least = words === undefined ? 64 : SCAN_VALUES;
  const zeroFrom = words === undefined ? nextZero(values) : (at: number) => at;
  return (from, to, hits) => {
    const kernels = blockKernels();
    const { doubles, outInt32s } = kernels;
    let count = 0;
    for (let at = zeroFrom(from); at < to;) {
      if (words === undefined) {
        hits[count++] = at;
        const zero = zeroFrom(at + 1);
        const isNear = zero - at <= least;
        at = isNear ? at + 1 : zero;
        if (!isNear) continue;
      }
      let size = least;
      for (let before = -1; count > before && at < to; size = Math.min(size * 2, SCAN_VALUES)) {
        before = count;
        const block = values.subarray(at, Math.min(at + size, to));
        doubles.set(block);
        kernels.zeros((block.length + 31) & ~31);
        count = zeros(doubles, block.length, outInt32s, words, at, hits, count);
        at += block.length;
      }
      at = zeroFrom(at);
    }
    return count;
  };
}

/** Where the first zero at or after a place is, or the length where there is none; remembered, so that going through the values reads each once. */
function nextZero(values: Numbers): (at: number) => number {
  let [since, zero] = [0, -1];
  return (at) => {
    if (at >= since && at <= zero) return zero;
    const found = values.indexOf(0, at);
    [since, zero] = [at, found < 0 ? values.length : found];
    return zero;
  };
}

/** Appends what is invalid among `length` values, the first of which is row `first`, to `hits`. */
function zeros(
  values: Float64Array,
  length: number,
  flags: Int32Array,
  words: Int32Array | undefined,
  first: number,
  hits: Int32Array,
  count: number,
): number {
  for (let from = 0; from < length; from += 32) {
    const word = words === undefined ? -1 : words[(first + from) >>> 5]!;
    if (word === -1 && flags[from >>> 5] === 0) continue;
    const end = Math.min(from + 32, length);
    for (let i = from; i < end; i++)
      if (((word >>> (i & 31)) & 1) === 0) hits[count++] = ~(first + i);
      else if (values[i] === 0) hits[count++] = first + i;
  }
  return count;
}

/** int64 as doubles: the bits of 0 are those of 0, and only those of the smallest int64 are a zero too, −0; so hits are looked at again. */
export function invalidWideNumbers(
  values: BigInt64Array | BigUint64Array,
  words: Int32Array | undefined,
): IdKernel {
  const scan = invalidNumbers(new Float64Array(values.buffer, values.byteOffset, values.length), words);
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  return (from, to, hits) => {
    const found = scan(from, to, hits);
    let count = 0;
    for (let i = 0; i < found; i++) {
      const hit = hits[i]!;
      if (hit < 0 || halves[2 * hit + 1] === 0) hits[count++] = hit;
    }
    return count;
  };
}
