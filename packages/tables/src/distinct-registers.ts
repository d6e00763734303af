import { mix } from "./hash.ts";

/** Bits of a hash that choose a register. */
const BITS = 13;
const RANK_BITS = 32 - BITS;

/** Registers of a HyperLogLog sketch. */
export const REGISTERS: number = 2 ** BITS;

/** Raises the register of a hash to the hash's rank; where the hash's own bits are used up, those of its value with `salt` go on. */
export function raiseRegister(registers: Uint8Array, hash: number, salt: number): void {
  const tail = hash >>> BITS;
  const rank = tail !== 0 ? Math.clz32(tail) - BITS + 1 : RANK_BITS + 1 + Math.clz32(mix(hash ^ salt));
  const at = hash & (REGISTERS - 1);
  if (rank > registers[at]!) registers[at] = rank;
}

/** What {@link raiseRegister} wants for a 64-bit value of two halves. */
export function pairSalt(lo: number, hi: number): number {
  return hi ^ Math.imul(lo, 0x9e3779b1);
}
