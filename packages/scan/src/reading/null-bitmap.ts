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
    if (bitmap === null) {
      bitmap = new Uint8Array(((length + 63) >> 6) << 3).fill(0xff);
      // Bits behind the end are 0, as other writers have them.
      for (let at = length; at < bitmap.length << 3; at++) bitmap[at >> 3]! &= ~(1 << (at & 7));
    }
    bitmap[i >> 3]! &= ~(1 << (i & 7));
    nullCount++;
  }
  return { bitmap, nullCount };
}
