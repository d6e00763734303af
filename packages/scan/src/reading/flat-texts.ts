import type { FlatValues } from "./flat-column.ts";
import { int32, type PageBody } from "./stored-pages.ts";
import { MOST_TEXT } from "./text-limit.ts";

/** Values of a page or a dictionary: where each begins in `bytes`, and where it ends. */
interface Located {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

const NONE: Located = { bytes: new Uint8Array(0), starts: new Int32Array(0), ends: new Int32Array(0) };

/** Texts, one after the other, with the offsets at which they begin. Nothing where there is none. */
export class FlatTexts implements FlatValues {
  readonly length: number;
  /** One more than there are texts. */
  readonly offsets: Int32Array<ArrayBuffer>;
  #bytes = new Uint8Array(0);
  #used = 0;
  /** Rows of which the offsets are known. */
  #known = 0;
  #dictionary = NONE;

  constructor(length: number) {
    this.length = length;
    this.offsets = new Int32Array(length + 1);
  }

  /** Bytes of text; more than are taken where they are too many. */
  get size(): number {
    return this.#used;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, Math.min(this.#used, MOST_TEXT));
  }

  readDictionary(body: PageBody, count: number): void {
    this.#dictionary = located(body, count);
  }

  readPlain(body: PageBody, count: number, first: number, rows: Int32Array | undefined): void {
    this.#append(located(body, count), undefined, count, first, rows);
  }

  readCoded(codes: Int32Array, first: number, rows: Int32Array | undefined): void {
    const known = this.#dictionary.starts.length;
    for (let i = 0; i < codes.length; i++)
      if (codes[i]! >>> 0 >= known)
        throw new RangeError(`a value of ${codes[i]! >>> 0} where ${known - 1} is the most`);
    this.#append(this.#dictionary, codes, codes.length, first, rows);
  }

  /** Knows the last offsets. Returns whether all text fits: not all was taken where it does not. */
  finish(): boolean {
    this.offsets.fill(this.#used, this.#known + 1);
    return this.#used <= MOST_TEXT;
  }

  select(selection: Uint32Array): FlatTexts {
    const selected = new FlatTexts(selection.length);
    const source = { bytes: this.#bytes, starts: this.offsets, ends: this.offsets.subarray(1) };
    selected.#append(source, selection, selection.length, 0, undefined);
    selected.finish();
    return selected;
  }

  #append(
    { bytes: source, starts, ends }: Located,
    from: Int32Array | Uint32Array | undefined,
    count: number,
    first: number,
    rows: Int32Array | undefined,
  ): void {
    let size = this.#used;
    for (let i = 0; i < count; i++) {
      const at = from === undefined ? i : from[i]!;
      size += ends[at]! - starts[at]!;
    }
    if (size > MOST_TEXT) {
      this.#used = size;
      return;
    }
    const { offsets } = this;
    const target = this.#room(size);
    let to = this.#used;
    let row = this.#known;
    for (let i = 0; i < count; i++) {
      const at = from === undefined ? i : from[i]!;
      const [start, end] = [starts[at]!, ends[at]!];
      // Rows before this one that have no text.
      for (const own = rows === undefined ? first + i : rows[i]!; row < own;) offsets[++row] = to;
      // A call of `set` costs more than a few bytes do.
      if (end - start < 24) for (let byte = start; byte < end; byte++) target[to++] = source[byte]!;
      else {
        target.set(source.subarray(start, end), to);
        to += end - start;
      }
      offsets[++row] = to;
    }
    this.#used = to;
    this.#known = row;
  }

  #room(size: number): Uint8Array {
    if (size <= this.#bytes.length) return this.#bytes;
    // The first page is mostly the only one.
    const larger = new Uint8Array(
      this.#used === 0 ? size : Math.min(MOST_TEXT, Math.max(size, this.#bytes.length * 2)),
    );
    larger.set(this.#bytes.subarray(0, this.#used));
    return (this.#bytes = larger);
  }
}

function located({ bytes, at: start }: PageBody, count: number): Located {
  // Each has its length before it.
  if (start + 4 * count > bytes.length) throw new RangeError("a page ends before its values");
  const [starts, ends] = [new Int32Array(count), new Int32Array(count)];
  let at = start;
  for (let i = 0; i < count; i++) {
    const length = int32(bytes, at);
    starts[i] = at + 4;
    ends[i] = at += 4 + length;
    if (length < 0 || at > bytes.length) throw new RangeError("a text is longer than its page");
  }
  return { bytes, starts, ends };
}
