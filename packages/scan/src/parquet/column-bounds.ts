import { PitotError } from "@pitot/core";
import { decodeBound } from "./decode-bound.ts";
import type { FileMetadata } from "./file-metadata.ts";
import type { LeafColumn } from "./leaf-column.ts";
import { boundsOrder, readsLegacyBounds } from "./bounds-order.ts";

/**
 * A value of statistics, a partition or a predicate, exactly as its type has it:
 * integers up to 32 bits, dates (days) and times of day in ms as number; 64-bit integers, timestamps, times and durations (in the
 * column's unit) and decimals (unscaled, at the column's scale) as bigint; floats as number; text as string; binary as bytes.
 */
export type Scalar = boolean | number | bigint | string | Uint8Array;

/** What is known of the values of a column in a container: a row group, a page, a file, a partition. Absent is unknown. */
export interface ColumnBounds {
  /** No value is below it; absent where unknown, or where there are only nulls. */
  readonly min?: Scalar;
  /** No value is above it. */
  readonly max?: Scalar;
  /** False where `min` is only a bound, e.g. a cut text: then it may skip, but never prove equality. */
  readonly minExact: boolean;
  readonly maxExact: boolean;
  readonly nullCount?: number;
  /** Of floats; absent means that there may be some. */
  readonly nanCount?: number;
  readonly distinctCount?: number;
  /** Rows of the container, nulls included. */
  readonly rows: number;
}

/**
 * What the statistics of a row group say of a leaf column, decoded from their bytes by physical and logical type.
 *
 * Bounds are given only where they bind: `min_value` and `max_value` where the column's order is defined, `min` and `max` of old files
 * where their signed order is the type's; never for INT96 and intervals, and neither of them where one is NaN. Where a column repeats, its values are
 * counted and bounded over all lists of the row group.
 *
 * Throws INVALID_ARGUMENT for a row group that is not there.
 */
export function columnBounds(metadata: FileMetadata, rowGroup: number, leaf: LeafColumn): ColumnBounds {
  const group = metadata.rowGroups[rowGroup];
  const chunk = group?.columns[leaf.index];
  if (group === undefined || chunk === undefined)
    throw new PitotError("INVALID_ARGUMENT", "The file has no such row group or column", {
      value: `row group ${rowGroup}, column ${leaf.path}`,
      remedy: `Give a row group below ${metadata.rowGroups.length} and a column of the same file`,
    });
  const rows = group.numRows;
  const statistics = chunk.statistics;
  if (statistics === undefined) return { minExact: false, maxExact: false, rows };
  const bounds: { -readonly [key in keyof ColumnBounds]: ColumnBounds[key] } = {
    minExact: false,
    maxExact: false,
    rows,
  };
  const { nullCount, nanCount, distinctCount } = statistics;
  // Some writers put -1 where they do not know.
  if (nullCount !== undefined && nullCount >= 0) bounds.nullCount = nullCount;
  if (nanCount !== undefined && nanCount >= 0) bounds.nanCount = nanCount;
  if (distinctCount !== undefined && distinctCount >= 0) bounds.distinctCount = distinctCount;
  const order = boundsOrder(metadata, leaf);
  if (order === "none") return bounds;
  let { minValue: lower, maxValue: upper, isMinValueExact: minExact, isMaxValueExact: maxExact } = statistics;
  if (order === "legacy") {
    if (!readsLegacyBounds(metadata.createdBy, leaf, statistics)) return bounds;
    lower = statistics.min;
    upper = statistics.max;
    minExact = true;
    maxExact = true;
  }
  setBounds(bounds, lower, upper, minExact, maxExact, leaf);
  return bounds;
}

/** Decodes both bounds into `bounds`; shared by row groups and pages. */
export function setBounds(
  bounds: { -readonly [key in keyof ColumnBounds]: ColumnBounds[key] },
  lower: Uint8Array | undefined,
  upper: Uint8Array | undefined,
  minExact: boolean | undefined,
  maxExact: boolean | undefined,
  leaf: LeafColumn,
): void {
  const min = lower === undefined ? undefined : decodeBound(lower, leaf, false);
  const max = upper === undefined ? undefined : decodeBound(upper, leaf, true);
  // One NaN, and the writer compared with NaN: the other bound cannot be trusted either.
  if (isFloat(leaf) && ((lower !== undefined && min === undefined) || (upper !== undefined && max === undefined)))
    return;
  // Only texts and bytes are ever cut; a writer that does not say so may have.
  const cuts = leaf.element.type === "BYTE_ARRAY" || leaf.element.type === "FIXED_LEN_BYTE_ARRAY";
  if (min !== undefined) {
    bounds.min = min.value;
    bounds.minExact = min.exact && (minExact ?? !cuts);
  }
  if (max !== undefined) {
    bounds.max = max.value;
    bounds.maxExact = max.exact && (maxExact ?? !cuts);
  }
}

function isFloat(leaf: LeafColumn): boolean {
  const { type, logicalType } = leaf.element;
  return type === "FLOAT" || type === "DOUBLE" || logicalType?.type === "FLOAT16";
}
