import { DataType, type Data } from "apache-arrow";
import { byteColumn } from "./byte-column.ts";
import { codesOf } from "./dictionary-codes.ts";
import { numbersOf, type Numbers } from "./double-blocks.ts";
import { typeString } from "./type-string.ts";
import { validWords } from "./validity.ts";

/** Ids that can be equal to each other: those of one family. */
type IdFamily = string;

/** The ids of a chunk in the one form per family that can be compared: 64-bit values as two halves, or bytes. */
export interface IdKeys {
  readonly family: IdFamily;
  /** Which rows hold an id; undefined where all do. */
  readonly words: Int32Array | undefined;
  /** Row `i` is `pairs[2i]` (low) and `pairs[2i + 1]` (high). */
  readonly pairs?: Int32Array;
  /** Row `i` is `data[starts[i]] … data[ends[i] - 1]`. */
  readonly bytes?: {
    readonly starts: ArrayLike<number>;
    readonly ends: ArrayLike<number>;
    readonly data: Uint8Array;
  };
}

/**
 * A chunk of ids for comparison. Integers of any width are one family (uint64 one of its own), text and binary one, floats one, decimals
 * one per scale and width.
 */
export function idKeys(chunk: Data): IdKeys {
  const { type, length } = chunk;
  const words = validWords(chunk);
  if (DataType.isNull(type)) return { family: "any", words, pairs: new Int32Array(2 * length) };
  if (DataType.isInt(type)) {
    const family = type.bitWidth === 64 && !type.isSigned ? "uint64" : "integer";
    return {
      family,
      words,
      pairs:
        type.bitWidth === 64
          ? halves(chunk.values as BigInt64Array)
          : widened(chunk.values as Int32Array, length),
    };
  }
  if (DataType.isFloat(type)) return { family: "float", words, pairs: floatPairs(chunk) };
  if (DataType.isDictionary(type)) return dictionaryKeys(chunk, words);
  const { offsets, data } = byteColumn(chunk);
  const family = DataType.isDecimal(type) ? typeString(type).replace(/\(\d+,/, "(") : "bytes";
  return { family, words, bytes: { starts: offsets, ends: offsets.subarray(1), data } };
}

function halves(values: BigInt64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2);
}

function widened(values: ArrayLike<number>, length: number): Int32Array {
  const pairs = new Int32Array(2 * length);
  for (let i = 0; i < length; i++) {
    const value = values[i]!;
    pairs[2 * i] = value;
    pairs[2 * i + 1] = value < 0 ? -1 : 0;
  }
  return pairs;
}

/** Bits of doubles; −0 as 0, and one NaN, so that equal ids are equal bits. */
function floatPairs(chunk: Data): Int32Array {
  const doubles = Float64Array.from(numbersOf(chunk).subarray(0, chunk.length) as Numbers, (value) =>
    value !== value ? Number.NaN : value + 0,
  );
  return new Int32Array(doubles.buffer);
}

function dictionaryKeys(chunk: Data, words: Int32Array | undefined): IdKeys {
  const parts = (chunk.dictionary!.data as readonly Data[])
    .filter(({ length }) => length > 0)
    .map((part) => ({ keys: idKeys(part), length: part.length }));
  const codes = codesOf(chunk);
  const first = parts[0]?.keys;
  if (first === undefined) return { family: "any", words, pairs: new Int32Array(2 * chunk.length) };
  if (first.pairs !== undefined) {
    const all = new Int32Array(2 * chunk.dictionary!.length);
    let at = 0;
    for (const { keys, length } of parts) {
      all.set(keys.pairs!.subarray(0, 2 * length), at);
      at += 2 * length;
    }
    const pairs = new Int32Array(2 * chunk.length);
    for (let i = 0; i < chunk.length; i++) {
      pairs[2 * i] = all[2 * codes[i]!]!;
      pairs[2 * i + 1] = all[2 * codes[i]! + 1]!;
    }
    return { family: first.family, words, pairs };
  }
  const data =
    parts.length === 1 ? first.bytes!.data : Buffer.concat(parts.map(({ keys }) => keys.bytes!.data));
  const from = new Float64Array(chunk.dictionary!.length);
  const to = new Float64Array(chunk.dictionary!.length);
  let at = 0;
  let base = 0;
  for (const { keys, length } of parts) {
    for (let i = 0; i < length; i++, at++) {
      from[at] = base + keys.bytes!.starts[i]!;
      to[at] = base + keys.bytes!.ends[i]!;
    }
    base += keys.bytes!.data.length;
  }
  const pick = (of: Float64Array): Float64Array => {
    const result = new Float64Array(chunk.length);
    for (let i = 0; i < chunk.length; i++) result[i] = of[codes[i]!]!;
    return result;
  };
  return { family: first.family, words, bytes: { starts: pick(from), ends: pick(to), data } };
}
