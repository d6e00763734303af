import type { QualityColumn } from "./quality-columns.ts";
import type { RecordColumn } from "./record-batch.ts";

/** An ordinal as it is recorded; undefined for what is none (negative, a fraction, beyond 2^53, of another type), so that it loses no row. */
export function rowOrdinal(value: unknown): number | undefined {
  const number = typeof value === "bigint" ? Number(value) : value;
  return Number.isSafeInteger(number) && (number as number) >= 0 ? (number as number) : undefined;
}

/** Rows of a column of ordinals: int64 without nulls by its buffers, anything else value by value. */
export function rowOrdinals(column: QualityColumn, from: number, length: number): RecordColumn {
  const part: QualityColumn | undefined = column.slice?.(from, from + length);
  const chunks = part?.data;
  if (chunks === undefined || !chunks.every(isInt64Chunk))
    return Array.from({ length }, (_, i) => rowOrdinal(column.get(from + i)) ?? null);
  const result = new BigInt64Array(length);
  let at = 0;
  for (const chunk of chunks) {
    result.set(chunk.values.subarray(0, chunk.length), at);
    at += chunk.length;
  }
  return result;
}

/** Values begin at the chunk's first row. */
function isInt64Chunk(chunk: unknown): chunk is { readonly length: number; readonly values: BigInt64Array } {
  const { values, length, nullCount } = chunk as Record<string, unknown>;
  return values instanceof BigInt64Array && nullCount === 0 && values.length >= (length as number);
}
