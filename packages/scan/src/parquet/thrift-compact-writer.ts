import { BINARY, FALSE, LIST, type RawField, STRUCT, TRUE } from "./thrift-compact-reader.ts";

/** Writes Thrift's compact protocol as its canonical writers do: short headers where they fit, the fewest bytes for each number. */
export class ThriftWriter {
  #bytes: Uint8Array = new Uint8Array(1024);
  #length = 0;

  /** What was written, as a copy. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Header of field `id`, after field `previous` of the same struct. */
  header(previous: number, id: number, type: number): void {
    const delta = id - previous;
    if (delta > 0 && delta < 16) this.byte((delta << 4) | type);
    else {
      this.byte(type);
      this.int(id);
    }
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  bytes(value: Uint8Array): void {
    this.#room(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  varint(value: number): void {
    this.#room(10);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** Zigzag. */
  int(value: number): void {
    this.#room(10);
    const negative = value < 0;
    // -value * 2 - 1 and value * 2 pass 53 bits: the lowest 7 bits go first, by themselves.
    const half = negative ? -value - 1 : value;
    const lowest = (half % 64) * 2 + (negative ? 1 : 0);
    const rest = Math.floor(half / 64);
    if (rest === 0) this.#bytes[this.#length++] = lowest;
    else {
      this.#bytes[this.#length++] = lowest | 128;
      this.varint(rest);
    }
  }

  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.varint(bytes.length);
    this.bytes(bytes);
  }

  list(size: number, type: number): void {
    if (size < 15) this.byte((size << 4) | type);
    else {
      this.byte(0xf0 | type);
      this.varint(size);
    }
  }

  #room(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/**
 * Writes one struct: its known fields in the order of their ids, with kept ones in between. A kept field goes before the known one of the same
 * id: it was kept because the known form would not give the same bytes.
 */
export class StructWriter {
  readonly #out: ThriftWriter;
  readonly #kept: readonly RawField[];
  #nextKept = 0;
  #previous = 0;

  constructor(out: ThriftWriter, kept: readonly RawField[] = []) {
    this.#out = out;
    this.#kept = kept;
  }

  /** Field `id` by `write`, unless its value is absent or a kept field stands for it. */
  field<T>(id: number, type: number, value: T | undefined, write: (value: T) => void): this {
    if (this.#keptUpTo(id) || value === undefined) return this;
    this.#out.header(this.#previous, id, type);
    this.#previous = id;
    write(value);
    return this;
  }

  int(id: number, type: number, value: number | undefined): this {
    return this.field(id, type, value, (number) => this.#out.int(number));
  }

  text(id: number, value: string | undefined): this {
    return this.field(id, BINARY, value, (text) => this.#out.text(text));
  }

  binary(id: number, value: Uint8Array | undefined): this {
    return this.field(id, BINARY, value, (bytes) => {
      this.#out.varint(bytes.length);
      this.#out.bytes(bytes);
    });
  }

  bool(id: number, value: boolean | undefined): this {
    return this.field(id, value === true ? TRUE : FALSE, value, () => undefined);
  }

  structs<T>(id: number, values: readonly T[] | undefined, write: (value: T) => void): this {
    return this.field(id, LIST, values, (list) => {
      this.#out.list(list.length, STRUCT);
      list.forEach(write);
    });
  }

  end(): void {
    this.#keptUpTo(Number.MAX_SAFE_INTEGER);
    this.#out.byte(0);
  }

  /** Writes kept fields up to `id`: whether one of them has that id. */
  #keptUpTo(id: number): boolean {
    let stands = false;
    for (let field = this.#kept[this.#nextKept]; field !== undefined && field.id <= id;) {
      this.#out.header(this.#previous, field.id, field.type);
      this.#out.bytes(field.bytes);
      this.#previous = field.id;
      stands = field.id === id;
      field = this.#kept[++this.#nextKept];
    }
    return stands;
  }
}
