import type { Data } from "apache-arrow";

/** A dictionary's codes as int32, whatever their width. */
export function codesOf(chunk: Data): Int32Array {
  const codes = chunk.values as Int32Array | BigInt64Array;
  if (codes instanceof Int32Array) return codes;
  const result = new Int32Array(chunk.length);
  for (let i = 0; i < chunk.length; i++) result[i] = Number(codes[i]);
  return result;
}

/**
 * The chunks of a dictionary, with the values that rows refer to as validity words. Those that are null themselves are not among them: `words`, which
 * `validWords` made, leave out the rows that refer to one.
 */
export function* usedValues(
  chunk: Data,
  words: Int32Array | undefined,
): Generator<{ readonly part: Data; readonly wanted: Int32Array }, void, undefined> {
  const used = new Uint8Array(chunk.dictionary!.length);
  const codes = codesOf(chunk);
  for (let i = 0; i < chunk.length; i++)
    if (words === undefined || ((words[i >>> 5]! >>> (i & 31)) & 1) === 1) used[codes[i]!] = 1;
  let base = 0;
  for (const part of chunk.dictionary!.data as readonly Data[]) {
    const wanted = new Int32Array((part.length + 31) >>> 5);
    for (let i = 0; i < part.length; i++) wanted[i >>> 5]! |= used[base + i]! << (i & 31);
    yield { part, wanted };
    base += part.length;
  }
}
