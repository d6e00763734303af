import { DataType, Type, type Data } from "apache-arrow";
import { byteColumn } from "./byte-column.ts";
import { decimalAt } from "./canonical-text.ts";
import { usedValues } from "./dictionary-codes.ts";
import { numberRange, wideRange } from "./number-range.ts";
import { joinRanges, type ValueRange } from "./ordered.ts";
import { bit, validWords } from "./validity.ts";

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
        ? wideRange(chunk, chunk.values, words)
        : numberRange(chunk, words);
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
  let range: ValueRange | undefined;
  for (const { part, wanted } of usedValues(chunk, words))
    range = joinRanges(range, valueRange(part, wanted));
  return range;
}
