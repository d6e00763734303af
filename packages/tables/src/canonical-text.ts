import { PitotError } from "@pitot/core";
import {
  DataType,
  DateUnit,
  IntervalUnit,
  makeData,
  Precision,
  TimeUnit,
  Type,
  type Data,
} from "apache-arrow";
import { byteColumn } from "./byte-column.ts";
import { codesOf } from "./dictionary-codes.ts";

/** Digits of a second's fraction, and ticks per second, by unit. */
const DIGITS: Readonly<Record<number, number>> = {
  [TimeUnit.SECOND]: 0,
  [TimeUnit.MILLISECOND]: 3,
  [TimeUnit.MICROSECOND]: 6,
  [TimeUnit.NANOSECOND]: 9,
};
const UNITS = ["s", "ms", "us", "ns"] as const;

/**
 * The text of a chunk's values in their type's canonical form: exact numbers (−0 is 0), decimals with their scale, ISO 8601 dates and times with
 * all digits of the unit (`Z` where the type has a time zone), durations as a number and unit, binary as hex. Undefined for nested types.
 * Ask for rows that hold a value only.
 */
export function canonicalText(chunk: Data): ((row: number) => string) | undefined {
  const { type, values } = chunk;
  if (DataType.isInt(type)) return (row) => String(values[row]);
  if (DataType.isFloat(type))
    return type.precision === Precision.HALF
      ? (row) => floatText(halfToNumber(values[row] as number))
      : (row) => floatText(values[row] as number);
  if (DataType.isDecimal(type))
    return (row) => scaled(decimalAt(values as Uint32Array, chunk.stride, row), type.scale);
  if (DataType.isBool(type))
    return (row) =>
      String(((values[(chunk.offset + row) >>> 3] as number) & (1 << ((chunk.offset + row) & 7))) !== 0);
  if (DataType.isDate(type))
    return type.unit === DateUnit.DAY
      ? (row) => dateText(BigInt(values[row] as number))
      : (row) => instantText(BigInt(values[row] as number | bigint), 3);
  if (DataType.isTimestamp(type)) {
    const zone = type.timezone == null ? "" : "Z";
    return (row) => instantText(BigInt(values[row] as number | bigint), DIGITS[type.unit]!) + zone;
  }
  if (DataType.isTime(type))
    return (row) => timeText(BigInt(values[row] as number | bigint), DIGITS[type.unit]!);
  if (DataType.isDuration(type)) return (row) => `${values[row]} ${UNITS[type.unit]}`;
  if (DataType.isInterval(type)) {
    const words = values as Int32Array;
    if (type.unit === IntervalUnit.YEAR_MONTH) return (row) => `${words[row]} months`;
    if (type.unit === IntervalUnit.DAY_TIME)
      return (row) => `${words[2 * row]} days ${words[2 * row + 1]} ms`;
    return (row) => {
      const nanoseconds = BigInt(words[4 * row + 2]! >>> 0) | (BigInt(words[4 * row + 3]!) << 32n);
      return `${words[4 * row]} months ${words[4 * row + 1]} days ${nanoseconds} ns`;
    };
  }
  if (DataType.isDictionary(type)) return dictionaryText(chunk);
  const textual = TEXTUAL.get(type.typeId);
  if (textual === undefined) return undefined;
  const { offsets, data } = byteColumn(chunk);
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return (row) => bytes.toString(textual, offsets[row], offsets[row + 1]);
}

