import type { DataType } from "apache-arrow";
import type { ColumnBounds, Scalar } from "../parquet/column-bounds.ts";
import { compareScalars } from "../predicate/compare-scalars.ts";
import type { Predicate } from "../predicate/predicate.ts";

// Enough for an estimate; the cost of one is the number of ranges.
const MOST_STEPS = 256;

/** The range of a column in a row group; without bounds where they are not known, or where there are no values. */
export interface RowRange {
  readonly rows: number;
  /** Undefined where they were not counted. */
  readonly nulls: number | undefined;
  readonly min?: Scalar;
  readonly max?: Scalar;
}

/** How well the ranges of a column tell row groups apart. */
export interface ColumnSeparation {
  readonly path: string;
  readonly rowGroups: number;
  readonly withoutStatistics: number;
  /** Row groups in which all values are null, which no comparison reads. */
  readonly withoutValues: number;
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
    (range): range is Bounded => range.min !== undefined && range.max !== undefined,
  );
  const withoutValues = ranges.filter(({ rows, nulls }) => rows === nulls).length;
  const withoutStatistics = ranges.length - bounded.length - withoutValues;
  return {
    path,
    rowGroups: ranges.length,
    withoutStatistics,
    withoutValues,
    overlap: bounded.length === 0 ? null : meanCover(bounded) / (bounded.length + withoutValues),
    sortedRead:
      withoutStatistics > 0 || bounded.length === 0
        ? null
        : sortedRead(path, ranges, bounded, type, predicate),
  };
}

type Bounded = RowRange & { readonly min: Scalar; readonly max: Scalar };

/** In how many ranges an end of a range lies, on average. */
function meanCover(ranges: readonly Bounded[]): number {
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

/** Values in their order, evenly in as many row groups, and after them the nulls. */
function sortedRead(
  path: string,
  ranges: readonly RowRange[],
  bounded: readonly Bounded[],
  type: DataType,
  predicate: Predicate,
): number | null {
  const numbers: Span[] = [];
  for (const { rows, nulls = 0, min, max } of bounded) {
    const [low, high] = [numeric(min), numeric(max)];
    if (low === null || high === null || !Number.isFinite(high - low)) return null;
    numbers.push({ rows: rows - nulls, min: low, max: high });
  }
  const canBeTrue = (bounds: ColumnBounds): boolean =>
    predicate.outcomes((asked) => (asked === path ? { bounds, type } : undefined)).canBeTrue;
  const exact = { minExact: true, maxExact: true, nanCount: 0, rows: 2 };
  let nullGroups = 0;
  if (canBeTrue({ ...exact, nullCount: 2 })) {
    const nulls = ranges.reduce((sum, range) => sum + (range.nulls ?? Number.NaN), 0);
    const rows = ranges.reduce((sum, range) => sum + range.rows, 0);
    if (Number.isNaN(nulls)) return null;
    nullGroups = Math.ceil((nulls * ranges.length) / rows);
  }
  const steps = Math.min(bounded.length, MOST_STEPS);
  const edges = quantiles(numbers, steps);
  const big = bounded.some(({ min }) => typeof min === "bigint");
  const whole = big || numbers.every(({ min, max }) => Number.isInteger(min) && Number.isInteger(max));
  let read = 0;
  for (let i = 0; i < steps; i++) {
    const high = whole ? Math.round(edges[i + 1]!) : edges[i + 1]!;
    // A whole number that ends one row group does not begin the next.
    const low = whole ? Math.min(high, Math.round(edges[i]!) + (i === 0 ? 0 : 1)) : edges[i]!;
    const [min, max] = (big ? [BigInt(low), BigInt(high)] : [low, high]) as [Scalar, Scalar];
    if (canBeTrue({ ...exact, min, max, nullCount: 0 })) read++;
  }
  return Math.min(ranges.length, Math.round((read * bounded.length) / steps) + nullGroups);
}

interface Span {
  readonly rows: number;
  readonly min: number;
  readonly max: number;
}

/** `steps + 1` edges of equal numbers of rows. One pass over the ends of the ranges: between two of them rows grow evenly. */
function quantiles(ranges: readonly Span[], steps: number): number[] {
  const changes = ranges
    .flatMap(({ rows, min, max }) => {
      const slope = rows / (max - min);
      return max > min
        ? [
            { at: min, slope, step: 0 },
            { at: max, slope: -slope, step: 0 },
          ]
        : [{ at: min, slope: 0, step: rows }];
    })
    .sort((a, b) => a.at - b.at);
  const total = ranges.reduce((sum, { rows }) => sum + rows, 0);
  const edges = [changes[0]!.at];
  let [at, below, slope] = [changes[0]!.at, 0, 0];
  const wanted = (): number => (edges.length < steps ? (total * edges.length) / steps : Infinity);
  for (const change of changes) {
    const reached = below + slope * (change.at - at);
    if (slope > 0) while (wanted() <= reached) edges.push(at + (wanted() - below) / slope);
    at = change.at;
    below = reached + change.step;
    slope += change.slope;
    while (wanted() <= below) edges.push(at);
  }
  // What rounding left over ends with the last value, as the last edge does.
  while (edges.length <= steps) edges.push(at);
  return edges;
}

function numeric(value: Scalar): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  return typeof value === "bigint" ? Number(value) : null;
}
