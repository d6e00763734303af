import { BoundPair } from "./bound-pair.ts";
import { boundsOrder } from "./bounds-order.ts";
import { chunkOf } from "./chunk-of.ts";
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
  const { group, chunk } = chunkOf(metadata, rowGroup, leaf);
  const rows = group.numRows;
  if (!chunk.scanStatistics(scanner)) return { minExact: false, maxExact: false, rows };
  const { bytes } = chunk;
  const { boundKind } = leaf;
  const order = boundsOrder(metadata, leaf);
  pair.clear();
  if (order === "defined" || order === "definedIfSame") {
    const { minValueAt, minValueLength, maxValueAt, maxValueLength } = scanner;
    if (order === "defined" || sameBytes(bytes, minValueAt, minValueLength, maxValueAt, maxValueLength)) {
      pair.setMin(boundKind, bytes, minValueAt, minValueLength, scanner.isMinValueExact);
      pair.setMax(boundKind, bytes, maxValueAt, maxValueLength, scanner.isMaxValueExact);
      pair.dropHalf(boundKind, minValueLength, maxValueLength);
    }
  } else if (order !== "none") {
    const { minAt, minLength, maxAt, maxLength } = scanner;
    if (order === "legacy" || sameBytes(bytes, minAt, minLength, maxAt, maxLength)) {
      // Before bounds could be cut.
      pair.setMin(boundKind, bytes, minAt, minLength, true);
      pair.setMax(boundKind, bytes, maxAt, maxLength, true);
      pair.dropHalf(boundKind, minLength, maxLength);
    }
  }
  return pair.toBounds(rows, scanner.nullCount, scanner.nanCount, scanner.distinctCount);
}

// Reading bounds is synchronous, so one of each is enough for all.
const scanner = new StatisticsScanner();
const pair = new BoundPair();

function sameBytes(bytes: Uint8Array, a: number, aLength: number, b: number, bLength: number): boolean {
  return (
    aLength >= 0 &&
    aLength === bLength &&
    Buffer.compare(bytes.subarray(a, a + aLength), bytes.subarray(b, b + bLength)) === 0
  );
}
