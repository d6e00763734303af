import type { Data } from "apache-arrow";
import { Type } from "apache-arrow";

/**
 * Which rows of a chunk hold a value, as 32-bit words with row 0 at bit 0 whatever the chunk's offset was; undefined where all do.
 * Bits beyond the chunk's length mean nothing. Logical, as Arrow defines it for types without a bitmap of their own: a dictionary's null
 * among its values and a union's null child are nulls too.
 */
export function validWords(chunk: Data): Int32Array | undefined {
  switch (chunk.type.typeId) {
    case Type.Null:
      return new Int32Array((chunk.length + 31) >>> 5);
    case Type.Union:
      return unionWords(chunk);
    case Type.Dictionary:
      return dictionaryWords(chunk);
    default:
      return bitmapWords(chunk);
  }
}

/** Rows that `words` leaves without a value. */
export function countInvalid(words: Int32Array | undefined, length: number): number {
  return words === undefined ? 0 : length - countOnes(words, length);
}

/** Bits that are set among the first `length`. */
export function countOnes(words: Int32Array, length: number): number {
  const whole = length >>> 5;
  let ones = 0;
  for (let i = 0; i < whole; i++) ones += popcount(words[i]!);
  const rest = length & 31;
  return rest === 0 ? ones : ones + popcount(words[whole]! & ((1 << rest) - 1));
}

/** `length` bits of a bitmap from bit `from` on, moved to bit 0. A view where the bits lie on a word boundary already. */
export function wordsOf(bitmap: Uint8Array, from: number, length: number): Int32Array {
  const count = (length + 31) >>> 5;
  const first = from >>> 3;
  const shift = from & 7;
  const address = bitmap.byteOffset + first;
  if (shift === 0 && (address & 3) === 0 && first + 4 * count <= bitmap.length)
    return new Int32Array(bitmap.buffer, address, count);
  // Bits are moved byte by byte: a 32nd of what reading the values costs.
  const words = new Int32Array(count);
  const bytes = new Uint8Array(words.buffer);
  const last = (length + 7) >>> 3;
  for (let i = 0; i < last; i++)
    bytes[i] = (bitmap[first + i]! >>> shift) | ((bitmap[first + i + 1] ?? 0) << (8 - shift));
  return words;
}

function bitmapWords(chunk: Data): Int32Array | undefined {
  const bitmap = chunk.nullBitmap as Uint8Array | null | undefined;
  if (bitmap == null || bitmap.length === 0 || chunk.length === 0) return undefined;
  const words = wordsOf(bitmap, chunk.offset, chunk.length);
  return countOnes(words, chunk.length) === chunk.length ? undefined : words;
}

function dictionaryWords(chunk: Data): Int32Array | undefined {
  const own = bitmapWords(chunk);
  const parts = (chunk.dictionary?.data ?? []) as readonly Data[];
  if (parts.every((part) => validWords(part) === undefined)) return own;
  const holdsValue = new Uint8Array(chunk.dictionary!.length);
  let at = 0;
  for (const part of parts) {
    const words = validWords(part);
    for (let i = 0; i < part.length; i++) holdsValue[at++] = words === undefined ? 1 : bit(words, i);
  }
  const codes = chunk.values as ArrayLike<number | bigint>;
  return fromRows(
    chunk.length,
    (i) => (own === undefined || bit(own, i) === 1) && holdsValue[Number(codes[i])] === 1,
  );
}

function unionWords(chunk: Data): Int32Array | undefined {
  const children = chunk.children.map(validWords);
  if (children.every((words) => words === undefined)) return undefined;
  const { typeIds, valueOffsets } = chunk as { typeIds: Int8Array; valueOffsets: Int32Array | undefined };
  const childOf = (chunk.type as unknown as { typeIdToChildIndex: Record<number, number> })
    .typeIdToChildIndex;
  return fromRows(chunk.length, (i) => {
    const words = children[childOf[typeIds[i]!] ?? -1];
    return words === undefined || bit(words, valueOffsets?.[i] ?? i) === 1;
  });
}

function fromRows(length: number, holdsValue: (row: number) => boolean): Int32Array {
  const words = new Int32Array((length + 31) >>> 5);
  for (let i = 0; i < length; i++) if (holdsValue(i)) words[i >>> 5]! |= 1 << (i & 31);
  return words;
}

/** Bit `index`, 0 or 1. */
export function bit(words: Int32Array, index: number): number {
  return (words[index >>> 5]! >>> (index & 31)) & 1;
}

function popcount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
