import { PitotError } from "@pitot/core";
import { boundsOrder, readsLegacyBounds } from "./bounds-order.ts";
import { decodeBound, wasWidened } from "./decode-bound.ts";
import type { FileMetadata } from "./file-metadata.ts";
import type { LeafColumn } from "./leaf-column.ts";
import { StatisticsScanner } from "./statistics-scanner.ts";

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
  const bounds: WritableBounds = { minExact: false, maxExact: false, rows: group.numRows };
  if (!chunk.scanStatistics(scanner)) return bounds;
  const { nullCount, nanCount, distinctCount } = scanner;
  // Some writers put -1 where they do not know.
  if (nullCount >= 0) bounds.nullCount = nullCount;
  if (nanCount >= 0) bounds.nanCount = nanCount;
  if (distinctCount >= 0) bounds.distinctCount = distinctCount;
  const order = boundsOrder(metadata, leaf);
  const { bytes } = chunk;
  if (order === "defined") {
    setMin(bounds, leaf, bytes, scanner.minValueAt, scanner.minValueLength, scanner.isMinValueExact);
    setMax(bounds, leaf, bytes, scanner.maxValueAt, scanner.maxValueLength, scanner.isMaxValueExact);
    dropHalfOfFloats(bounds, leaf, scanner.minValueLength, scanner.maxValueLength);
  } else if (order === "legacy" && readsLegacyBounds(metadata.createdBy, leaf, bytes, scanner)) {
    setMin(bounds, leaf, bytes, scanner.minAt, scanner.minLength, true);
    setMax(bounds, leaf, bytes, scanner.maxAt, scanner.maxLength, true);
    dropHalfOfFloats(bounds, leaf, scanner.minLength, scanner.maxLength);
  }
  return bounds;
}

/** Bounds while they are put together. */
export type WritableBounds = { -readonly [key in keyof ColumnBounds]: ColumnBounds[key] };

// Reading bounds is synchronous, so one is enough for all.
const scanner = new StatisticsScanner();

/** Decodes `length` bytes at `at` as the lower bound; -1 is an absent one. `exact` is what the file says of it. */
export function setMin(
  bounds: WritableBounds,
  leaf: LeafColumn,
  bytes: Uint8Array,
  at: number,
  length: number,
  exact: boolean | undefined,
): void {
  const value = length < 0 ? undefined : decodeBound(leaf.boundKind, bytes, at, length, false);
  if (value === undefined) return;
  bounds.min = value;
  bounds.minExact = !wasWidened() && (exact ?? isNeverCut(leaf));
}

/** As {@link setMin}, for the upper bound. */
export function setMax(
  bounds: WritableBounds,
  leaf: LeafColumn,
  bytes: Uint8Array,
  at: number,
  length: number,
  exact: boolean | undefined,
): void {
  const value = length < 0 ? undefined : decodeBound(leaf.boundKind, bytes, at, length, true);
  if (value === undefined) return;
  bounds.max = value;
  bounds.maxExact = !wasWidened() && (exact ?? isNeverCut(leaf));
}

/** Only texts and bytes are ever cut; a writer that does not say may have. */
function isNeverCut({ boundKind }: LeafColumn): boolean {
  return boundKind !== "text" && boundKind !== "bytes" && boundKind !== "decimalBytes";
}

/** Where one bound of floats is NaN, the writer compared with NaN: the other cannot be trusted either. */
export function dropHalfOfFloats(
  bounds: WritableBounds,
  { boundKind }: LeafColumn,
  minLength: number,
  maxLength: number,
): void {
  if (boundKind !== "float" && boundKind !== "double" && boundKind !== "float16") return;
  if ((minLength < 0 || bounds.min !== undefined) && (maxLength < 0 || bounds.max !== undefined)) return;
  delete bounds.min;
  delete bounds.max;
  bounds.minExact = false;
  bounds.maxExact = false;
}
