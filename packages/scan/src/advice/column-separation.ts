import type { DataType } from "apache-arrow";
import type { Scalar } from "../parquet/column-bounds.ts";
import { compareScalars } from "../predicate/compare-scalars.ts";
import type { Predicate } from "../predicate/predicate.ts";

// Enough for an estimate; the cost of one is the number of ranges.
const MOST_STEPS = 256;

/** The range of a column in a row group; without bounds where they are not known. */
export interface RowRange {
  readonly rows: number;
  readonly min?: Scalar;
  readonly max?: Scalar;
}

/** How well the ranges of a column tell row groups apart. */
export interface ColumnSeparation {
  readonly path: string;
  readonly rowGroups: number;
  readonly withoutStatistics: number;
  /** Share of the row groups whose range holds a value, on average over the ranges' ends: 1 / row groups is the best, 1 the worst. Null without bounds. */
  readonly overlap: number | null;
  /** Row groups that the predicate would read if rows were sorted by this column, as far as ranges tell; null where they do not. */
  readonly sortedRead: number | null;
}

/**
 * Separation of a column, in `n log n` of the row groups. What sorting would give is estimated: values are taken to lie evenly within each range, and the
 * other columns of the predicate to skip nothing.
 */
export function columnSeparation(
  path: string,
  ranges: readonly RowRange[],
  type: DataType,
  predicate: Predicate,
): ColumnSeparation {
  const bounded = ranges.filter(
    (range): range is Required<RowRange> => range.min !== undefined && range.max !== undefined,
  );
  return {
    path,
    rowGroups: ranges.length,
    withoutStatistics: ranges.length - bounded.length,
    overlap: bounded.length === 0 ? null : meanCover(bounded) / bounded.length,
    sortedRead:
      bounded.length < ranges.length || bounded.length === 0
        ? null
        : sortedRead(path, bounded, type, predicate),
  };
}

/** In how many ranges an end of a range lies, on average. */
function meanCover(ranges: readonly Required<RowRange>[]): number {
  const mins = ranges.map(({ min }) => min).sort(compareScalars);
  const maxs = ranges.map(({ max }) => max).sort(compareScalars);
  let total = 0;
  for (const { min, max } of ranges)
    for (const value of [min, max]) total += countUpTo(mins, value, true) - countUpTo(maxs, value, false);
  return total / (2 * ranges.length);
}

/** How many of the sorted values are below `value`, or equal to it where `inclusive`. */
function countUpTo(sorted: readonly Scalar[], value: Scalar, inclusive: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = compareScalars(sorted[middle]!, value);
    if (order < 0 || (inclusive && order === 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sortedRead(
  path: string,
  ranges: readonly Required<RowRange>[],
  type: DataType,
  predicate: Predicate,
): number | null {
  const numbers = ranges.map(({ rows, min, max }) => ({ rows, min: numeric(min), max: numeric(max) }));
  if (numbers.some(({ min, max }) => min === null || max === null)) return null;
  // A sorted file of as many row groups: the quantiles of all values, seen as evenly spread within each range.
  const steps = Math.min(ranges.length, MOST_STEPS);
  const edges = quantiles(numbers as { rows: number; min: number; max: number }[], steps);
  const big = ranges.some(({ min }) => typeof min === "bigint");
  const whole = big || numbers.every(({ min, max }) => Number.isInteger(min) && Number.isInteger(max));
  let read = 0;
  for (let i = 0; i < steps; i++) {
    const high = whole ? Math.round(edges[i + 1]!) : edges[i + 1]!;
    // A whole number that ends one row group does not begin the next.
    const low = whole ? Math.min(high, Math.round(edges[i]!) + (i === 0 ? 0 : 1)) : edges[i]!;
    const [min, max] = (big ? [BigInt(low), BigInt(high)] : [low, high]) as [Scalar, Scalar];
    const bounds = { min, max, minExact: true, maxExact: true, nullCount: 0, nanCount: 0, rows: 2 };
    if (predicate.outcomes((asked) => (asked === path ? { bounds, type } : undefined)).canBeTrue) read++;
  }
  return Math.round((read * ranges.length) / steps);
}

/** `steps + 1` edges of equal numbers of rows. */
function quantiles(ranges: readonly { rows: number; min: number; max: number }[], steps: number): number[] {
  const low = Math.min(...ranges.map(({ min }) => min));
  const high = Math.max(...ranges.map(({ max }) => max));
  const total = ranges.reduce((sum, { rows }) => sum + rows, 0);
  const below = (value: number): number =>
    ranges.reduce(
      (sum, { rows, min, max }) =>
        sum +
        rows * (max > min ? Math.min(1, Math.max(0, (value - min) / (max - min))) : value >= max ? 1 : 0),
      0,
    );
  return Array.from({ length: steps + 1 }, (_, i) => {
    if (i === 0) return low;
    if (i === steps) return high;
    let [from, to] = [low, high];
    for (let round = 0; round < 50; round++) {
      const middle = (from + to) / 2;
      if (below(middle) < (total * i) / steps) from = middle;
      else to = middle;
    }
    return to;
  });
}

function numeric(value: Scalar): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  return typeof value === "bigint" ? Number(value) : null;
}
