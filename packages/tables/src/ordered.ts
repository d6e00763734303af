import { DataType } from "apache-arrow";
import { BYTE_TYPES } from "./byte-column.ts";
import { isDouble, isNumeric } from "./double-blocks.ts";

/** A value that compares as its type orders: a number, an integer of 64 bits or more, or bytes (UTF-8 and binary order by bytes). */
export type Ordered = number | bigint | Uint8Array;

/** Least and greatest value; NaN is neither. */
export interface ValueRange {
  readonly min: Ordered;
  readonly max: Ordered;
}

/** True for types whose values have a range. */
export function isOrdered(type: DataType): boolean {
  const held = DataType.isDictionary(type) ? type.dictionary : type;
  return isNumeric(held) || DataType.isBool(held) || BYTE_TYPES.has(held.typeId);
}

/** True for a bound of the sort that ranges of a type have. */
export function isBound(type: DataType, value: Ordered): boolean {
  const held = DataType.isDictionary(type) ? type.dictionary : type;
  if (BYTE_TYPES.has(held.typeId)) return value instanceof Uint8Array;
  return typeof value === (isDouble(held) || DataType.isBool(held) ? "number" : "bigint");
}

/** Negative, zero or positive, as `a` is less than, equal to or greater than `b`. Both of one sort. */
function compareOrdered(a: Ordered, b: Ordered): number {
  if (typeof a === "object") return Buffer.compare(a, b as Uint8Array);
  return a < (b as number | bigint) ? -1 : a > (b as number | bigint) ? 1 : 0;
}

/** The range of both. */
export function joinRanges(a: ValueRange | undefined, b: ValueRange | undefined): ValueRange | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return {
    min: compareOrdered(b.min, a.min) < 0 ? b.min : a.min,
    max: compareOrdered(b.max, a.max) > 0 ? b.max : a.max,
  };
}
