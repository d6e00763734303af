import { DataType } from "apache-arrow";
import { scalarText } from "../parquet/scalar-text.ts";
import type { StoredValue } from "./stored-value.ts";

/** Characters of a text that statistics keep. */
const PREFIX = 32;
/** Above every text that begins with the prefix, unless the text goes on with the same. */
const LAST_CHARACTER = "\u{10FFFF}";

/** What the log says of a column: JSON texts, since JSON's numbers hold more digits than JavaScript's. */
interface ColumnStatistics {
  readonly min: string | undefined;
  readonly max: string | undefined;
  /** A count, or one by field of a struct. */
  readonly nullCount: string;
}

/**
 * Statistics of a file as the log has them: rows, and of the first `indexed` leaf columns the smallest and largest value and the number of
 * nulls. Texts are cut to 32 characters and timestamps to milliseconds, upwards for the maximum.
 */
export function fileStatistics(
  columns: readonly {
    readonly name: string;
    readonly type: DataType;
    readonly values: readonly StoredValue[];
  }[],
  rows: number,
  indexed: number,
): string {
  const counter = { left: indexed < 0 ? Number.POSITIVE_INFINITY : indexed };
  const parts: Record<"min" | "max" | "nullCount", string[]> = { min: [], max: [], nullCount: [] };
  for (const { name, type, values } of columns) {
    const statistics = columnStatistics(type, values, counter);
    if (statistics === undefined) break;
    for (const part of ["min", "max", "nullCount"] as const)
      if (statistics[part] !== undefined) parts[part].push(`${JSON.stringify(name)}:${statistics[part]}`);
  }
  const object = (part: keyof typeof parts): string => `{${parts[part].join(",")}}`;
  return `{"numRecords":${rows},"minValues":${object("min")},"maxValues":${object("max")},"nullCount":${object("nullCount")},"tightBounds":true}`;
}

function columnStatistics(
  type: DataType,
  values: readonly StoredValue[],
  counter: { left: number },
): ColumnStatistics | undefined {
  if (counter.left <= 0) return undefined;
  if (DataType.isStruct(type)) {
    const parts: { min: string[]; max: string[]; nullCount: string[] } = { min: [], max: [], nullCount: [] };
    for (const { name, type: inner } of type.children) {
      const own = values.map(
        (value) => (value as Readonly<Record<string, StoredValue>> | null)?.[name] ?? null,
      );
      const statistics = columnStatistics(inner as DataType, own, counter);
      if (statistics === undefined) break;
      const key = JSON.stringify(name);
      if (statistics.min !== undefined) parts.min.push(`${key}:${statistics.min}`);
      if (statistics.max !== undefined) parts.max.push(`${key}:${statistics.max}`);
      parts.nullCount.push(`${key}:${statistics.nullCount}`);
    }
    const object = (items: string[]): string | undefined =>
      items.length === 0 ? undefined : `{${items.join(",")}}`;
    return { min: object(parts.min), max: object(parts.max), nullCount: object(parts.nullCount) ?? "{}" };
  }
  counter.left--;
  let nulls = 0;
  for (const value of values) if (value === null) nulls++;
  return { ...bounds(type, values), nullCount: String(nulls) };
}

function bounds(
  type: DataType,
  values: readonly StoredValue[],
): { min: string | undefined; max: string | undefined } {
  const none = { min: undefined, max: undefined };
  if (DataType.isUtf8(type)) return textBounds(values as readonly (string | null)[]);
  const ordered =
    DataType.isInt(type) ||
    DataType.isFloat(type) ||
    DataType.isDecimal(type) ||
    DataType.isDate(type) ||
    DataType.isTimestamp(type);
  if (!ordered) return none;
  let min: number | bigint | undefined;
  let max: number | bigint | undefined;
  let nan = false;
  for (const value of values as readonly (number | bigint | null)[]) {
    if (value === null) continue;
    if (value !== value) nan = true;
    else {
      if (min === undefined || value < min) min = value;
      if (max === undefined || value > max) max = value;
    }
  }
  if (min === undefined || max === undefined) return none;
  // For some readers NaN is the largest value, so with one in the file nothing bounds it from above.
  return { min: json(min, type, false), max: nan ? undefined : json(max, type, true) };
}

function json(value: number | bigint, type: DataType, upwards: boolean): string | undefined {
  if (DataType.isDecimal(type)) return scalarText(value, type);
  if (DataType.isDate(type)) return isoText(Number(value) * 86_400_000, (iso) => iso.slice(0, 10));
  if (DataType.isTimestamp(type)) {
    const micros = value as bigint;
    const part = ((micros % 1_000n) + 1_000n) % 1_000n;
    const millis = (micros - part) / 1_000n + (upwards && part > 0n ? 1n : 0n);
    return isoText(Number(millis), (iso) => (type.timezone == null ? iso.slice(0, -1) : iso));
  }
  if (typeof value === "bigint") return String(value);
  // JSON has no infinity.
  return Number.isFinite(value) ? (Object.is(value, -0) ? "-0.0" : String(value)) : undefined;
}

/** Undefined where the year does not have four digits: readers differ in how they take others. */
function isoText(millis: number, cut: (iso: string) => string): string | undefined {
  const date = new Date(millis);
  const year = date.getUTCFullYear();
  return year >= 1 && year <= 9999 ? JSON.stringify(cut(date.toISOString())) : undefined;
}

function textBounds(values: readonly (string | null)[]): {
  min: string | undefined;
  max: string | undefined;
} {
  let min: string | undefined;
  let max: string | undefined;
  for (const value of values) {
    if (value === null) continue;
    if (min === undefined || isBelow(value, min)) min = value;
    if (max === undefined || isBelow(max, value)) max = value;
  }
  if (min === undefined || max === undefined) return { min: undefined, max: undefined };
  const low = Array.from(min);
  const high = Array.from(max);
  const cut = high.length > PREFIX ? `${high.slice(0, PREFIX).join("")}${LAST_CHARACTER}` : max;
  return {
    min: JSON.stringify(low.slice(0, PREFIX).join("")),
    max: high.length > PREFIX && high[PREFIX] === LAST_CHARACTER ? undefined : JSON.stringify(cut),
  };
}

/** By UTF-8 bytes, which is by code points: UTF-16 has surrogates below the last characters of the basic plane. */
function isBelow(a: string, b: string): boolean {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) {
      const [sx, sy] = [x >= 0xd800 && x <= 0xdfff, y >= 0xd800 && y <= 0xdfff];
      return sx === sy ? x < y : sy;
    }
  }
  return a.length < b.length;
}
