import type { DataType } from "apache-arrow";
import type { ColumnBounds } from "../parquet/column-bounds.ts";
import type { Fragment } from "./fragment-source.ts";

/** A partition column within a fragment: one value for all of its rows. Undefined where the fragment has no such key. */
export function partitionBounds(
  fragment: Pick<Fragment, "partition">,
  types: ReadonlyMap<string, DataType>,
  column: string,
  rows: number,
): { bounds: ColumnBounds; type: DataType } | undefined {
  const value = fragment.partition.get(column);
  const type = types.get(column);
  if (value === undefined || type === undefined) return undefined;
  const bounds = { minExact: true, maxExact: true, nullCount: value === null ? rows : 0, rows };
  // A partition of NaN has no bounds.
  if (value === null || value !== value) return { type, bounds };
  return { type, bounds: { ...bounds, min: value, max: value, nanCount: 0 } };
}
