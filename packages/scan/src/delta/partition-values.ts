import { DataType } from "apache-arrow";
import { PitotError } from "@pitot/core";
import type { ColumnBounds, Scalar } from "../parquet/column-bounds.ts";
import type { AddFile } from "./log-actions.ts";
import { logValue } from "./log-value.ts";
import type { TableSchema } from "./table-schema.ts";

/**
 * The partition of a file, typed. Empty text is null, for text columns too.
 * @throws PitotError INVALID_DATA where a value is missing or not of its column's type
 */
export function partitionValues(
  { path, partitionValues: values }: AddFile,
  { partitionColumns }: TableSchema,
): Map<string, Scalar | null> {
  const partition = new Map<string, Scalar | null>();
  for (const { path: name, physicalPath, type } of partitionColumns) {
    const text = values[physicalPath[0]!];
    if (text == null || text === "") {
      // Absent is what some writers make of null.
      partition.set(name, null);
      continue;
    }
    const value = logValue(text, type);
    if (value === undefined)
      throw new PitotError("INVALID_DATA", `File ${path} has a partition value that is not of type ${String(type)}`, {
        value: `${name}=${text}`,
        remedy: "Have the table's writer repair the partition value.",
      });
    partition.set(name, value);
  }
  return partition;
}

/** What a partition value says of all rows of its file. */
export function partitionBounds(value: Scalar | null, rows: number): ColumnBounds {
  if (value === null) return { minExact: true, maxExact: true, nullCount: rows, rows };
  const nan = Number.isNaN(value);
  return {
    ...(nan ? {} : { min: value, max: value }),
    minExact: true,
    maxExact: true,
    nullCount: 0,
    nanCount: nan ? rows : 0,
    rows,
  };
}

/** A partition as pyarrow prints its expression: `((year == 2024) and (month == "01"))`. */
export function partitionExpression(
  partition: ReadonlyMap<string, Scalar | null>,
  { partitionColumns }: TableSchema,
): string {
  const terms = partitionColumns.map(({ path, type }) => {
    const value = partition.get(path) ?? null;
    return value === null ? `is_null(${path})` : `(${path} == ${literal(value, type)})`;
  });
  if (terms.length === 0) return "true";
  return terms.reduce((left, right) => `(${left} and ${right})`);
}

function literal(value: Scalar, type: DataType): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString("hex").toUpperCase()}"`;
  if (DataType.isDate(type)) return new Date(Number(value) * 86_400_000).toISOString().slice(0, 10);
  if (DataType.isTimestamp(type)) {
    const micros = BigInt.asUintN(64, value as bigint) === value ? value : (value as bigint);
    const ms = Number((micros - (((micros % 1000n) + 1000n) % 1000n)) / 1000n);
    const rest = String(((micros % 1_000_000n) + 1_000_000n) % 1_000_000n).padStart(6, "0");
    return `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")}.${rest}${type.timezone == null ? "" : "Z"}`;
  }
  if (DataType.isDecimal(type)) {
    const digits = String((value as bigint) < 0n ? -(value as bigint) : value).padStart(type.scale + 1, "0");
    const whole = digits.slice(0, digits.length - type.scale);
    return `${(value as bigint) < 0n ? "-" : ""}${whole}${type.scale === 0 ? "" : `.${digits.slice(-type.scale)}`}`;
  }
  return String(value);
}
