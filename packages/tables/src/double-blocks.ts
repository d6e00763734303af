import { DataType, Precision, Type, type Data } from "apache-arrow";
import { BLOCK_VALUES, blockKernels, SCAN_VALUES } from "./block-kernels.ts";
import { decimalAt, halfToNumber } from "./canonical-text.ts";

/**
 * Reads rows of a numeric chunk as doubles. The engine compiles a loop for the array types that it has seen, and one that has seen several is three to seven
 * times slower; so kernels are written for doubles alone, and other types come to them by `set`, which the engine does natively (0.2 to
 * 0.5 ns a value).
 */
export interface DoubleReader {
  /**
   * Writes the values of rows `from` to `to` to `into` from `at` on, leaving out nulls, and returns where the next would go.
   */
  readonly read: (from: number, to: number, into: Float64Array, at: number) => number;
  /** All rows as they are, where they are doubles without nulls: nothing need be copied. */
  readonly direct: Float64Array | undefined;
}

/** Values that a number of JavaScript holds. */
export type Numbers =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

const NUMERIC: ReadonlySet<number> = new Set([
  Type.Int,
  Type.Float,
  Type.Decimal,
  Type.Date,
  Type.Time,
  Type.Timestamp,
  Type.Duration,
]);

/** True for types that {@link doubleReader} reads. */
export function isNumeric(type: DataType): boolean {
  return NUMERIC.has(type.typeId);
}

/** True for numbers of which a double holds every digit: not those of 64 bits, nor decimals. */
export function isDouble(type: DataType): boolean {
  const { ArrayType } = type as { ArrayType: unknown };
  return (
    isNumeric(type) &&
    !DataType.isDecimal(type) &&
    ArrayType !== BigInt64Array &&
    ArrayType !== BigUint64Array
  );
}

/** The reader of a chunk. 64-bit integers are rounded to doubles, decimals divided by their scale. */
export function doubleReader(chunk: Data, words: Int32Array | undefined): DoubleReader {
  const { values } = chunk;
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    return withNulls(
      words,
      values instanceof BigInt64Array
        ? (from, to, into, at) => signed(values, from, to, into, at)
        : unsigned(new Uint32Array(values.buffer, values.byteOffset, values.length * 2)),
    );
  }
  const numbers = numbersOf(chunk) as Numbers;
  if (words === undefined && numbers instanceof Float64Array)
    return { direct: numbers, read: (from, to, into, at) => copy(numbers, from, to, into, at) };
  return withNulls(words, (from, to, into, at) => copy(numbers, from, to, into, at));
}

/** The values of a numeric chunk: 64-bit integers and other numbers as they lie there, halves and decimals as doubles. */
export function numbersOf(chunk: Data): Numbers | BigInt64Array | BigUint64Array {
  const { type, values, length, stride } = chunk;
  if (DataType.isDecimal(type)) {
    // Divided, since a power of ten below 1 is rounded itself: 57 * 0.01 is not 0.57.
    const [times, parts] = [10 ** Math.max(0, -type.scale), 10 ** Math.max(0, type.scale)];
    return Float64Array.from(
      { length },
      (_, i) => (Number(decimalAt(values as Uint32Array, stride, i)) * times) / parts,
    );
  }
  if (DataType.isFloat(type) && type.precision === Precision.HALF)
    return Float64Array.from({ length }, (_, i) => halfToNumber(values[i] as number));
  return values as Numbers | BigInt64Array | BigUint64Array;
}

type Read = DoubleReader["read"];

/** Reads all rows, then takes the nulls out. */
function withNulls(words: Int32Array | undefined, read: Read): DoubleReader {
  if (words === undefined) return { direct: undefined, read };
  const scratch = new Float64Array(BLOCK_VALUES);
  return {
    direct: undefined,
    read: (from, to, into, at) => {
      for (let start = from; start < to; start += BLOCK_VALUES) {
        const end = Math.min(start + BLOCK_VALUES, to);
        read(start, end, scratch, 0);
        at = compact(scratch, end - start, words, start, into, at);
      }
      return at;
    },
  };
}

function copy(values: Numbers, from: number, to: number, into: Float64Array, at: number): number {
  into.set(values.subarray(from, to), at);
  return at + to - from;
}

function compact(
  values: Float64Array,
  length: number,
  words: Int32Array,
  first: number,
  into: Float64Array,
  at: number,
): number {
  for (let i = 0; i < length; i++) {
    const row = first + i;
    if (((words[row >>> 5]! >>> (row & 31)) & 1) === 1) into[at++] = values[i]!;
  }
  return at;
}

function signed(values: BigInt64Array, from: number, to: number, into: Float64Array, at: number): number {
  const { convert, convertInt64s, convertDoubles } = blockKernels();
  for (let start = from; start < to; start += SCAN_VALUES) {
    const length = Math.min(SCAN_VALUES, to - start);
    convertInt64s.set(values.subarray(start, start + length));
    convert((length + 1) & ~1);
    into.set(convertDoubles.subarray(0, length), at);
    at += length;
  }
  return at;
}

function unsigned(halves: Uint32Array): Read {
  return (from, to, into, at) => {
    const shift = at - from;
    for (let i = from; i < to; i++) into[i + shift] = halves[2 * i + 1]! * 2 ** 32 + halves[2 * i]!;
    return to + shift;
  };
}
