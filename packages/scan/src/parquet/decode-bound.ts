import { DataType } from "apache-arrow";
import type { Scalar } from "./column-bounds.ts";
import type { LeafColumn } from "./leaf-column.ts";

/** A decoded bound: undefined where the bytes do not tell one. */
export interface DecodedBound {
  readonly value: Scalar;
  /** False where it was widened. */
  readonly exact: boolean;
}

/**
 * A bound from its bytes (plain encoding), by physical and logical type, exactly. Undefined where they are not of the type's length, or NaN.
 *
 * @param upper - Whether it is a max: text that was cut within a character is widened up, else down.
 */
export function decodeBound(bytes: Uint8Array, leaf: LeafColumn, upper: boolean): DecodedBound | undefined {
  const value = decodeValue(bytes, leaf, upper);
  if (value === undefined) return undefined;
  if (typeof value === "object" && "value" in value) return value;
  return { value, exact: true };
}

function decodeValue(
  bytes: Uint8Array,
  leaf: LeafColumn,
  upper: boolean,
): Scalar | DecodedBound | undefined {
  const { type } = leaf;
  switch (leaf.element.type) {
    case "BOOLEAN":
      return bytes.length === 1 ? bytes[0] !== 0 : undefined;
    case "INT32": {
      if (bytes.length !== 4) return undefined;
      const value = littleEndian32(bytes, 0);
      if (DataType.isInt(type)) return type.isSigned ? value : value >>> 0;
      return DataType.isDecimal(type) ? BigInt(value) : value;
    }
    case "INT64": {
      if (bytes.length !== 8) return undefined;
      const high = littleEndian32(bytes, 4);
      const low = littleEndian32(bytes, 0) >>> 0;
      const unsigned = DataType.isInt(type) && !type.isSigned;
      // Most fit a double, which is cheaper to come by.
      if (high < 0x200000 && high >= -0x200000) {
        if (!unsigned || high >= 0) return BigInt(high * 0x100000000 + low);
      }
      return (BigInt(unsigned ? high >>> 0 : high) << 32n) | BigInt(low);
    }
    case "FLOAT":
      return bytes.length === 4 ? number(view(bytes).getFloat32(0, true)) : undefined;
    case "DOUBLE":
      return bytes.length === 8 ? number(view(bytes).getFloat64(0, true)) : undefined;
    case "FIXED_LEN_BYTE_ARRAY":
    case "BYTE_ARRAY":
      if (DataType.isUtf8(type)) return textBound(bytes, upper);
      if (DataType.isDecimal(type)) return bytes.length === 0 ? undefined : bigEndian(bytes);
      if (DataType.isFloat(type)) return bytes.length === 2 ? number(half(bytes[0]! | (bytes[1]! << 8))) : undefined;
      return bytes;
    case "INT96":
    case undefined:
      return undefined;
  }
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function littleEndian32(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

function number(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/** A number in two's complement. */
function bigEndian(bytes: Uint8Array): bigint {
  const unsigned = BigInt(`0x${hex(bytes)}`);
  return BigInt.asIntN(bytes.length * 8, unsigned);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const LAST_CHARACTER = "\u{10FFFF}";
const LAST_BYTES: Uint8Array = new TextEncoder().encode(LAST_CHARACTER);

function textBound(bytes: Uint8Array, upper: boolean): string | DecodedBound | undefined {
  const ascii = asciiText(bytes);
  if (ascii !== undefined) return ascii;
  try {
    return strict.decode(bytes);
  } catch {
    // Cut within a character, or never UTF-8: what is valid before it is below; with the last character behind it, above.
    const valid = validPrefix(bytes);
    const prefix = strict.decode(bytes.subarray(0, valid));
    if (!upper) return { value: prefix, exact: false };
    return Buffer.compare(bytes.subarray(valid), LAST_BYTES) <= 0
      ? { value: prefix + LAST_CHARACTER, exact: false }
      : undefined;
  }
}

function asciiText(bytes: Uint8Array): string | undefined {
  if (bytes.length > 32) return undefined;
  let text = "";
  for (let i = 0; i < bytes.length; i++) {
    const code = bytes[i]!;
    if (code > 127) return undefined;
    text += String.fromCharCode(code);
  }
  return text;
}

function validPrefix(bytes: Uint8Array): number {
  // `stream` holds an incomplete character back, and a lenient decoder marks the first invalid byte.
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  let end = text.indexOf("\uFFFD");
  while (end >= 0) {
    const length = Buffer.byteLength(text.slice(0, end));
    // A replacement character that was really written.
    if (bytes[length] === 0xef && bytes[length + 1] === 0xbf && bytes[length + 2] === 0xbd)
      end = text.indexOf("\uFFFD", end + 1);
    else return length;
  }
  return bytes.length;
}
