/**
 * 64-bit hashes as two int32 halves, the same on every machine. Mixing is MurmurHash3's finaliser and block step (public domain), written for
 * int32 multiplication.
 */

const C1 = 0xcc9e2d51 | 0;
const C2 = 0x1b873593 | 0;

/** Final mix of MurmurHash3: every input bit changes every output bit. */
export function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** A hash of a 64-bit value of two halves. */
export function hashPair(lo: number, hi: number): number {
  return mix(Math.imul(lo, C1) ^ Math.imul(hi, C2));
}

/** A hash of bytes `from` to `to`. */
export function hashBytes(data: Uint8Array, from: number, to: number): number {
  let h = to - from;
  let at = from;
  for (; at + 4 <= to; at += 4) {
    let k = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24);
    k = Math.imul(k, C1);
    k = Math.imul((k << 15) | (k >>> 17), C2);
    h ^= k;
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
  }
  let rest = 0;
  for (let shift = 0; at < to; at++, shift += 8) rest |= data[at]! << shift;
  rest = Math.imul(rest, C1);
  return mix(h ^ Math.imul((rest << 15) | (rest >>> 17), C2));
}
