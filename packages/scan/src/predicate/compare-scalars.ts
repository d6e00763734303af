import type { Scalar } from "../parquet/column-bounds.ts";

/**
 * Order of two scalars of one type: negative, 0 or positive; NaN where they have none (a NaN, or different types).
 * Text is ordered by its UTF-8 bytes, which is by code point and so not as JavaScript orders its UTF-16 units.
 */
export function compareScalars(a: Scalar, b: Scalar): number {
  if (typeof a === "string") return typeof b === "string" ? compareText(a, b) : Number.NaN;
  if (a instanceof Uint8Array) return b instanceof Uint8Array ? compareBytes(a, b) : Number.NaN;
  if (typeof b === "string" || b instanceof Uint8Array) return Number.NaN;
  if (typeof a === "boolean" || typeof b === "boolean")
    return typeof a === typeof b ? Number(a) - Number(b) : Number.NaN;
  return a < b ? -1 : a > b ? 1 : a == b ? 0 : Number.NaN;
}

/** By unsigned bytes, the shorter first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all others. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}
