import { PitotError } from "@pitot/core";
import { typeString } from "@pitot/tables";
import { DataType, TimeUnit } from "apache-arrow";
import { primitiveArrowType } from "../parquet/primitive-arrow-type.ts";
import type { SchemaNode } from "../parquet/schema-tree.ts";

const PER_SECOND: Readonly<Record<TimeUnit, bigint>> = {
  [TimeUnit.SECOND]: 1n,
  [TimeUnit.MILLISECOND]: 1_000n,
  [TimeUnit.MICROSECOND]: 1_000_000n,
  [TimeUnit.NANOSECOND]: 1_000_000_000n,
};

/**
 * Stored values in the unit or scale of the type that they are read as, where a file has another: a table's older files may be of narrower types than
 * the table (integers as decimals, decimals of a smaller scale, dates as timestamps), and Spark writes nanoseconds (INT96) where the table
 * says microseconds. The same values where nothing is to be done.
 * @throws PitotError INVALID_DATA for a timestamp that 64 bits of the unit cannot hold
 */
export function widenedValues(
  type: DataType,
  values: ArrayLike<unknown>,
  { element, path }: SchemaNode,
): ArrayLike<unknown> {
  if (element.type === undefined || (!DataType.isTimestamp(type) && !DataType.isDecimal(type))) return values;
  const stored = primitiveArrowType(element);
  if (DataType.isDecimal(type)) {
    const scale = DataType.isDecimal(stored) ? stored.scale : DataType.isInt(stored) ? 0 : type.scale;
    if (scale >= type.scale) return values;
    const factor = 10n ** BigInt(type.scale - scale);
    return Array.from(values, (value) => (value == null ? null : unscaled(value) * factor));
  }
  if (DataType.isDate(stored)) {
    const day = 86_400n * PER_SECOND[type.unit];
    return Array.from(values, (value) =>
      value == null ? null : held(BigInt(value as number) * day, type, path),
    );
  }
  if (!DataType.isTimestamp(stored)) return values;
  const [from, to] = [PER_SECOND[stored.unit], PER_SECOND[type.unit]];
  if (to > from || (to === from && element.type === "INT96")) {
    const factor = to / from;
    return Array.from(values, (value) =>
      value == null ? null : held((value as bigint) * factor, type, path),
    );
  }
  if (to === from) return values;
  const factor = from / to;
  return Array.from(values, (value) => {
    if (value == null) return null;
    const rest = (value as bigint) % factor;
    // Downwards, before 1970 too.
    return (value as bigint) / factor - (rest < 0n ? 1n : 0n);
  });
}

/** The years that 64 bits of nanoseconds tell end in 2262; Spark's INT96 go on to 9999. */
function held(value: bigint, type: DataType, path: readonly string[]): bigint {
  if (BigInt.asIntN(64, value) === value) return value;
  throw new PitotError(
    "INVALID_DATA",
    `Column ${path.join(".")} has a timestamp that ${typeString(type)} cannot hold, in its unit`,
    { value, remedy: "Open the dataset with a schema in which the column is timestamp[us]" },
  );
}

/** Parquet has decimals as integers, or as bytes with the highest first. */
function unscaled(value: unknown): bigint {
  if (!(value instanceof Uint8Array)) return BigInt(value as number | bigint);
  let whole = 0n;
  for (const byte of value) whole = (whole << 8n) | BigInt(byte);
  return BigInt.asIntN(8 * value.length, whole);
}
