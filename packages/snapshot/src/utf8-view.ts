import { isUtf8Chunk, type RecordColumn, type Utf8Chunk } from "@pitot/core";

/** Text that lies in Arrow's layout already, e.g. a slice of an Arrow vector: copied by its buffers, without making strings of it. */
export interface Utf8View {
  readonly chunks: readonly Utf8Chunk[];
}

/** The view of a column that is an Arrow vector of utf8; undefined for any other. Told by shape: writing knows no Arrow library. */
export function utf8View(column: RecordColumn | undefined, length: number): Utf8View | undefined {
  const { data, length: rows } = (column ?? {}) as { readonly data?: unknown; readonly length?: number };
  if (rows !== length || !Array.isArray(data) || !data.every(isUtf8Chunk)) return undefined;
  return { chunks: data };
}

/** Rows that are null. */
export function viewNulls(
  { chunks }: Utf8View,
  length: number,
): { readonly nullCount: number; readonly validity: Uint8Array | undefined } {
  let nullCount = 0;
  let validity: Uint8Array | undefined;
  let row = 0;
  for (const chunk of chunks) {
    const { nullBitmap, offset } = chunk;
    if (nullBitmap != null && nullBitmap.length > 0)
      for (let i = 0; i < chunk.length; i++) {
        const bit = offset + i;
        if ((nullBitmap[bit >> 3]! & (1 << (bit & 7))) !== 0) continue;
        validity ??= new Uint8Array((length + 7) >> 3).fill(255);
        validity[(row + i) >> 3]! &= ~(1 << ((row + i) & 7));
        nullCount++;
      }
    row += chunk.length;
  }
  return { nullCount, validity };
}
