import { grown } from "./text-column.ts";

/**
 * The keys of a log's files and who decided each: open addressing over integers, verified byte by byte. A million of them cost some
 * tens of bytes each beside their bytes, and the garbage collector nothing.
 */
export class FileKeys {
  readonly #slabs: Uint8Array[] = [];
  #slab = new Uint32Array(1 << 9);
  #start = new Uint32Array(1 << 9);
  #length = new Uint32Array(1 << 9);
  #hash = new Int32Array(1 << 9);
  #by = new Int32Array(1 << 9);
  #count = 0;
  /** Place of the key, one higher; 0 is free. */
  #slots = new Int32Array(1 << 10);

  /** Who decided the key before; undefined where nobody did, and it is `by` from now on. The bytes must not change any more. */
  decide(bytes: Uint8Array, start: number, length: number, hash: number, by: number): number | undefined {
    if (this.#count * 2 >= this.#slots.length) this.#grow();
    const slot = this.#find(bytes, start, length, hash);
    const place = this.#slots[slot]!;
    if (place !== 0) return this.#by[place - 1];
    const i = this.#count++;
    this.#slots[slot] = i + 1;
    if (this.#slabs.at(-1) !== bytes) this.#slabs.push(bytes);
    this.#slab[i] = this.#slabs.length - 1;
    this.#start[i] = start;
    this.#length[i] = length;
    this.#hash[i] = hash;
    this.#by[i] = by;
    return undefined;
  }

  /** Who decided a key. */
  decidedBy(key: string): number | undefined {
    const bytes = Buffer.from(key);
    const place = this.#slots[this.#find(bytes, 0, bytes.length, keyHash(bytes, 0, bytes.length))]!;
    return place === 0 ? undefined : this.#by[place - 1];
  }

  /** Where the key is, or would be. */
  #find(bytes: Uint8Array, start: number, length: number, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const i = this.#slots[slot]! - 1;
      if (i < 0) return slot;
      if (this.#hash[i] === hash && this.#length[i] === length && this.#same(i, bytes, start, length))
        return slot;
    }
  }

  #same(i: number, bytes: Uint8Array, start: number, length: number): boolean {
    const own = this.#slabs[this.#slab[i]!]!;
    const from = this.#start[i]!;
    for (let k = 0; k < length; k++) if (own[from + k] !== bytes[start + k]) return false;
    return true;
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    if (this.#count === this.#slab.length) {
      this.#slab = grown(this.#slab);
      this.#start = grown(this.#start);
      this.#length = grown(this.#length);
      this.#hash = grown(this.#hash);
      this.#by = grown(this.#by);
    }
    const mask = this.#slots.length - 1;
    for (let i = 0; i < this.#count; i++) {
      let slot = this.#hash[i]! & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = i + 1;
    }
  }
}

/** FNV-1a over bytes, mixed at the end: paths differ in their last characters most. */
export function keyHash(bytes: Uint8Array, start: number, length: number): number {
  let value = 0x811c9dc5;
  for (let i = start; i < start + length; i++) value = Math.imul(value ^ bytes[i]!, 0x01000193);
  value ^= value >>> 15;
  value = Math.imul(value, 0x2c1b3c6d);
  return value ^ (value >>> 13);
}
