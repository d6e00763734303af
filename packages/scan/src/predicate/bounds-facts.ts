import { DataType } from "apache-arrow";
import type { ColumnBounds, Scalar } from "../parquet/column-bounds.ts";
import { compareScalars } from "./compare-scalars.ts";

/** Unknown null counts mean that there may be some. */
export function canBeNull({ nullCount, rows }: ColumnBounds): boolean {
  return rows > 0 && nullCount !== 0;
}

/** Whether there may be a value that is not null. */
export function hasValues({ nullCount, rows }: ColumnBounds): boolean {
  return rows > 0 && (nullCount === undefined || nullCount < rows);
}

/** Floats may hold NaN unless they were counted: bounds leave them out. */
export function canBeNaN(bounds: ColumnBounds, type: DataType): boolean {
  const value = DataType.isDictionary(type) ? (type.dictionary as DataType) : type;
  return DataType.isFloat(value) && bounds.nanCount !== 0 && hasValues(bounds);
}

/** Bounds that contradict each other bound nothing. */
export function usableBounds({ min, max }: ColumnBounds): { min?: Scalar; max?: Scalar } {
  if (min !== undefined && max !== undefined && !(compareScalars(min, max) <= 0)) return {};
  return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
}

/** The one value that all rows have which are neither null nor NaN; undefined where there may be several. */
export function onlyValue(bounds: ColumnBounds): Scalar | undefined {
  const { min, max } = usableBounds(bounds);
  return bounds.minExact &&
    bounds.maxExact &&
    min !== undefined &&
    max !== undefined &&
    compareScalars(min, max) === 0
    ? min
    : undefined;
}
