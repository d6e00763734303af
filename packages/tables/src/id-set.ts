import { PitotError } from "@pitot/core";
import { hashBytes, hashPair } from "./hash.ts";
import { idKeys, type IdKeys } from "./id-keys.ts";
import { idColumnOf } from "./id-type.ts";
import { tableView, type TableInput } from "./table-input.ts";
import { bit } from "./validity.ts";

/**
 * A set of ids, exact: of 64-bit values in 16–32 bytes each, of text and binary in their bytes and about 20. What duplicates and references are
 * looked for with; carry it from batch to batch of a stream. Nulls are no ids.
 */
export class IdSet {
  #family: string | undefined;
  readonly #pairs = new PairSet();
  readonly #bytes = new ByteSet();

  /** Ids in the set. */
  get size(): number {
    return this.#pairs.size + this.#bytes.size;
  }

  /** Adds the ids of a column. @throws PitotError as `qualityFromReferences` */
  add(table: TableInput, column: string): this {
    for (const chunk of idColumnOf(tableView(table), column).chunks) {
      const keys = idKeys(chunk);
      this.rows(keys, chunk.length, column, true, () => {});
    }
    return this;
  }

  /**
   * Visits the rows of `keys` that the set has (`adding`: those that it had already, while all are added; else those that it does not have).
   * For this package.
   */
  rows(keys: IdKeys, length: number, column: string, adding: boolean, visit: (row: number) => void): void {
    if (keys.family === "any") return;
    if (this.size > 0 && this.#family !== keys.family)
      throw new PitotError(
        "INVALID_ARGUMENT",
        `The ids of column ${column} cannot be compared with those before`,
        {
          value: `${keys.family} and ${this.#family}`,
          remedy: "Cast one of the columns.",
        },
      );
    if (adding) this.#family = keys.family;
    const { words, pairs, bytes } = keys;
    for (let row = 0; row < length; row++) {
      if (words !== undefined && bit(words, row) === 0) continue;
      const had =
        pairs === undefined
          ? this.#bytes.look(bytes!.data, bytes!.starts[row]!, bytes!.ends[row]!, adding)
          : this.#pairs.look(pairs[2 * row]!, pairs[2 * row + 1]!, adding);
      if (had === adding) visit(row);
    }
  }
}

/** Open addressing over two int32 arrays; a third tells which slots are taken, since 0 is an id too. */
class PairSet {
  size = 0;
  #mask = 1023;
  #keys = new Int32Array(2048);
  #taken = new Uint8Array(1024);

  look(lo: number, hi: number, adding: boolean): boolean {
    let slot = hashPair(lo, hi) & this.#mask;
    while (this.#taken[slot] === 1) {
      if (this.#keys[2 * slot] === lo && this.#keys[2 * slot + 1] === hi) return true;
      slot = (slot + 1) & this.#mask;
    }
    if (adding) {
      this.#put(slot, lo, hi);
      if (++this.size * 2 > this.#mask) this.#grow();
    }
    return false;
  }

  #put(slot: number, lo: number, hi: number): void {
    this.#taken[slot] = 1;
    this.#keys[2 * slot] = lo;
    this.#keys[2 * slot + 1] = hi;
  }

  #grow(): void {
    const [keys, taken] = [this.#keys, this.#taken];
    const slots = 2 * taken.length;
    this.#mask = slots - 1;
    this.#keys = new Int32Array(2 * slots);
    this.#taken = new Uint8Array(slots);
    for (let i = 0; i < taken.length; i++) {
      if (taken[i] === 0) continue;
      let slot = hashPair(keys[2 * i]!, keys[2 * i + 1]!) & this.#mask;
      while (this.#taken[slot] === 1) slot = (slot + 1) & this.#mask;
      this.#put(slot, keys[2 * i]!, keys[2 * i + 1]!);
    }
  }
}

/** Open addressing over entries whose bytes lie one behind the other. */
class ByteSet {
  size = 0;
  #mask = 1023;
  /** Entry + 1; 0 is free. */
  #slots = new Int32Array(1024);
  #hashes = new Int32Array(512);
  #ends = new Float64Array(513);
  #data = new Uint8Array(16_384);

  look(data: Uint8Array, from: number, to: number, adding: boolean): boolean {
    const hash = hashBytes(data, from, to);
    let slot = hash & this.#mask;
    for (let entry = this.#slots[slot]!; entry !== 0; entry = this.#slots[slot]!) {
      if (this.#hashes[entry - 1] === hash && this.#equals(entry - 1, data, from, to)) return true;
      slot = (slot + 1) & this.#mask;
    }
    if (adding) this.#append(slot, hash, data, from, to);
    return false;
  }

  #equals(entry: number, data: Uint8Array, from: number, to: number): boolean {
    const start = this.#ends[entry]!;
    if (this.#ends[entry + 1]! - start !== to - from) return false;
    for (let k = 0; k < to - from; k++) if (this.#data[start + k] !== data[from + k]) return false;
    return true;
  }

  #append(slot: number, hash: number, data: Uint8Array, from: number, to: number): void {
    const start = this.#ends[this.size]!;
    const end = start + to - from;
    if (end > this.#data.length) this.#data = enlarged(this.#data, Math.max(end, 2 * this.#data.length));
    for (let k = from; k < to; k++) this.#data[start + k - from] = data[k]!;
    this.#hashes[this.size] = hash;
    this.#ends[++this.size] = end;
    this.#slots[slot] = this.size;
    if (this.size === this.#hashes.length) this.#grow();
  }

  #grow(): void {
    this.#hashes = enlarged(this.#hashes, 2 * this.size);
    this.#ends = enlarged(this.#ends, 2 * this.size + 1);
    this.#slots = new Int32Array(4 * this.size);
    this.#mask = this.#slots.length - 1;
    for (let entry = 0; entry < this.size; entry++) {
      let slot = this.#hashes[entry]! & this.#mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = entry + 1;
    }
  }
}

function enlarged<T extends Uint8Array | Int32Array | Float64Array>(array: T, length: number): T {
  const larger = new (array.constructor as new (length: number) => T)(length);
  larger.set(array);
  return larger;
}
