import { DataType, Precision, Type, type Data } from "apache-arrow";
import { blockKernels, SCAN_VALUES } from "./block-kernels.ts";
import { uncheckedByteColumn } from "./byte-column.ts";
import { codesOf } from "./dictionary-codes.ts";
import type { Numbers } from "./double-blocks.ts";
import { invalidNumbers, invalidWideNumbers } from "./invalid-numbers.ts";
import { bit, validWords } from "./validity.ts";

/** Rows of a batch of quality rows, and of hits; half of it is a multiple of 32, so that blocks begin on a word of validity bits. */
export const BLOCK_ROWS = 65_536;

/**
 * Finds invalid ids in rows `from` to `to` of one chunk, writes them to `hits` and returns how many there are: `row` for a zero, `~row` for
 * a null. `from` is a multiple of 32.
 */
export type IdKernel = (from: number, to: number, hits: Int32Array) => number;

/** The kernel of the physical type of a chunk of ids: null, zero of any numeric type (−0 too) and the text "0" are invalid. */
export function idKernel(chunk: Data): IdKernel {
  const { type } = chunk;
  const words = validWords(chunk);
  switch (type.typeId) {
    case Type.Null:
      return nulls;
    case Type.Int:
    case Type.Float: {
      if (DataType.isFloat(type) && type.precision === Precision.HALF)
        return flagged(chunk.length, words, isHalfZero(chunk.values as Uint16Array));
      // A buffer may go on beyond its chunk, and whoever looks for the next zero with it.
      const values = (chunk.values as Numbers | BigInt64Array | BigUint64Array).subarray(0, chunk.length);
      return values instanceof BigInt64Array || values instanceof BigUint64Array
        ? invalidWideNumbers(values, words)
        : invalidNumbers(values, words);
    }
    case Type.Decimal:
      return flagged(chunk.length, words, isDecimalZero(chunk.values as Uint32Array, chunk.stride));
    case Type.Utf8:
    case Type.LargeUtf8:
    case Type.Utf8View:
    case Type.Binary:
    case Type.LargeBinary:
    case Type.BinaryView: {
      const { offsets, data } = uncheckedByteColumn(chunk);
      return text(offsets, data, words);
    }
    case Type.Dictionary:
      return coded(chunk, words);
    default:
      // Only FixedSizeBinary is left. No zero text fits a fixed width, other than of one byte.
      return flagged(
        chunk.length,
        words,
        (row) => chunk.stride === 1 && (chunk.values as Uint8Array)[row] === 0x30,
      );
  }
}

const nulls: IdKernel = (from, to, hits) => {
  for (let row = from; row < to; row++) hits[row - from] = ~row;
  return to - from;
};

/** Groups of 32 rows none of which is of one byte are passed over. Offsets of large types are compared modulo 2^32, so hits are looked at again. */
function text(offsets: Int32Array | Float64Array, data: Uint8Array, words: Int32Array | undefined): IdKernel {
  return (from, to, hits) => {
    const kernels = blockKernels();
    const { int32s, outInt32s } = kernels;
    let count = 0;
    for (let at = from; at < to; at += SCAN_VALUES) {
      const end = Math.min(at + SCAN_VALUES, to);
      int32s.set(offsets.subarray(at, end + 1));
      kernels.steps((end - at + 31) & ~31);
      count = zeroTexts(offsets, data, outInt32s, words, at, end, hits, count);
    }
    return count;
  };
}

function zeroTexts(
  offsets: Int32Array | Float64Array,
  data: Uint8Array,
  flags: Int32Array,
  words: Int32Array | undefined,
  first: number,
  to: number,
  hits: Int32Array,
  count: number,
): number {
  for (let from = first; from < to; from += 32) {
    const word = words === undefined ? -1 : words[from >>> 5]!;
    if (word === -1 && flags[(from - first) >>> 5] === 0) continue;
    const end = Math.min(from + 32, to);
    for (let row = from; row < end; row++)
      if (((word >>> (row & 31)) & 1) === 0) hits[count++] = ~row;
      else if (1 === offsets[row + 1]! - offsets[row]! && data[offsets[row]!] === 0x30) hits[count++] = row;
  }
  return count;
}

/** For physical types that are rare as ids. */
function flagged(length: number, words: Int32Array | undefined, isZero: (row: number) => boolean): IdKernel {
  return (from, to, hits) => {
    let count = 0;
    for (let row = from; row < Math.min(to, length); row++)
      if (words !== undefined && bit(words, row) === 0) hits[count++] = ~row;
      else if (isZero(row)) hits[count++] = row;
    return count;
  };
}

function isHalfZero(values: Uint16Array): (row: number) => boolean {
  return (row) => (values[row]! & 0x7fff) === 0;
}

function isDecimalZero(values: Uint32Array, stride: number): (row: number) => boolean {
  return (row) => {
    let all = 0;
    for (let k = row * stride; k < (row + 1) * stride; k++) all |= values[k]!;
    return all === 0;
  };
}

/** Looks at each value of the dictionary once, then at codes. */
function coded(chunk: Data, words: Int32Array | undefined): IdKernel {
  const zero = new Uint8Array(chunk.dictionary!.length);
  const hits = new Int32Array(BLOCK_ROWS);
  let base = 0;
  for (const part of chunk.dictionary!.data as readonly Data[]) {
    const kernel = idKernel(part);
    for (let from = 0; from < part.length; from += BLOCK_ROWS) {
      const count = kernel(from, Math.min(from + BLOCK_ROWS, part.length), hits);
      for (let i = 0; i < count; i++) if (hits[i]! >= 0) zero[base + hits[i]!] = 1;
    }
    base += part.length;
  }
  const codes = codesOf(chunk);
  return (from, to, out) => {
    let count = 0;
    for (let row = from; row < to; row++)
      if (words !== undefined && ((words[row >>> 5]! >>> (row & 31)) & 1) === 0) out[count++] = ~row;
      else if (zero[codes[row]!] === 1) out[count++] = row;
    return count;
  };
}
