import { PitotError } from "@pitot/core";
import { typeString } from "@pitot/tables";
import { DataType, DateUnit, TimeUnit } from "apache-arrow";
import type { Scalar } from "../parquet/column-bounds.ts";

/** A value as a user writes it in a predicate. */
export type Literal = boolean | number | bigint | string | Date | Uint8Array;

const PER_SECOND: Readonly<Record<TimeUnit, bigint>> = {
  [TimeUnit.SECOND]: 1n,
  [TimeUnit.MILLISECOND]: 1_000n,
  [TimeUnit.MICROSECOND]: 1_000_000n,
  [TimeUnit.NANOSECOND]: 1_000_000_000n,
};

const INSTANT =
  /^(\d{4,6})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(?: ?(Z|[+-]\d\d(?::?\d\d)?))?$/;
const CLOCK = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?$/;
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

/**
 * The literal as the `Scalar` of a column's type, exactly, so that it compares as the column does: a date as days, a timestamp in the
 * column's unit, a decimal at its scale.
 * @throws PitotError INVALID_ARGUMENT where no value of the type is the literal's
 */
export function scalarOf(literal: Literal, type: DataType, path: string): Scalar {
  const scalar = convert(literal, type);
  if (scalar === undefined)
    throw new PitotError("INVALID_ARGUMENT", `Column ${path} is ${typeString(type)}; it never holds`, {
      value: literal,
      remedy: `Give ${expected(type)}`,
    });
  return scalar;
}

function convert(literal: Literal, type: DataType): Scalar | undefined {
  if (DataType.isDictionary(type)) return convert(literal, type.dictionary as DataType);
  // Every value is null, and so is every comparison.
  if (DataType.isNull(type)) return literal instanceof Date ? literal.getTime() : literal;
  if (DataType.isBool(type)) return typeof literal === "boolean" ? literal : undefined;
  if (DataType.isInt(type)) return integer(literal, type.bitWidth, type.isSigned);
  if (DataType.isFloat(type)) return float(literal);
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type))
    return typeof literal === "string" ? literal : undefined;
  if (DataType.isBinary(type) || DataType.isLargeBinary(type) || DataType.isFixedSizeBinary(type))
    return typeof literal === "string"
      ? new TextEncoder().encode(literal)
      : literal instanceof Uint8Array
        ? literal
        : undefined;
  if (DataType.isDecimal(type)) return unscaled(literal, type.scale);
  if (DataType.isDate(type)) return date(literal, type.unit);
  if (DataType.isTimestamp(type)) return units(literal, PER_SECOND[type.unit]);
  if (DataType.isDuration(type)) return typeof literal === "bigint" ? literal : undefined;
  if (DataType.isTime(type)) {
    const time = clock(literal, PER_SECOND[type.unit]);
    return type.bitWidth === 32 && time !== undefined ? Number(time) : time;
  }
  return undefined;
}

function integer(literal: Literal, bits: number, signed: boolean): Scalar | undefined {
  if (typeof literal !== "bigint" && !(typeof literal === "number" && Number.isInteger(literal)))
    return undefined;
  const value = BigInt(literal);
  if (value !== (signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value))) return undefined;
  return bits === 64 ? value : Number(value);
}

/** Floats of any width compare as the doubles that they are: rounded to fewer bits, `0.1` would be another number. */
function float(literal: Literal): Scalar | undefined {
  if (typeof literal === "number") return literal;
  if (typeof literal !== "bigint") return undefined;
  return BigInt(Number(literal)) === literal ? Number(literal) : undefined;
}

/** A decimal text, or a number as it is printed, at `scale`; undefined where it has more digits than that. */
function unscaled(literal: Literal, scale: number): bigint | undefined {
  if (typeof literal !== "string" && typeof literal !== "number" && typeof literal !== "bigint")
    return undefined;
  const match = DECIMAL.exec(String(literal));
  if (match === null || (match[2] ?? "") + (match[3] ?? "") === "") return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const shift = scale - fraction.length + Number(exponent);
  const digits = BigInt(whole + fraction);
  const value = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
  if (shift < 0 && value * 10n ** BigInt(-shift) !== digits) return undefined;
  return sign === "-" ? -value : value;
}

function date(literal: Literal, unit: DateUnit): Scalar | undefined {
  if (typeof literal === "number" && unit === DateUnit.DAY) return integer(literal, 32, true);
  const seconds = units(literal, 1n);
  if (seconds === undefined || seconds % 86_400n !== 0n) return undefined;
  return unit === DateUnit.DAY ? Number(seconds / 86_400n) : seconds * 1_000n;
}

