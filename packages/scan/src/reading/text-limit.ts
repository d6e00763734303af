import { PitotError } from "@pitot/core";
import { DataType } from "apache-arrow";
import { DATA_V2, DICTIONARY, type PageHeader } from "./page-header.ts";

/** The text that a column of one Arrow batch can hold, in bytes, unless it is a large one: its offsets have 31 bits. */
export const MOST_TEXT: number = 2 ** 31 - 1;

const PLAIN = 0;
// A run of one level takes two bytes, and none takes more.
const MOST_PER_LEVEL = 2;

/** Bytes of text that a page has at least, by its header; of a dictionary, when each value of it is used. Saves unpacking gigabytes to find them too many. */
export function leastText(
  { type, encoding, uncompressed, values, nulls, repetitionBytes, definitionBytes }: PageHeader,
  { maxDef, maxRep }: { readonly maxDef: number; readonly maxRep: number },
): number {
  if (type !== DICTIONARY && encoding !== PLAIN) return 0;
  const kinds = type === DICTIONARY ? 0 : Math.sign(maxDef) + Math.sign(maxRep);
  const levels = type === DATA_V2 ? repetitionBytes + definitionBytes : kinds * (4 + MOST_PER_LEVEL * values);
  // Each text has its length before it.
  return Math.max(0, uncompressed - levels - 4 * (values - nulls));
}

/** Whether a column of the type, or one of its parts, counts its text by 64 bits. */
export function isLarge(type: DataType): boolean {
  return (
    DataType.isLargeUtf8(type) ||
    DataType.isLargeBinary(type) ||
    ((type.children as { type: DataType }[] | null) ?? []).some((child) => isLarge(child.type))
  );
}

export function tooMuchText(bytes: number): PitotError {
  return new PitotError(
    "UNSUPPORTED",
    "A row group holds more text in one column than a string column can, in bytes",
    { value: bytes, remedy: "Write smaller row groups, or the column as large_string" },
  );
}
