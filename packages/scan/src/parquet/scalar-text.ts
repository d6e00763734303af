import { DataType, Precision } from "apache-arrow";
import type { Scalar } from "./column-bounds.ts";

/**
 * A value in its canonical text: numbers in decimal, whole floats with `.0`, decimals with their scale, times and dates as their number in the
 * column's unit, text as it is, bytes and half floats in hex as they lie in a file.
 *
 * @param type - Arrow type of its column.
 */
export function scalarText(value: Scalar, type: DataType): string {
  if (DataType.isDictionary(type)) return scalarText(value, type.dictionary);
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex");
  if (typeof value === "bigint")
    return DataType.isDecimal(type) ? decimalText(value, type.scale) : value.toString();
  if (typeof value === "number" && DataType.isFloat(type))
    return type.precision === Precision.HALF ? halfHex(value) : floatText(value);
  return String(value);
}

function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return unscaled.toString();
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  return `${unscaled < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** As Python writes it: scientific below 1e-4 and from 1e16 on, always a point or an exponent of two digits. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e16) {
    const text = String(value);
    if (!text.includes("e")) return text.includes(".") ? text : `${text}.0`;
    return value.toFixed(20).replace(/0+$/, "");
  }
  const [mantissa, exponent] = value.toExponential().split("e") as [string, string];
  return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}

/** The two bytes of a half float, least significant first. */
function halfHex(value: number): string {
  const bits = halfBits(value);
  return Buffer.from([bits & 255, bits >> 8]).toString("hex");
}

function halfBits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (size === Infinity) return sign | 0x7c00;
  if (size < 2 ** -14) return sign | Math.round(size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  return sign | (((exponent + 15) << 10) + Math.round((size / 2 ** exponent - 1) * 1024));
}
