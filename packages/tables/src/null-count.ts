import { DataType, type Vector } from "apache-arrow";

/**
 * Rows of a column that are null, exactly: also where a dictionary has a null among its values, and for unions, whose validity lies in
 * their children. Otherwise read from the validity bitmaps alone.
 */
export function nullCount(column: Vector): number {
  if (DataType.isNull(column.type)) return column.length;
  if (DataType.isUnion(column.type)) return countByValue(column);
  if (DataType.isDictionary(column.type) && column.data.some((part) => (part.dictionary?.nullCount ?? 0) > 0))
    return countByValue(column);
  return column.nullCount;
}

function countByValue(column: Vector): number {
  let nulls = 0;
  for (let i = 0; i < column.length; i++) if (column.get(i) === null) nulls++;
  return nulls;
}
