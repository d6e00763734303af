/** A field of a table: absent where undefined, else a scalar of so many bytes, or what {@link FlatBuffer} returned for a part. */
export type FlatField =
  | undefined
  | { readonly bytes: 1 | 2 | 4 | 8; readonly value: number }
  | { readonly at: number };

/**
 * Writes one FlatBuffers message, back to front as the format wants it: parts first, then what refers to them. A part is named by its
 * distance from the end, which growing does not change.
 *
 * Source: https://flatbuffers.dev/internals/
 */
export class FlatBuffer {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  /** Bytes used, counted from the end. */
  #used = 0;

  string(text: string): number {
    const bytes = Buffer.from(text);
    this.#align(4, bytes.length + 1);
    // Zero-terminated, beside its length.
    this.#reserve(bytes.length + 1);
    this.#bytes.set(bytes, this.#head);
    this.#scalar(4, bytes.length);
    return this.#used;
  }

  /** Parts that were written before, in this order. */
  vector(parts: readonly number[]): number {
    this.#align(4, 4 * parts.length);
    for (let i = parts.length - 1; i >= 0; i--) this.#reference(parts[i]!);
    this.#scalar(4, parts.length);
    return this.#used;
  }

  /** Structs of 64-bit numbers, one after another. */
  structs(values: ArrayLike<number>, fieldsEach: number): number {
    this.#align(4, 8 * values.length);
    this.#align(8, 8 * values.length);
    for (let i = values.length - 1; i >= 0; i--) this.#scalar(8, values[i]!);
    this.#scalar(4, values.length / fieldsEach);
    return this.#used;
  }

  /** Bytes that are a FlatBuffers message of their own, of which parts are referred to; a multiple of 8 of them. */
  embed(bytes: Uint8Array): number {
    this.#align(8, bytes.length);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#head);
    return this.#used;
  }

  /** A table with these fields, by slot. */
  table(...fields: readonly FlatField[]): number {
    const end = this.#used;
    const places = fields.map((field) => {
      if (field === undefined) return 0;
      if ("at" in field) {
        this.#align(4, 0);
        this.#reference(field.at);
      } else {
        this.#align(field.bytes, 0);
        this.#scalar(field.bytes, field.value);
      }
      return this.#used;
    });
    this.#align(4, 0);
    // Where the vtable lies, seen from here: known in a moment.
    this.#scalar(4, 0);
    const table = this.#used;
    for (let i = places.length - 1; i >= 0; i--) this.#scalar(2, places[i] === 0 ? 0 : table - places[i]!);
    this.#scalar(2, table - end);
    this.#scalar(2, 2 * places.length + 4);
    this.#view.setInt32(this.#bytes.length - table, this.#used - table, true);
    return table;
  }

  /** The message whose root is `table`; its length is a multiple of 8. */
  finish(table: number): Uint8Array {
    this.#align(8, 4);
    this.#reference(table);
    return this.#bytes.subarray(this.#head);
  }

  get #head(): number {
    return this.#bytes.length - this.#used;
  }

  /** Pads so that after `extra` more bytes the place is a multiple of `size` from the end. */
  #align(size: number, extra: number): void {
    const over = (this.#used + extra) % size;
    if (over > 0) this.#reserve(size - over);
  }

  /** The distance from the reference to a part that lies behind it. */
  #reference(part: number): void {
    this.#scalar(4, this.#used + 4 - part);
  }

  #scalar(bytes: 1 | 2 | 4 | 8, value: number): void {
    this.#reserve(bytes);
    const at = this.#head;
    if (bytes === 1) this.#view.setUint8(at, value);
    else if (bytes === 2) this.#view.setUint16(at, value, true);
    else if (bytes === 4) this.#view.setUint32(at, value, true);
    else {
      this.#view.setUint32(at, value >>> 0, true);
      this.#view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
    }
  }

  #reserve(bytes: number): void {
    if (this.#used + bytes > this.#bytes.length) {
      let capacity = 2 * this.#bytes.length;
      while (capacity < this.#used + bytes) capacity *= 2;
      const grown = new Uint8Array(capacity);
      grown.set(this.#bytes, capacity - this.#bytes.length);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.#used += bytes;
  }
}
