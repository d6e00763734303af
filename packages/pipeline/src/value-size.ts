/** Rows and bytes of a value, where it tells them: an array, a map or set, an Arrow table, a buffer. Reads no element. */
export function valueSize(value: unknown): { readonly rows?: number; readonly bytes?: number } {
  if (typeof value !== "object" || value === null) return {};
  if (Array.isArray(value)) return { rows: value.length };
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return { bytes: value.byteLength };
  const { numRows, size, rows, bytes, byteLength } = value as Record<string, unknown>;
  // A table by its shape: an application may have loaded Arrow twice, so that its classes do not tell.
  if (isCount(numRows)) return { rows: numRows, ...(isCount(byteLength) ? { bytes: byteLength } : {}) };
  if (value instanceof Map || value instanceof Set) return isCount(size) ? { rows: size } : {};
  return { ...(isCount(rows) ? { rows } : {}), ...(isCount(bytes) ? { bytes } : {}) };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
