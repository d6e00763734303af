/** Rows of a row group, `end` not included. */
export interface RowRange {
  readonly start: number;
  readonly end: number;
}

// Each may be a request for each column.
const MOST_RANGES = 8;

/** How many rows are in the ranges. */
export function rowsIn(ranges: readonly RowRange[]): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0);
}

/** The place of each row of the ranges, counted from `first`. */
export function placesIn(ranges: readonly RowRange[], first: number): Uint32Array {
  const places = new Uint32Array(rowsIn(ranges));
  let at = 0;
  for (const { start, end } of ranges) for (let row = start; row < end; row++) places[at++] = row - first;
  return places;
}

/** The ranges, so few that they are worth their requests: what lies in the smallest gaps between them is taken along. They are in order. */
export function fewRanges(ranges: readonly RowRange[]): RowRange[] {
  if (ranges.length <= 1) return [...ranges];
  const gap = (i: number): number => ranges[i]!.start - ranges[i - 1]!.end;
  const largest = ranges.map((_, i) => i).slice(1);
  largest.sort((a, b) => gap(b) - gap(a));
  const ends = [...largest.slice(0, MOST_RANGES - 1).sort((a, b) => a - b), ranges.length];
  return ends.map((end, i) => ({ start: ranges[ends[i - 1] ?? 0]!.start, end: ranges[end - 1]!.end }));
}
