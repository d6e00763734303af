// A file may have another type than the dataset: it is older than a change of schema, or a schema was given. What is stored then becomes the
// dataset's type without loss, or the file is refused; and its statistics judge a predicate only where a literal means the same in both.
import { PitotError } from "@pitot/core";
import { typeString } from "@pitot/tables";
import { DataType, Precision } from "apache-arrow";

/**
 * Refuses to read stored values of one type as another that cannot hold them.
 * @throws PitotError INVALID_DATA naming the column and both types
 */
export function requireReadable(from: DataType, to: DataType, column: string): void {
  if (!isReadable(from, valueType(to)))
    throw new PitotError(
      "INVALID_DATA",
      `Column ${column} is ${typeString(to)} in the dataset, but in a file it is`,
      {
        value: typeString(from),
        remedy: "Open the files with a schema that all of them can be read in",
      },
    );
}

/** Whether a literal means the same for a file's column as for the dataset's. */
export function comparesAs(from: DataType, to: DataType): boolean {
  const [theirs, ours] = [valueType(from), valueType(to)];
  if (isBytes(theirs) && isBytes(ours)) return true;
  if (DataType.isTimestamp(theirs) && DataType.isTimestamp(ours)) return theirs.unit === ours.unit;
  if (DataType.isDecimal(theirs) && DataType.isDecimal(ours)) return theirs.scale === ours.scale;
  if (DataType.isInt(theirs) && DataType.isInt(ours)) return isReadable(theirs, ours);
  return typeString(theirs) === typeString(ours);
}

function isReadable(from: DataType, to: DataType): boolean {
  if (DataType.isNull(from)) return true;
  if (isBytes(from)) return isBytes(to);
  if (DataType.isFixedSizeBinary(from))
    return isBytes(to) || (DataType.isFixedSizeBinary(to) && to.byteWidth === from.byteWidth);
  if (DataType.isInt(from)) {
    if (DataType.isInt(to)) return from.isSigned === to.isSigned && from.bitWidth <= to.bitWidth;
    if (DataType.isDecimal(to)) return from.isSigned;
    // Parquet has durations as integers; only Arrow's stored schema tells.
    if (DataType.isDuration(to)) return from.isSigned && from.bitWidth === 64;
    return DataType.isFloat(to) && to.precision === Precision.DOUBLE && from.isSigned && from.bitWidth <= 32;
  }
  if (DataType.isFloat(from))
    return (
      DataType.isFloat(to) &&
      (to.precision === from.precision ||
        (from.precision === Precision.SINGLE && to.precision === Precision.DOUBLE))
    );
  if (DataType.isDecimal(from)) return DataType.isDecimal(to) && to.scale >= from.scale;
  if (DataType.isTimestamp(to)) return DataType.isTimestamp(from) || DataType.isDate(from);
  return typeString(from) === typeString(to);
}

function valueType(type: DataType): DataType {
  return DataType.isDictionary(type) ? (type.dictionary as DataType) : type;
}

function isBytes(type: DataType): boolean {
  return (
    DataType.isUtf8(type) ||
    DataType.isLargeUtf8(type) ||
    DataType.isBinary(type) ||
    DataType.isLargeBinary(type)
  );
}
