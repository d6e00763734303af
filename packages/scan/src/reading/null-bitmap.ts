/** Arrow's validity bits: 1 where there is a value. None where there are no nulls. */
export function nullBitmap(values: ArrayLike<unknown>): { bitmap: Uint8Array | null; nullCount: number } {
  // Decoded pages without nulls are typed arrays, which need no look.
  if (ArrayBuffer.isView(values)) return { bitmap: null, nullCount: 0 };
  const length = values.length;
  let bitmap: Uint8Array | null = null;
  let nullCount = 0;
  for (let i = 0; i < length; i++) {
    const value = values[i];
    if (value !== null && value !== undefined) continue;
    bitmap ??= allValid(length);
    bitmap[i >> 3]! &= ~(1 << (i & 7));
    nullCount++;
  }
  return { bitmap, nullCount };
}

/** Bits of rows that are all there; those behind the end are 0, as other writers have them. */
export function allValid(rows: number): Uint8Array {
  const bitmap = new Uint8Array(((rows + 63) >> 6) << 3).fill(0xff, 0, rows >> 3);
  if ((rows & 7) > 0) bitmap[rows >> 3] = (1 << (rows & 7)) - 1;
  return bitmap;
}
