import type { BoundKind } from "./bound-kind.ts";
import type { Scalar } from "./column-bounds.ts";
import { shortAscii } from "./text-of-bytes.ts";

/** Whether the last decoded bound is the value itself, or was widened. Beside the value, so that decoding makes no object for each. */
let widened = false;

/** Whether {@link decodeBound} widened what it gave last. */
export function wasWidened(): boolean {
  return widened;
}

/**
 * A bound from `length` bytes at `at` (plain encoding), exactly. Undefined where they are not of the kind's length, or NaN.
 *
 * @param upper - Whether it is a max: text that was cut within a character is widened up, else down.
 */
export function decodeBound(
  kind: BoundKind,
  bytes: Uint8Array,
  at: number,
  length: number,
  upper: boolean,
): Scalar | undefined {
  widened = false;
  switch (kind) {
    case "boolean":
      return length === 1 ? bytes[at] !== 0 : undefined;
    case "int32":
      return length === 4 ? int32(bytes, at) : undefined;
    case "uint32":
      return length === 4 ? int32(bytes, at) >>> 0 : undefined;
    case "bigInt32":
      return length === 4 ? BigInt(int32(bytes, at)) : undefined;
    case "int64":
      return length === 8 ? int64(int32(bytes, at + 4), int32(bytes, at) >>> 0) : undefined;
    case "uint64":
      return length === 8 ? int64(int32(bytes, at + 4) >>> 0, int32(bytes, at) >>> 0) : undefined;
    case "float":
      return length === 4 ? number(single(bytes, at)) : undefined;
    case "double":
      return length === 8 ? number(double(bytes, at)) : undefined;
    case "float16":
      return length === 2 ? number(half(bytes[at]! | (bytes[at + 1]! << 8))) : undefined;
    case "decimalBytes":
      return length === 0 ? undefined : bigEndian(bytes, at, length);
    case "text":
      return shortAscii(bytes, at, length) ?? textBound(bytes.subarray(at, at + length), upper);
    case "bytes":
      return bytes.subarray(at, at + length);
    case "none":
      return undefined;
  }
}

// Floats are put together in eight bytes of their own: a view of the footer for each would be an object for each.
const word = new DataView(new ArrayBuffer(8));

function single(bytes: Uint8Array, at: number): number {
  word.setInt32(0, int32(bytes, at));
  return word.getFloat32(0);
}

function double(bytes: Uint8Array, at: number): number {
  word.setInt32(0, int32(bytes, at + 4));
  word.setInt32(4, int32(bytes, at));
  return word.getFloat64(0);
}

function int32(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

function int64(high: number, low: number): bigint {
  // Most fit a double, which is cheaper to come by than two parts.
  if (high < 0x200000 && high >= -0x200000) return BigInt(high * 0x100000000 + low);
  return (BigInt(high) << 32n) | BigInt(low);
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
function bigEndian(bytes: Uint8Array, at: number, length: number): bigint {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString("hex");
  return BigInt.asIntN(length * 8, BigInt(`0x${hex}`));
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const LAST_CHARACTER = "\u{10FFFF}";
const LAST_BYTES: Uint8Array = new TextEncoder().encode(LAST_CHARACTER);

function textBound(bytes: Uint8Array, upper: boolean): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    // Cut within a character, or never UTF-8: what is valid before it is below; with the last character behind it, above.
    widened = true;
    const valid = validPrefix(bytes);
    const prefix = strict.decode(bytes.subarray(0, valid));
    if (!upper) return prefix;
    return Buffer.compare(bytes.subarray(valid), LAST_BYTES) <= 0 ? prefix + LAST_CHARACTER : undefined;
  }
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