/** Units since the epoch. Text without an offset is in UTC, as are the days of `Date`. */
function units(literal: Literal, perSecond: bigint): bigint | undefined {
  if (typeof literal === "bigint") return BigInt.asIntN(64, literal) === literal ? literal : undefined;
  if (literal instanceof Date)
    return Number.isNaN(literal.getTime())
      ? undefined
      : rescale(BigInt(literal.getTime()), 1_000n, perSecond);
  if (typeof literal !== "string") return undefined;
  const match = INSTANT.exec(literal);
  if (match === null) return undefined;
  const [, year, month, day, hour = "00", minute = "00", second = "00", fraction = "", offset = "Z"] = match;
  const parsed = new Date(Date.UTC(2000, 0, 1, +hour, +minute, +second));
  // Date.UTC takes the years of the first century for those of the twentieth.
  const milliseconds = parsed.setUTCFullYear(+year!, +month! - 1, +day!);
  // Date.UTC rolls 30 February over; a date that is none must not match another day's rows.
  if (Number.isNaN(milliseconds) || parsed.getUTCDate() !== +day! || parsed.getUTCMonth() !== +month! - 1)
    return undefined;
  const nanoseconds =
    (BigInt(milliseconds) - BigInt(offsetMinutes(offset)) * 60_000n) * 1_000_000n +
    BigInt(fraction.padEnd(9, "0"));
  return rescale(nanoseconds, 1_000_000_000n, perSecond);
}

function clock(literal: Literal, perSecond: bigint): bigint | undefined {
  if (typeof literal === "bigint") return literal;
  if (typeof literal === "number") return Number.isInteger(literal) ? BigInt(literal) : undefined;
  const match = typeof literal === "string" ? CLOCK.exec(literal) : null;
  if (match === null) return undefined;
  const [, hour, minute, second = "00", fraction = ""] = match;
  if (+hour! > 23 || +minute! > 59 || +second > 59) return undefined;
  const seconds = BigInt(+hour! * 3600 + +minute! * 60 + +second);
  return rescale(seconds * 1_000_000_000n + BigInt(fraction.padEnd(9, "0")), 1_000_000_000n, perSecond);
}

/** Exactly, or not at all. */
function rescale(value: bigint, from: bigint, to: bigint): bigint | undefined {
  if (to >= from) return value * (to / from);
  return value % (from / to) === 0n ? value / (from / to) : undefined;
}

function offsetMinutes(offset: string): number {
  if (offset === "Z") return 0;
  const minutes = +offset.slice(1, 3) * 60 + +(offset.slice(3).replace(":", "") || "0");
  return offset.startsWith("-") ? -minutes : minutes;
}

function expected(type: DataType): string {
  if (DataType.isBool(type)) return "true or false";
  if (DataType.isInt(type)) return `a whole number of ${type.isSigned ? "" : "u"}int${type.bitWidth}`;
  if (DataType.isFloat(type)) return "a number that a double holds";
  if (DataType.isDecimal(type)) return `a number or its text, with at most ${type.scale} decimals`;
  if (DataType.isDate(type)) return "a day: '2024-01-31', or a Date at midnight UTC";
  if (DataType.isTimestamp(type))
    return "a Date, an ISO text such as '2024-01-31T12:00:00Z', or a bigint in the column's unit";
  if (DataType.isTime(type)) return "a time such as '12:30:00', or a number in the column's unit";
  if (DataType.isDuration(type)) return "a bigint in the column's unit";
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) return "a text";
  if (DataType.isDictionary(type)) return expected(type.dictionary as DataType);
  if (DataType.isBinary(type) || DataType.isFixedSizeBinary(type)) return "bytes or a text";
  return "the path of a leaf column, such as 'a.b'; lists and structs have no order";
}

/** As pyarrow prints a scalar in an expression. */
export function literalText(literal: Literal): string {
  if (typeof literal === "string") return JSON.stringify(literal);
  if (literal instanceof Date)
    return Number.isNaN(literal.getTime())
      ? "NaT"
      : literal.toISOString().replace("T", " ").replace("Z", "000");
  if (literal instanceof Uint8Array) return `"${Buffer.from(literal).toString("hex").toUpperCase()}"`;
  return String(literal);
}