/** The canonical text of one value of a type. Bytes of a dictionary's text are text. */
export function orderedText(type: DataType, value: number | bigint | Uint8Array): string {
  if (DataType.isDictionary(type)) return orderedText(type.dictionary, value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString(TEXTUAL.get(type.typeId) ?? "hex");
  if (DataType.isDecimal(type)) return scaled(BigInt(value), type.scale);
  if (DataType.isBool(type)) return String(value === 1);
  if (DataType.isInt(type)) return String(value);
  if (DataType.isFloat(type)) return floatText(Number(value));
  const one = new (type.ArrayType as Int32ArrayConstructor)(1);
  one[0] = value as number;
  return canonicalText(makeData({ type, length: 1, nullCount: 0, data: one } as never))!(0);
}

const TEXTUAL: ReadonlyMap<Type, "utf8" | "hex"> = new Map([
  [Type.Utf8, "utf8"],
  [Type.LargeUtf8, "utf8"],
  [Type.Utf8View, "utf8"],
  [Type.Binary, "hex"],
  [Type.LargeBinary, "hex"],
  [Type.BinaryView, "hex"],
  [Type.FixedSizeBinary, "hex"],
]);

/** A double as text; −0 is 0, since the two are equal. */
function floatText(value: number): string {
  return Object.is(value, -0) ? "0" : String(value);
}

/** IEEE 754 binary16 from its bits. */
export function halfToNumber(bits: number): number {
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  const size =
    exponent === 0
      ? fraction * 2 ** -24
      : exponent === 31
        ? fraction === 0
          ? Infinity
          : Number.NaN
        : (1024 + fraction) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -size : size;
}

/** A decimal's unscaled value: two's complement in little-endian words. */
export function decimalAt(words: Uint32Array, stride: number, row: number): bigint {
  let value = 0n;
  for (let k = stride - 1; k >= 0; k--) value = (value << 32n) | BigInt(words[row * stride + k]!);
  return BigInt.asIntN(32 * stride, value);
}

/** An unscaled decimal with its scale. */
function scaled(value: bigint, scale: number): string {
  if (scale <= 0) return String(value * 10n ** BigInt(-scale));
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function dictionaryText(chunk: Data): ((row: number) => string) | undefined {
  const codes = codesOf(chunk);
  const parts = chunk.dictionary!.data as readonly Data[];
  const texts = parts.map(canonicalText);
  if (texts.some((text) => text === undefined)) return undefined;
  return (row) => {
    let code = codes[row]!;
    let k = 0;
    while (k < parts.length && code >= parts[k]!.length) code -= parts[k++]!.length;
    if (k === parts.length || code < 0)
      throw new PitotError("INVALID_DATA", "A dictionary has no value of a code", {
        value: codes[row],
        remedy: "Write the batch again.",
      });
    return texts[k]!(code);
  };
}

const DAY = 86_400n;

/** Days since 1970 in the proleptic Gregorian calendar, for any int32 and beyond what JavaScript's Date reaches. */
function dateText(days: bigint): string {
  // Eras of 400 years from 0000-03-01 on, so that the leap day is the last of a year.
  const shifted = days + 719_468n;
  const era = floorDivide(shifted, 146_097n);
  const dayOfEra = shifted - era * 146_097n;
  const yearOfEra = (dayOfEra - dayOfEra / 1460n + dayOfEra / 36_524n - dayOfEra / 146_096n) / 365n;
  const dayOfYear = dayOfEra - (365n * yearOfEra + yearOfEra / 4n - yearOfEra / 100n);
  const month = (5n * dayOfYear + 2n) / 153n;
  const day = dayOfYear - (153n * month + 2n) / 5n + 1n;
  const civilMonth = month < 10n ? month + 3n : month - 9n;
  const year = yearOfEra + era * 400n + (civilMonth <= 2n ? 1n : 0n);
  const yearText =
    year >= 0n && year <= 9999n
      ? pad(year, 4)
      : `${year < 0n ? "-" : "+"}${pad(year < 0n ? -year : year, 6)}`;
  return `${yearText}-${pad(civilMonth, 2)}-${pad(day, 2)}`;
}

function instantText(ticks: bigint, digits: number): string {
  const perDay = DAY * 10n ** BigInt(digits);
  const days = floorDivide(ticks, perDay);
  return `${dateText(days)}T${timeText(ticks - days * perDay, digits)}`;
}

function timeText(ticks: bigint, digits: number): string {
  const perSecond = 10n ** BigInt(digits);
  const seconds = ticks / perSecond;
  const clock = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map((part) => pad(part, 2)).join(":");
  return digits === 0 ? clock : `${clock}.${pad(ticks % perSecond, digits)}`;
}

function floorDivide(a: bigint, b: bigint): bigint {
  return a / b - (a % b < 0n ? 1n : 0n);
}

function pad(value: bigint, width: number): string {
  return String(value).padStart(width, "0");
}
