import type { Data } from "apache-arrow";
import { BLOCK_VALUES } from "./block-kernels.ts";
import { doubleReader } from "./double-blocks.ts";
import { sumOf } from "./moments.ts";
import { countInvalid, countOnes, wordsOf } from "./validity.ts";

/** How often a chunk of booleans has each. */
export function booleanCounts(
  { values, offset, length }: Data,
  words: Int32Array | undefined,
): { trueCount: number; falseCount: number } {
  const bits = wordsOf(values as Uint8Array, offset, length);
  const trueCount = countOnes(words === undefined ? bits : bits.map((word, i) => word & words[i]!), length);
  return { trueCount, falseCount: length - countInvalid(words, length) - trueCount };
}

/** NaN and infinities of a chunk of floats, which are rare: looked for in blocks whose sum shows that there are any. */
export function oddCounts(
  chunk: Data,
  words: Int32Array | undefined,
): { nanCount: number; infinityCount: number } {
  const { direct, read } = doubleReader(chunk, words);
  const scratch = new Float64Array(BLOCK_VALUES);
  let nanCount = 0;
  let infinityCount = 0;
  for (let from = 0; from < chunk.length; from += BLOCK_VALUES) {
    const to = Math.min(from + BLOCK_VALUES, chunk.length);
    const length = direct === undefined ? read(from, to, scratch, 0) : to - from;
    const values = direct?.subarray(from, to) ?? scratch;
    if (Number.isFinite(sumOf(values, length))) continue;
    for (let i = 0; i < length; i++)
      if (Number.isNaN(values[i]!)) nanCount++;
      else if (!Number.isFinite(values[i]!)) infinityCount++;
  }
  return { nanCount, infinityCount };
}
