import { DataType } from "apache-arrow";
import type { ColumnBounds, Scalar } from "../parquet/column-bounds.ts";
import { floatOfText } from "../predicate/float-of-text.ts";
import { scalarOf, type Literal } from "../predicate/literal.ts";
import { ExactDecimal, parseExactJson, type ExactObject, type ExactValue } from "./exact-json.ts";
import type { AddFile } from "./log-actions.ts";
import type { TableLeaf, TableSchema } from "./table-schema.ts";

/** What the log says of the rows of a file; nothing of it is needed to read the file, so what is broken is unknown. */
export class LogStatistics {
  /** Rows of the file, deleted ones included. */
  readonly rows: number | undefined;
  /** Rows that are not deleted. */
  readonly liveRows: number | undefined;
  readonly #stats: ExactObject;
  readonly #tight: boolean;
  readonly #exactDecimals: boolean;
  readonly #schema: TableSchema;

  constructor({ stats, deletionVector }: Pick<AddFile, "stats" | "deletionVector">, schema: TableSchema) {
    this.#schema = schema;
    this.#stats = typeof stats === "string" ? parse(stats) : (stats ?? {});
    // A Parquet struct's decimals come through a double.
    this.#exactDecimals = typeof stats === "string";
    this.#tight = this.#stats.tightBounds !== false;
    const { numRecords } = this.#stats;
    const rows = typeof numRecords === "bigint" ? Number(numRecords) : numRecords;
    this.rows = typeof rows === "number" && Number.isSafeInteger(rows) && rows >= 0 ? rows : undefined;
    const deleted = deletionVector?.cardinality ?? 0;
    this.liveRows = this.rows === undefined ? undefined : Math.max(0, this.rows - deleted);
  }

  /** Of one leaf; undefined where the log does not tell. */
  bounds(leaf: TableLeaf): ColumnBounds | undefined {
    if (this.rows === undefined) return undefined;
    const { type, physicalPath } = leaf;
    const { minValues, maxValues, nullCount } = this.#stats;
    const min = this.#bound(at(minValues, physicalPath), type, false);
    const max = this.#bound(at(maxValues, physicalPath), type, true);
    const nulls = this.#nullCount(at(nullCount, physicalPath));
    if (min === undefined && max === undefined && nulls === undefined) return undefined;
    // Where bounds are not tight, nothing is exact.
    const exact = this.#tight && hasExactBounds(type);
    const bounds: { -readonly [key in keyof ColumnBounds]: ColumnBounds[key] } = {
      minExact: exact && min !== undefined,
      maxExact: exact && max !== undefined,
      // Wide statistics are those of the file as it was written; tight ones leave deleted rows out.
      rows: this.#tight ? this.liveRows! : this.rows,
    };
    if (min !== undefined) bounds.min = min;
    if (max !== undefined) bounds.max = max;
    if (nulls !== undefined) bounds.nullCount = nulls;
    return bounds;
  }

  /** Of all leaves that the log tells of. */
  all(): Map<string, ColumnBounds> {
    const all = new Map<string, ColumnBounds>();
    for (const [path, leaf] of this.#schema.leaves) {
      const bounds = this.bounds(leaf);
      if (bounds !== undefined) all.set(path, bounds);
    }
    return all;
  }

  #bound(value: ExactValue | undefined, type: DataType, isMax: boolean): Scalar | undefined {
    if (value == null || (DataType.isDecimal(type) && !this.#exactDecimals)) return undefined;
    return statisticsBound(value, type, isMax);
  }

  /** Where bounds are wide, only no nulls and nothing but nulls are certain. */
  #nullCount(value: ExactValue | undefined): number | undefined {
    const nulls = typeof value === "bigint" ? Number(value) : value;
    if (typeof nulls !== "number" || !Number.isSafeInteger(nulls) || nulls < 0 || nulls > this.rows!)
      return undefined;
    if (!this.#tight) return nulls === 0 || nulls === this.rows ? nulls : undefined;
    return nulls > this.liveRows! ? undefined : nulls;
  }
}

/** A bound as the log's JSON tells it; undefined where it bounds nothing. */
export function statisticsBound(value: ExactValue, type: DataType, isMax: boolean): Scalar | undefined {
  if (value === null) return undefined;
  const scalar = scalarOfLog(value, type);
  // NaN is above all others for some writers, and left out by the rest: it bounds nothing.
  if (Number.isNaN(scalar)) return undefined;
  return widened(scalar, type, isMax);
}

/** Digits of a decimal that a double keeps, which some writers' bounds come through. */
const CERTAIN_DIGITS = 15;

/** Decimals below have no more digits than are certain. */
export const CERTAIN_DECIMALS: number = 10 ** CERTAIN_DIGITS;

/** Whether bounds are values that the file has: texts may be cut, timestamps are, to milliseconds, and long decimals may be rounded. */
export function hasExactBounds(type: DataType): boolean {
  if (DataType.isDecimal(type)) return type.precision <= CERTAIN_DIGITS;
  return !DataType.isUtf8(type) && !DataType.isTimestamp(type) && !DataType.isBinary(type);
}

/** Undefined where the value is not of the type: a bound that cannot be read is unknown. */
function scalarOfLog(value: ExactValue, type: DataType): Scalar | undefined {
  // What nearly all bounds are, without the general way's detours.
  if (typeof value === "number") {
    if (DataType.isInt(type) && Number.isSafeInteger(value) && type.isSigned) {
      if (type.bitWidth === 64) return BigInt(value);
      const limit = 2 ** (type.bitWidth - 1);
      return value >= -limit && value < limit ? value : undefined;
    }
  } else if (typeof value === "string" && DataType.isUtf8(type)) return value;
  let literal: Literal;
  if (value instanceof ExactDecimal) literal = value.text;
  else if (typeof value === "object" || value === undefined) return undefined;
  else literal = value;
  // Floats that JSON has no number for are texts.
  if (DataType.isFloat(type)) return floatOfText(String(literal), type);
  try {
    return scalarOf(literal, type, "");
  } catch {
    return undefined;
  }
}

function parse(text: string): ExactObject {
  try {
    const value = parseExactJson(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as ExactObject) : {};
  } catch {
    return {};
  }
}

function at(value: ExactValue | undefined, path: readonly string[]): ExactValue | undefined {
  let inner = value;
  for (const name of path) {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return undefined;
    inner = Object.hasOwn(inner, name) ? (inner as ExactObject)[name] : undefined;
  }
  return inner;
}

/** The bound moved outwards by what a writer may have cut off: up to a millisecond of the true maximum, and a few units of a double's last place. */
function widened(bound: Scalar | undefined, type: DataType, isMax: boolean): Scalar | undefined {
  if (typeof bound !== "bigint") return bound;
  if (DataType.isTimestamp(type)) return isMax ? bound + 1000n : bound;
  const size = bound < 0n ? -bound : bound;
  if (!DataType.isDecimal(type) || size < CERTAIN_DECIMALS) return bound;
  // A double has 53 bits, and scaling rounds again.
  const rounded = (size >> 50n) + 1n;
  return isMax ? bound + rounded : bound - rounded;
}
