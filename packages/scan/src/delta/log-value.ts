import { DataType, type Decimal } from "apache-arrow";
import type { Scalar } from "../parquet/column-bounds.ts";
import { ExactDecimal, type ExactValue } from "./exact-json.ts";

const DAY = 86_400_000;
const INTEGER = /^[+-]?\d+$/;
const DATE = /^([+-]?\d{4,6})-(\d{2})-(\d{2})$/;
const TIMESTAMP =
  /^([+-]?\d{4,6}-\d{2}-\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2}(?::\d{2})?)?$/;

/**
 * A value of the log, as partition values and statistics write it, by the column's type. Times without zone are UTC.
 * Undefined where the text is not of the type.
 */
export function logValue(value: ExactValue, type: DataType): Scalar | undefined {
  if (DataType.isUtf8(type)) return typeof value === "string" ? value : undefined;
  if (DataType.isInt(type))
    return type.bitWidth === 64 ? integer(value, -(2n ** 63n), 2n ** 63n - 1n) : smallInteger(value, type.bitWidth);
  if (DataType.isDecimal(type)) return decimal(value, type);
  if (DataType.isFloat(type)) return float(value);
  if (DataType.isBool(type))
    return typeof value === "boolean" ? value : { true: true, false: false }[String(value).toLowerCase()];
  if (typeof value !== "string") return undefined;
  if (DataType.isDate(type)) return days(value);
  if (DataType.isTimestamp(type)) return microseconds(value);
  if (DataType.isBinary(type)) return Buffer.from(value, "utf8");
  return undefined;
}

function integer(value: ExactValue, min: bigint, max: bigint): bigint | undefined {
  let exact: bigint;
  if (typeof value === "bigint") exact = value;
  else if (typeof value === "number" && Number.isSafeInteger(value)) exact = BigInt(value);
  else if (typeof value === "string" && INTEGER.test(value.trim())) exact = BigInt(value.trim());
  else return undefined;
  return exact < min || exact > max ? undefined : exact;
}

function smallInteger(value: ExactValue, bits: number): number | undefined {
  const limit = 1n << BigInt(bits - 1);
  const exact = integer(value, -limit, limit - 1n);
  return exact === undefined ? undefined : Number(exact);
}

function float(value: ExactValue): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof ExactDecimal) return Number(value.text);
  if (typeof value !== "string" || value.trim() === "") return undefined;
  if (value === "NaN") return Number.NaN;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}

/** Unscaled; undefined where the value has more digits after the point than the type. */
function decimal(value: ExactValue, { scale, precision }: Decimal): bigint | undefined {
  const text =
    value instanceof ExactDecimal
      ? value.text
      : typeof value === "number" || typeof value === "bigint" || typeof value === "string"
        ? String(value).trim()
        : "";
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  if (whole + fraction === "") return undefined;
  const shift = scale - fraction.length + Number(exponent);
  let digits = whole + fraction;
  if (shift >= 0) digits += "0".repeat(shift);
  else {
    if (/[^0]/.test(digits.slice(shift))) return undefined;
    digits = digits.slice(0, shift) || "0";
  }
  if (digits.replace(/^0+/, "").length > precision) return undefined;
  return sign === "-" ? -BigInt(digits) : BigInt(digits);
}

function days(text: string): number | undefined {
  const match = DATE.exec(text.trim());
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // A date that is not in the calendar would become another one.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.getTime() / DAY;
}

function microseconds(text: string): bigint | undefined {
  const match = TIMESTAMP.exec(text.trim());
  if (match === null) return undefined;
  const [, date, hours = "0", minutes = "0", seconds = "0", fraction = "", zone = "Z"] = match;
  const day = days(date!);
  if (day === undefined) return undefined;
  const [hour, minute, second] = [Number(hours), Number(minutes), Number(seconds)];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const wall = day * 86_400 + hour * 3600 + minute * 60 + second;
  return BigInt(wall - zoneSeconds(zone)) * 1_000_000n + BigInt(fraction.padEnd(6, "0").slice(0, 6));
}

function zoneSeconds(zone: string): number {
  if (zone === "Z") return 0;
  const [hours = "0", minutes = "0", seconds = "0"] = zone.slice(1).match(/\d{2}/g) ?? [];
  const value = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return zone.startsWith("-") ? -value : value;
}
