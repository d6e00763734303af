import { Int32, Utf8, type DataType } from "apache-arrow";
import { PitotError } from "@pitot/core";
import { DataType as Types } from "apache-arrow";
import type { Scalar } from "../parquet/column-bounds.ts";
import { col } from "../predicate/column.ts";
import { floatOfText } from "../predicate/float-of-text.ts";
import { scalarOf } from "../predicate/literal.ts";
import type { Predicate } from "../predicate/predicate.ts";

/** What Hive writes for null. */
const NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__";

/** The `key=value` folders of a path, decoded; null for the null partition. */
export function hiveKeys(path: string): Map<string, string | null> {
  const keys = new Map<string, string | null>();
  for (const part of path.split("/").slice(0, -1)) {
    const equals = part.indexOf("=");
    if (equals <= 0) continue;
    const value = decoded(part.slice(equals + 1));
    keys.set(decoded(part.slice(0, equals)), value === NULL_PARTITION ? null : value);
  }
  return keys;
}

/** The types of partition columns, in order of appearance: int32 where every value is one, else text. */
export function partitionTypes(
  files: readonly ReadonlyMap<string, string | null>[],
  given: Readonly<Record<string, DataType>> = {},
): Map<string, DataType> {
  const types = new Map<string, DataType>();
  for (const keys of files)
    for (const [key, value] of keys) {
      const whole = value === null || isInt32(value);
      const known = types.get(key);
      if (known === undefined)
        types.set(key, given[key] ?? (whole && value !== null ? new Int32() : new Utf8()));
      if (given[key] !== undefined || value === null) continue;
      if (!whole) types.set(key, new Utf8());
    }
  // A key whose first value is null takes its type from the others.
  for (const [key, type] of types)
    if (given[key] === undefined && Types.isUtf8(type)) {
      const values = files.flatMap((keys) => keys.get(key) ?? []);
      if (values.length > 0 && values.every(isInt32)) types.set(key, new Int32());
    }
  return types;
}

/**
 * A partition's text as a value of its column's type.
 * @throws PitotError INVALID_DATA where it is none
 */
export function partitionValue(text: string | null, type: DataType, key: string): Scalar | null {
  if (text === null) return null;
  if (Types.isUtf8(type) || Types.isLargeUtf8(type)) return text;
  try {
    if (Types.isBool(type))
      return scalarOf(text === "true" ? true : text === "false" ? false : text, type, key);
    if (Types.isInt(type)) return scalarOf(/^[+-]?\d+$/.test(text) ? BigInt(text) : text, type, key);
    if (Types.isFloat(type)) return floatOfText(text, type) ?? scalarOf(text, type, key);
    return scalarOf(text, type, key);
  } catch (error) {
    throw new PitotError("INVALID_DATA", `The partition column ${key} cannot hold`, {
      value: text,
      remedy: "Give its type in partitionTypes, or rename the folder",
      cause: error,
    });
  }
}

/** In pyarrow's form; `true` where there are no keys. */
export function partitionExpression(values: ReadonlyMap<string, Scalar | null>): string {
  let expression: Predicate | undefined;
  for (const [key, value] of values) {
    const part = value === null ? col(key).isNull() : col(key).eq(value);
    expression = expression === undefined ? part : expression.and(part);
  }
  return expression?.toString() ?? "true";
}

function isInt32(text: string): boolean {
  return /^[+-]?\d{1,10}$/.test(text) && Number(text) === (Number(text) | 0);
}

/** What is no escape stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
