import { enlarged } from "./text-column.ts";

/** Keys that room is made for at once: a file's own count of its rows may be any. */
export const MOST_ROOM: number = 1 << 22;

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

  /** Makes room for so many keys, at once. */
  reserve(count: number): void {
    const room = 2 ** Math.ceil(Math.log2(Math.min(count, MOST_ROOM) + 1));
    if (room > this.#slab.length) this.#resize(room);
  }

  /** Who decided the key before; undefined where nobody did, and it is `by` from now on. The bytes must not change any more. */
  decide(bytes: Uint8Array, start: number, length: number, hash: number, by: number): number | undefined {
    if (this.#count === this.#slab.length) this.#resize(this.#count * 2);
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

  /** Whether somebody decided the key. */
  has(bytes: Uint8Array, start: number, length: number, hash: number): boolean {
    return this.#slots[this.#find(bytes, start, length, hash)] !== 0;
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

  #resize(room: number): void {
    this.#slab = enlarged(this.#slab, room);
    this.#start = enlarged(this.#start, room);
    this.#length = enlarged(this.#length, room);
    this.#hash = enlarged(this.#hash, room);
    this.#by = enlarged(this.#by, room);
    this.#slots = new Int32Array(room * 2);
    const mask = this.#slots.length - 1;
    for (let i = 0; i < this.#count; i++) {
      let slot = this.#hash[i]! & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = i + 1;
    }
  }
}

// What a byte may mean in a path.
const SLASH = 1;
const ODD = 2;
const MEANING = new Uint8Array(256);
MEANING[47] = SLASH;
for (const odd of ["%", ":", "\\", "\0"]) MEANING[odd.charCodeAt(0)] = ODD;

/**
 * A hash of a key's bytes, below 0 where the key may be anything but the plain path of a file below the table's folder: escaped, with a
 * scheme, absolute, or with a part that begins with a dot. Four bytes at a time, and mixed each time: paths differ in few characters.
 */
export function keyHash(bytes: Uint8Array, start: number, length: number): number {
  const end = start + length;
  let value = 0x811c9dc5;
  let odd = length === 0 || isSlashOrDot(bytes[start]!);
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const a = bytes[i]!;
    const b = bytes[i + 1]!;
    const c = bytes[i + 2]!;
    const d = bytes[i + 3]!;
    value = Math.imul(value ^ (a | (b << 8) | (c << 16) | (d << 24)), 0x9e3779b1);
    value ^= value >>> 15;
    const meaning = MEANING[a]! | MEANING[b]! | MEANING[c]! | MEANING[d]!;
    if (meaning !== 0) odd ||= (meaning & ODD) !== 0 || breaksAt(bytes, i, i + 4, end);
  }
  for (; i < end; i++) {
    value = Math.imul(value ^ bytes[i]!, 0x01000193);
    if (MEANING[bytes[i]!] !== 0) odd ||= MEANING[bytes[i]!] === ODD || breaksAt(bytes, i, i + 1, end);
  }
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  value = (value ^ (value >>> 13)) & 0x7fffffff;
  return odd ? ~value : value;
}

/** Whether a slash of the bytes from `from` to `to` is the last byte, or before another or a dot. */
function breaksAt(bytes: Uint8Array, from: number, to: number, end: number): boolean {
  for (let i = from; i < to; i++)
    if (bytes[i] === 47 && (i + 1 === end || isSlashOrDot(bytes[i + 1]!))) return true;
  return false;
}

function isSlashOrDot(byte: number): boolean {
  return byte === 47 || byte === 46;
}
