import { columnValue, type JoinedTexts, type RecordColumn } from "@pitot/core";

/** The first `length` values of any column as an array; the column's own where it is one. */
export function valuesOf(column: RecordColumn | undefined, length: number): readonly unknown[] {
  if (Array.isArray(column)) return column as readonly unknown[];
  if (column === undefined) return Array.from({ length }, () => null);
  return Array.from({ length }, (_, i) => columnValue(column, i));
}

/** A value as text: a string as it is, anything else as JSON. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "bigint") return String(value);
  return JSON.stringify(value) ?? String(value);
}

/** Any column as joined texts, which are encoded by one call where they are ASCII. */
export function joinedTexts(column: RecordColumn | undefined, length: number): JoinedTexts {
  if (column !== undefined && "ends" in column) return column;
  const values = valuesOf(column, length);
  const ends = new Int32Array(length);
  let text = "";
  for (let i = 0; i < length; i++) {
    const value = values[i];
    if (value !== null && value !== undefined) text += textOf(value);
    ends[i] = text.length;
  }
  return { length, text, ends, ...validityOf(values, length) };
}

/** Which values are there, as Arrow's bitmap; absent where all are. */
export function validityOf(
  values: readonly unknown[],
  length: number,
): { readonly nullCount: number; readonly validity: Uint8Array | undefined } {
  let nullCount = 0;
  let validity: Uint8Array | undefined;
  for (let i = 0; i < length; i++) {
    const value = values[i];
    if (value !== null && value !== undefined) continue;
    validity ??= new Uint8Array((length + 7) >> 3).fill(255);
    validity[i >> 3]! &= ~(1 << (i & 7));
    nullCount++;
  }
  return { nullCount, validity };
}
