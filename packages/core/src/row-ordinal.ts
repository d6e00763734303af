import type { QualityColumn } from "./quality-table.ts";
import type { GettableColumn, RecordColumn } from "./record-batch.ts";

/** An ordinal as it is recorded; undefined for what is none (negative, a fraction, beyond 2^53, of another type), so that it loses no row. */
export function rowOrdinal(value: unknown): number | undefined {
  const number = typeof value === "bigint" ? Number(value) : value;
  return Number.isSafeInteger(number) && (number as number) >= 0 ? (number as number) : undefined;
}

/** The ordinal in a row of a column; undefined also where the column cannot be read there. */
export function ordinalAt(column: GettableColumn, row: number): number | undefined {
  try {
    return rowOrdinal(column.get(row));
  } catch {
    return undefined;
  }
}

/** Rows of a column of ordinals: int64 without nulls by its buffers, anything else value by value. */
export function rowOrdinals(column: QualityColumn, from: number, length: number): RecordColumn {
  const part: QualityColumn | undefined = column.slice?.(from, from + length);
  const chunks = part?.data;
  if (chunks === undefined || part!.length !== length || !chunks.every(isInt64Chunk))
    return checkedOrdinals(column, from, length);
  const result = new BigInt64Array(length);
  let at = 0;
  for (const chunk of chunks) {
    result.set(chunk.values.subarray(0, chunk.length), at);
    at += chunk.length;
  }
  return areOrdinals(result) ? result : checkedOrdinals(column, from, length);
}

function checkedOrdinals(column: QualityColumn, from: number, length: number): (number | null)[] {
  return Array.from({ length }, (_, i) => ordinalAt(column, from + i) ?? null);
}

/** True where each int64 is an ordinal: the high half has none of the upper eleven bits, the sign among them. */
function areOrdinals(values: BigInt64Array): boolean {
  const halves = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  for (let i = 1; i < halves.length; i += 2) if (halves[i]! >>> 21 !== 0) return false;
  return true;
}

/** Values begin at the chunk's first row. */
function isInt64Chunk(chunk: unknown): chunk is { readonly length: number; readonly values: BigInt64Array } {
  const { values, length, nullCount } = chunk as Record<string, unknown>;
  return values instanceof BigInt64Array && nullCount === 0 && values.length >= (length as number);
}
