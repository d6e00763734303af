import { DataType, Precision } from "apache-arrow";
import { PitotError } from "@pitot/core";

type Buffers =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigInt64Array;

/** Arrow's buffer of a type of fixed width. Where there is no value it holds zeros. */
export function fixedWidthValues(type: DataType, values: ArrayLike<unknown>): Buffers {
  if (DataType.isBool(type)) return bits(values);
  if (DataType.isDecimal(type)) return decimals(values, type.bitWidth / 32);
  if (DataType.isFixedSizeBinary(type)) return slots(values, type.byteWidth);
  if (DataType.isInterval(type)) return slots(values, 12);
  if (DataType.isFloat(type) && type.precision === Precision.HALF) {
    const bytes = slots(values, 2);
    return new Uint16Array(bytes.buffer, 0, values.length);
  }
  // What is decoded is not written to again.
  if (values instanceof type.ArrayType) return values as unknown as Int32Array;
  const target: unknown = new (type.ArrayType as Int32ArrayConstructor)(values.length);
  if (target instanceof BigInt64Array || target instanceof BigUint64Array) {
    fillBigInts(target as BigInt64Array, values, type);
    return target as BigInt64Array;
  }
  fillNumbers(target as Int32Array, values);
  return target as Int32Array;
}

function fillNumbers(target: Int32Array, values: ArrayLike<unknown>): void {
  if (
    ArrayBuffer.isView(values) &&
    !(values instanceof BigInt64Array) &&
    !(values instanceof BigUint64Array)
  ) {
    // Unsigned integers are stored as signed ones of the same bits; setting wraps them back.
    target.set(values as unknown as Int32Array);
    return;
  }
  for (let i = 0; i < target.length; i++) {
    const value = values[i];
    if (typeof value === "number") target[i] = value;
    else if (typeof value === "bigint") target[i] = Number(value);
  }
}

function fillBigInts(target: BigInt64Array, values: ArrayLike<unknown>, type: DataType): void {
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    target.set(values);
    return;
  }
  // uint32 is stored in 32 signed bits.
  const unsigned = DataType.isInt(type) && !type.isSigned;
  for (let i = 0; i < target.length; i++) {
    const value = values[i];
    if (typeof value === "bigint") target[i] = value;
    else if (typeof value === "number") target[i] = BigInt(unsigned ? value >>> 0 : value);
  }
}

function bits(values: ArrayLike<unknown>): Uint8Array {
  const bytes = new Uint8Array(((values.length + 63) >> 6) << 3);
  for (let i = 0; i < values.length; i++)
    if (values[i] === true || values[i] === 1) bytes[i >> 3]! |= 1 << (i & 7);
  return bytes;
}

/** Two's complement, least word first; Parquet has the bytes the other way round. */
function decimals(values: ArrayLike<unknown>, width: number): Uint32Array {
  const words = new Uint32Array(values.length * width);
  const bytes = new Uint8Array(words.buffer);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value instanceof Uint8Array) {
      const start = i * width * 4;
      const length = Math.min(value.length, width * 4);
      const sign = (value[0] ?? 0) & 0x80 ? 0xff : 0;
      for (let b = 0; b < length; b++) bytes[start + b] = value[value.length - 1 - b]!;
      bytes.fill(sign, start + length, start + width * 4);
    } else if (typeof value === "bigint" || typeof value === "number") {
      const whole = BigInt(value);
      for (let w = 0; w < width; w++)
        words[i * width + w] = Number(BigInt.asUintN(32, whole >> BigInt(32 * w)));
    }
  }
  return words;
}

function slots(values: ArrayLike<unknown>, width: number): Uint8Array {
  const bytes = new Uint8Array(values.length * width);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!(value instanceof Uint8Array)) continue;
    if (value.length !== width)
      throw new PitotError("INVALID_DATA", `A value of a column of ${width} bytes has`, {
        value: value.length,
        remedy: "The file is damaged; write it again",
      });
    bytes.set(value, i * width);
  }
  return bytes;
}
