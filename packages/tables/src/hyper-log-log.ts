import { PitotError } from "@pitot/core";
import { BLOCK_VALUES, blockKernels } from "./block-kernels.ts";
import { checkInstance } from "./check-argument.ts";
import { pairSalt, raiseRegister, REGISTERS } from "./distinct-registers.ts";
import { hashBytes, hashPair } from "./hash.ts";
import { bit } from "./validity.ts";

/** No rank of a 64-bit hash is above this. */
const MOST = 65;

/**
 * Estimates the number of distinct values in 8 KiB: HyperLogLog (Flajolet et al., 2007) with 8,192 registers and the improved raw estimator
 * of Ertl ("New cardinality estimation algorithms for HyperLogLog sketches", 2017), which needs no corrections for few or many. Standard error 1.15 %:
 * two in three estimates are within it, 99 in 100 within 3 %. Merging is exact: the sketch of a union is the larger of each register.
 */
export class HyperLogLog {
  readonly #registers: Uint8Array;

  constructor(registers?: Uint8Array) {
    this.#registers = registers ?? new Uint8Array(REGISTERS);
    if (registers === undefined) return;
    const whole = registers instanceof Uint8Array && registers.length === REGISTERS;
    if (!whole || registers.some((rank) => rank > MOST))
      throw new PitotError("INVALID_DATA", "These are not the registers of a HyperLogLog sketch", {
        value: `${registers?.length} bytes`,
        remedy: `Give ${REGISTERS} bytes that \`bytes()\` made.`,
      });
  }

  /** Adds 64-bit values: `pairs[2i]` low, `pairs[2i + 1]` high. */
  addPairs(pairs: Int32Array, words: Int32Array | undefined, length: number): void {
    if (words === undefined) {
      this.#addBlocks(pairs, length, false);
      return;
    }
    const registers = this.#registers;
    for (let i = 0; i < length; i++) {
      if (((words[i >>> 5]! >>> (i & 31)) & 1) === 0) continue;
      const lo = pairs[2 * i]!;
      const hi = pairs[2 * i + 1]!;
      raiseRegister(registers, hashPair(lo, hi), pairSalt(lo, hi));
    }
  }

  /** Adds doubles: every NaN is one value, and −0 is 0. */
  addDoubles(values: Float64Array, length: number): void {
    this.#addBlocks(new Int32Array(values.buffer, values.byteOffset, length * 2), length, true);
  }

  #addBlocks(pairs: Int32Array, length: number, doubles: boolean): void {
    const kernels = blockKernels();
    const { int32s, registers } = kernels;
    registers.set(this.#registers);
    for (let from = 0; from < length; from += BLOCK_VALUES) {
      const count = Math.min(BLOCK_VALUES, length - from);
      int32s.set(pairs.subarray(2 * from, 2 * (from + count)));
      let filled = count;
      // The first value again, which changes nothing.
      for (; (filled & 3) !== 0; filled++) int32s.copyWithin(2 * filled, 0, 2);
      kernels.distinct(filled, doubles);
    }
    this.#registers.set(registers);
  }

  /** Adds text or binary values. */
  addBytes(
    data: Uint8Array,
    offsets: Int32Array | Float64Array,
    words: Int32Array | undefined,
    length: number,
  ): void {
    for (let i = 0; i < length; i++)
      if (words === undefined || bit(words, i) === 1)
        raiseRegister(
          this.#registers,
          hashBytes(data, offsets[i]!, offsets[i + 1]!),
          offsets[i + 1]! - offsets[i]!,
        );
  }

  merge(other: HyperLogLog): void {
    checkInstance(other, HyperLogLog);
    for (let i = 0; i < REGISTERS; i++)
      if (other.#registers[i]! > this.#registers[i]!) this.#registers[i] = other.#registers[i]!;
  }

  /** The estimate, a whole number. */
  estimate(): number {
    const counts = new Float64Array(MOST + 1);
    for (const rank of this.#registers) counts[rank]!++;
    let z = REGISTERS * tau(1 - counts[MOST]! / REGISTERS);
    for (let rank = MOST - 1; rank >= 1; rank--) z = 0.5 * (z + counts[rank]!);
    z += REGISTERS * sigma(counts[0]! / REGISTERS);
    return Math.round(((REGISTERS / (2 * Math.LN2)) * REGISTERS) / z);
  }

  /** The registers, copied. */
  bytes(): Uint8Array {
    return this.#registers.slice();
  }
}

/** Ertl's σ: the part of registers that nothing was added to. */
function sigma(x: number): number {
  if (x === 1) return Infinity;
  let y = 1;
  let z = x;
  for (let before = Number.NaN; before !== z;) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

/** Ertl's τ: the part of registers that can hold no higher rank. */
function tau(x: number): number {
  if (x === 0 || x === 1) return 0;
  let y = 1;
  let z = 1 - x;
  for (let before = Number.NaN; before !== z;) {
    x = Math.sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}
