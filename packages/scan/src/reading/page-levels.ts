import { readHybrid } from "./hybrid-runs.ts";
import { DATA_V2, type PageHeader } from "./page-header.ts";

/** The levels that a column's entries can have. */
export interface MostLevels {
  readonly maxDef: number;
  readonly maxRep: number;
}

/** What is known of a data page once its levels are. */
export interface PageLevels {
  /** Where they end. */
  readonly end: number;
  /** Values that are not null. */
  readonly present: number;
}

/**
 * Reads the levels of a data page, which lie from `start` on: those of version 1 have their length before them, those of version 2 in the header. They go into
 * arrays of one per entry of the page; without these they are only checked, and take no memory.
 *
 * @throws RangeError where they are not levels of the column
 */
export function readLevels(
  bytes: Uint8Array,
  start: number,
  header: PageHeader,
  { maxDef, maxRep }: MostLevels,
  definitions?: Uint8Array,
  repetitions?: Uint8Array,
): PageLevels {
  const prefixed = header.type !== DATA_V2;
  let end = start;
  let present = header.values;
  for (const [most, size, out] of [
    [maxRep, header.repetitionBytes, repetitions],
    [maxDef, header.definitionBytes, definitions],
  ] as const) {
    if (prefixed && most === 0) continue;
    const from = prefixed ? end + 4 : end;
    end = from + (prefixed ? pageLength(bytes, end) : size);
    if (most === 0) continue;
    // Definition levels come last, and a column that repeats has some.
    present = readHybrid(bytes, from, end, 32 - Math.clz32(most), header.values, most, out);
  }
  return { end, present };
}

/** A length in a page: four bytes, little-endian. @throws RangeError beyond the end */
export function pageLength(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length) throw new RangeError("a page ends before its values");
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}
