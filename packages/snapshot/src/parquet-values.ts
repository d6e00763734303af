import { Type, type Data } from "apache-arrow";

/** The values of a column chunk, those that are not null, as Parquet's encoding PLAIN has them. */
export interface PlainValues {
  readonly bytes: Uint8Array;
  readonly count: number;
  /** The least and the greatest; undefined where there is none. Texts as their bytes. */
  readonly min: bigint | number | boolean | Uint8Array | undefined;
  readonly max: bigint | number | boolean | Uint8Array | undefined;
}

/** The values of Arrow's buffers; `parts` are the batches of a row group. */
export function plainValues(parts: readonly Data[]): PlainValues {
  const type = parts[0]!.type;
  switch (type.typeId) {
    case Type.Bool:
      return plainBits(parts);
    case Type.Utf8:
    case Type.Binary:
      return plainTexts(parts);
    case Type.Float:
      return plainNumbers(concatenated(parts, Float64Array), 8);
    case Type.Int:
      return (type as { bitWidth?: number }).bitWidth === 32
        ? plainNumbers(concatenated(parts, Int32Array), 4)
        : plainLongs(concatenated(parts, BigInt64Array));
    default:
      return plainLongs(concatenated(parts, BigInt64Array));
  }
}

/** The values of a dictionary. */
export function plainStrings(values: readonly string[]): PlainValues {
  const texts = values.map((value) => Buffer.from(value));
  const bytes = Buffer.allocUnsafe(texts.reduce((sum, text) => sum + 4 + text.length, 0));
  let at = 0;
  for (const text of texts) {
    at = bytes.writeUInt32LE(text.length, at);
    at += text.copy(bytes, at);
  }
  const sorted = texts.toSorted((a, b) => a.compare(b));
  return { bytes, count: texts.length, min: sorted[0], max: sorted.at(-1) };
}

type Numbers = Float64Array | Int32Array | BigInt64Array;

/** The values that are there, one after another. */
function concatenated<T extends Numbers>(parts: readonly Data[], Values: new (length: number) => T): T {
  const all = new Values(parts.reduce((sum, { length, nullCount }) => sum + length - nullCount, 0));
  let at = 0;
  for (const part of parts) {
    const values = part.values as T;
    if (part.nullCount === 0) {
      all.set(values.subarray(0, part.length) as never, at);
      at += part.length;
    } else for (let row = 0; row < part.length; row++) if (part.getValid(row)) all[at++] = values[row]!;
  }
  return all;
}

function plainNumbers(values: Float64Array | Int32Array, width: number): PlainValues {
  let [min, max] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    // No comparison is true of NaN, which has no place in bounds.
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.length * width);
  const known = min <= max;
  // Zero is written as the sign that bounds it.
  return {
    bytes,
    count: values.length,
    min: known ? (min === 0 && width === 8 ? -0 : min) : undefined,
    max: known ? (max === 0 ? 0 : max) : undefined,
  };
}

/** Compared by halves: a bigint for each value would cost more than all else. */
function plainLongs(values: BigInt64Array): PlainValues {
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  let [min, max] = [0, 0];
  for (let i = 1; i < values.length; i++) {
    const [high, low] = [halves[2 * i + 1]!, halves[2 * i]! >>> 0];
    const [minHigh, maxHigh] = [halves[2 * min + 1]!, halves[2 * max + 1]!];
    if (high < minHigh || (high === minHigh && low < halves[2 * min]! >>> 0)) min = i;
    if (high > maxHigh || (high === maxHigh && low > halves[2 * max]! >>> 0)) max = i;
  }
  return { bytes: new Uint8Array(halves.buffer), count: values.length, min: values[min], max: values[max] };
}

function plainBits(parts: readonly Data[]): PlainValues {
  const count = parts.reduce((sum, { length, nullCount }) => sum + length - nullCount, 0);
  const bytes = new Uint8Array((count + 7) >> 3);
  let [at, trues] = [0, 0];
  for (const part of parts) {
    const { offset, length } = part;
    const bits = part.values as Uint8Array;
    for (let row = 0; row < length; row++) {
      if (part.nullCount > 0 && !part.getValid(row)) continue;
      const bit = (bits[(offset + row) >> 3]! >> ((offset + row) & 7)) & 1;
      bytes[at >> 3]! |= bit << (at & 7);
      trues += bit;
      at++;
    }
  }
  return {
    bytes,
    count,
    min: count === 0 ? undefined : trues === count,
    max: count === 0 ? undefined : trues > 0,
  };
}

function plainTexts(parts: readonly Data[]): PlainValues {
  let [count, length] = [0, 0];
  for (const part of parts) {
    const offsets = part.valueOffsets as Int32Array;
    count += part.length - part.nullCount;
    length += offsets[part.length]! - offsets[0]!;
  }
  const bytes = Buffer.allocUnsafe(4 * count + length);
  let at = 0;
  let min: Uint8Array | undefined;
  let max: Uint8Array | undefined;
  for (const part of parts) {
    const [offsets, text] = [part.valueOffsets as Int32Array, part.values as Uint8Array];
    for (let row = 0; row < part.length; row++) {
      if (part.nullCount > 0 && !part.getValid(row)) continue;
      const [begin, end] = [offsets[row]!, offsets[row + 1]!];
      at = bytes.writeUInt32LE(end - begin, at);
      // A call of `set` costs more than a short text.
      if (end - begin < 48) for (let i = begin; i < end; i++) bytes[at++] = text[i]!;
      else {
        bytes.set(text.subarray(begin, end), at);
        at += end - begin;
      }
      if (min === undefined || order(text, begin, end, min) < 0) min = text.subarray(begin, end);
      if (max === undefined || order(text, begin, end, max) > 0) max = text.subarray(begin, end);
    }
  }
  return { bytes: bytes.subarray(0, at), count, min, max };
}

/** Negative where the text from `begin` to `end` stands before the other, byte by byte. */
function order(text: Uint8Array, begin: number, end: number, other: Uint8Array): number {
  const length = Math.min(end - begin, other.length);
  for (let i = 0; i < length; i++) {
    const difference = text[begin + i]! - other[i]!;
    if (difference !== 0) return difference;
  }
  return end - begin - other.length;
}
