/**
 * A table of a FlatBuffer whose bytes are not trusted: an offset out of the buffer throws a RangeError, and all tables of a
 * buffer together have at most as many children as it has bytes, so that offsets that point back end.
 *
 * Source: https://flatbuffers.dev/internals/
 */
export class FlatTable {
  readonly #view: DataView;
  readonly #at: number;
  readonly #budget: { left: number };

  private constructor(view: DataView, at: number, budget: { left: number }) {
    this.#view = view;
    this.#at = at;
    this.#budget = budget;
  }

  /** The root table of a buffer. */
  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(view, view.getUint32(0, true), { left: bytes.length });
  }

  u8(field: number, absent: number): number {
    const at = this.#field(field);
    return at === undefined ? absent : this.#view.getUint8(at);
  }

  i16(field: number, absent: number): number {
    const at = this.#field(field);
    return at === undefined ? absent : this.#view.getInt16(at, true);
  }

  i32(field: number, absent: number): number {
    const at = this.#field(field);
    return at === undefined ? absent : this.#view.getInt32(at, true);
  }

  text(field: number): string | undefined {
    const at = this.#field(field);
    if (at === undefined) return undefined;
    const start = at + this.#view.getUint32(at, true);
    const length = this.#view.getUint32(start, true);
    this.#spend(length);
    if (start + 4 + length > this.#view.byteLength) throw new RangeError("a text ends outside");
    const { buffer, byteOffset } = this.#view;
    return Buffer.from(buffer, byteOffset + start + 4, length).toString("utf8");
  }

  table(field: number): FlatTable | undefined {
    const at = this.#field(field);
    return at === undefined ? undefined : this.#tableAt(at);
  }

  /** The tables of a vector; none where it is absent. */
  tables(field: number): FlatTable[] {
    const at = this.#field(field);
    if (at === undefined) return [];
    const start = at + this.#view.getUint32(at, true);
    const length = this.#view.getUint32(start, true);
    if (length > this.#view.byteLength / 4) throw new RangeError("a vector ends outside");
    return Array.from({ length }, (_, i) => this.#tableAt(start + 4 + i * 4));
  }

  #tableAt(at: number): FlatTable {
    this.#spend(1);
    return new FlatTable(this.#view, at + this.#view.getUint32(at, true), this.#budget);
  }

  #field(field: number): number | undefined {
    const offsets = this.#at - this.#view.getInt32(this.#at, true);
    const entry = 4 + field * 2;
    if (entry + 2 > this.#view.getUint16(offsets, true)) return undefined;
    const offset = this.#view.getUint16(offsets + entry, true);
    return offset === 0 ? undefined : this.#at + offset;
  }

  #spend(count: number): void {
    this.#budget.left -= count;
    if (this.#budget.left < 0) throw new RangeError("offsets point back");
  }
}
