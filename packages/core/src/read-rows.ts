import { reportOnce } from "./internal/report-once.ts";
import type { GettableColumn } from "./record-batch.ts";

/** Reads up to `count` rows of a column one by one, and returns how many could be read: what the first fault is, is told once. */
export function readRows(
  column: GettableColumn,
  from: number,
  count: number,
  take: (value: unknown, row: number) => void,
): number {
  for (let row = 0; row < count; row++)
    try {
      take(column.get(from + row), row);
    } catch (error) {
      reportOnce("read-rows", `a column cannot be read from row ${from + row} on`, error);
      return row;
    }
  return count;
}
