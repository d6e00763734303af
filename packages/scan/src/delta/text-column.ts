/** Bytes of a slab that texts are written to. */
const SLAB = 1 << 20;

/**
 * Millions of texts as UTF-8 in a few slabs: the garbage collector sees no text of them. Bytes that are in memory anyway, such as a
 * decompressed page, are taken in as a slab without a copy.
 */
export class TextColumn {
  readonly #slabs: Buffer[] = [];
  #slab = new Uint32Array(16);
  #start = new Uint32Array(16);
  #length = new Uint32Array(16);
  #count = 0;
  #open = -1;
  #free = 0;

  get length(): number {
    return this.#count;
  }

  /** Makes room for so many texts, at once. */
  reserve(count: number): void {
    if (count <= this.#slab.length) return;
    this.#slab = enlarged(this.#slab, count);
    this.#start = enlarged(this.#start, count);
    this.#length = enlarged(this.#length, count);
  }

  /** Takes bytes in as a slab, which must not change any more. */
  adopt(bytes: Uint8Array): number {
    return this.#slabs.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)) - 1;
  }

  /** Adds a text that lies in a slab. */
  pushIn(slab: number, start: number, length: number): number {
    const i = this.#count++;
    if (i === this.#slab.length) this.reserve(i * 2);
    this.#slab[i] = slab;
    this.#start[i] = start;
    this.#length[i] = length;
    return i;
  }

  /** Adds a text; gives its place. */
  push(text: string): number {
    // No UTF-16 unit becomes more than three bytes.
    const most = text.length * 3;
    if (this.#open < 0 || this.#free + most > this.#slabs[this.#open]!.length) {
      // A long text gets a slab that it fills.
      if (most > SLAB / 4) {
        const bytes = Buffer.from(text);
        return this.pushIn(this.adopt(bytes), 0, bytes.length);
      }
      this.#open = this.#slabs.push(Buffer.allocUnsafeSlow(SLAB)) - 1;
      this.#free = 0;
    }
    const length = this.#slabs[this.#open]!.write(text, this.#free);
    this.#free += length;
    return this.pushIn(this.#open, this.#free - length, length);
  }

  /** The slab that text `i` lies in, between `startOf` and `endOf`. */
  slabOf(i: number): Buffer {
    return this.#slabs[this.#slab[i]!]!;
  }

  startOf(i: number): number {
    return this.#start[i]!;
  }

  endOf(i: number): number {
    return this.#start[i]! + this.#length[i]!;
  }

  text(i: number): string {
    return this.slabOf(i).toString("utf8", this.startOf(i), this.endOf(i));
  }
}

/** The same numbers with more room. */
export function enlarged<T extends Int32Array | Uint32Array | Float64Array | Uint8Array>(
  numbers: T,
  room: number,
): T {
  const larger = new (numbers.constructor as new (length: number) => T)(room);
  larger.set(numbers);
  return larger;
}
