import type { FlatValues } from "./flat-column.ts";
import { locatedTexts, type LocatedTexts } from "./located-texts.ts";
import type { PageBody } from "./stored-pages.ts";

/** What a page has: of the texts all, or those that the codes tell, for the rows in `rows`, or from `first` on where all have one. */
interface TextPage {
  readonly texts: LocatedTexts;
  readonly codes: Int32Array | undefined;
  readonly count: number;
  readonly first: number;
  readonly rows: Int32Array | undefined;
}

/** Texts as Arrow has them, one after the other. */
export interface ArrowTexts {
  readonly bytes: Uint8Array;
  /** One more than there are texts. */
  readonly offsets: Int32Array<ArrayBuffer>;
}

const NONE: LocatedTexts = { bytes: new Uint8Array(0), starts: new Int32Array(0), ends: new Int32Array(0) };

/** Texts where they lie in pages, until a column of them is made: then those that were selected are copied, once. Empty where there is none. */
export class FlatTexts implements FlatValues {
  readonly length: number;
  #pages: TextPage[] = [];
  #size = 0;
  #dictionary = NONE;
  #arrow: ArrowTexts | undefined;

  constructor(length: number) {
    this.length = length;
  }

  /** Bytes of text. */
  get size(): number {
    return this.#size;
  }

  readDictionary(body: PageBody, count: number): void {
    this.#dictionary = locatedTexts(body, count);
  }

  readPlain(body: PageBody, count: number, first: number, rows: Int32Array | undefined): void {
    this.#add({ texts: locatedTexts(body, count), codes: undefined, count, first, rows });
  }

  readCoded(codes: Int32Array, first: number, rows: Int32Array | undefined): void {
    this.#add({ texts: this.#dictionary, codes, count: codes.length, first, rows });
  }

  /** The rows of a selection, which is in order. */
  select(selection: Uint32Array): FlatTexts {
    const selected = new FlatTexts(selection.length);
    let next = 0;
    for (const { texts, codes, count, first, rows } of this.#pages) {
      const most = Math.min(count, selection.length - next);
      const [chosen, places] = [new Int32Array(most), new Int32Array(most)];
      let found = 0;
      for (let i = 0; i < count && next < selection.length;) {
        const wanted = selection[next]!;
        const row = rows === undefined ? first + i : rows[i]!;
        if (row < wanted) {
          i = rows === undefined ? wanted - first : i + 1;
          continue;
        }
        if (row === wanted) {
          chosen[found] = codes === undefined ? i : codes[i]!;
          places[found++] = next;
        }
        next++;
      }
      selected.#add({
        texts,
        codes: chosen.subarray(0, found),
        count: found,
        first: 0,
        rows: places.subarray(0, found),
      });
    }
    return selected;
  }

  /** All of them, of which there may be no more than 32 bits count. */
  toArrow(): ArrowTexts {
    return (this.#arrow ??= this.#copied());
  }

  #copied(): ArrowTexts {
    const bytes = new Uint8Array(this.#size);
    const offsets = new Int32Array(this.length + 1);
    let to = 0;
    let known = 0;
    for (const { texts, codes, count, first, rows } of this.#pages) {
      const { bytes: source, starts, ends } = texts;
      for (let i = 0; i < count; i++) {
        const at = codes === undefined ? i : codes[i]!;
        const [start, end] = [starts[at]!, ends[at]!];
        // Rows before this one that have no text.
        for (const own = rows === undefined ? first + i : rows[i]!; known < own;) offsets[++known] = to;
        // A call of `set` costs more than a few bytes do.
        if (end - start < 24) for (let byte = start; byte < end; byte++) bytes[to++] = source[byte]!;
        else {
          bytes.set(source.subarray(start, end), to);
          to += end - start;
        }
        offsets[++known] = to;
      }
    }
    offsets.fill(to, known + 1);
    // What is selected later is selected of these, so that the pages may go.
    const texts = { bytes, starts: offsets, ends: offsets.subarray(1) };
    this.#pages = [{ texts, codes: undefined, count: this.length, first: 0, rows: undefined }];
    this.#dictionary = NONE;
    return { bytes, offsets };
  }

  #add(page: TextPage): void {
    const { starts, ends } = page.texts;
    for (let i = 0; i < page.count; i++) {
      const at = page.codes === undefined ? i : page.codes[i]!;
      this.#size += ends[at]! - starts[at]!;
    }
    this.#pages.push(page);
  }
}
