import {
  dictionaryBody,
  isCoded,
  pageBody,
  pageCodes,
  storedPages,
  type StoredChunk,
  type StoredPages,
} from "../reading/stored-pages.ts";
import { locatedTexts, type LocatedTexts } from "../reading/located-texts.ts";
import { logError, type LogPlace } from "./log-error.ts";

const BROKEN_PAGE = "a page of the checkpoint, from this row on, cannot be read";

/** Texts where they lie: entry `i` of the chunk is `bytes` from `starts[i - first]` on, `lengths[i - first]` of them; null below 0. */
export interface PageTexts {
  readonly first: number;
  readonly end: number;
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
}

/**
 * The texts of a chunk, which stays as it is stored: pages are decompressed when they are asked for, and the last one is kept. A
 * million statistics take a fifth of their bytes so, and a table that is listed without a predicate never unpacks them.
 */
export class TextPages {
  readonly entries: number;
  readonly #chunk: StoredChunk;
  readonly #pages: StoredPages;
  readonly #place: (entry: number) => LogPlace;
  #dictionary: LocatedTexts | undefined;
  #last: PageTexts | undefined;

  private constructor(chunk: StoredChunk, pages: StoredPages, place: (entry: number) => LogPlace) {
    this.#place = place;
    this.entries = chunk.entries;
    this.#chunk = chunk;
    this.#pages = pages;
  }

  /** Undefined where the column is no text, repeats, or is encoded in a way that checkpoints seldom have. */
  static of(chunk: StoredChunk, place: (entry: number) => LogPlace): TextPages | undefined {
    if (chunk.type !== "BYTE_ARRAY" || chunk.maxRep > 0) return undefined;
    const pages = storedPages(chunk);
    return pages && new TextPages(chunk, pages, place);
  }

  /** The page that has an entry of the chunk. @throws PitotError INVALID_DATA that names its place where it is broken */
  page(entry: number): PageTexts {
    if (this.#last !== undefined && entry >= this.#last.first && entry < this.#last.end) return this.#last;
    const { data } = this.#pages;
    let [low, high] = [0, data.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (data[middle]!.firstEntry <= entry) low = middle;
      else high = middle - 1;
    }
    try {
      return (this.#last = this.#decode(low));
    } catch (cause) {
      throw logError(this.#place(data[low]?.firstEntry ?? 0), BROKEN_PAGE, undefined, cause);
    }
  }

  /** The text of an entry; undefined where it is null. */
  text(entry: number): string | undefined {
    const { first, bytes, starts, lengths } = this.page(entry);
    const length = lengths[entry - first]!;
    if (length < 0) return undefined;
    return Buffer.from(bytes.buffer, bytes.byteOffset + starts[entry - first]!, length).toString("utf8");
  }

  /** Forgets what is unpacked. */
  rest(): void {
    this.#last = undefined;
    this.#dictionary = undefined;
  }

  #decode(index: number): PageTexts {
    const page = this.#pages.data[index]!;
    const { header, firstEntry: first } = page;
    const { maxDef } = this.#chunk;
    const count = header.values;
    const definitions = new Uint8Array(count);
    const body = pageBody(this.#chunk, page, definitions);
    const texts = isCoded(header)
      ? (this.#dictionary ??= this.#readDictionary())
      : locatedTexts(body, body.present);
    const codes = isCoded(header) ? pageCodes(body, texts.starts.length) : undefined;
    const starts = new Int32Array(count);
    const lengths = new Int32Array(count);
    for (let i = 0, value = 0; i < count; i++) {
      if (definitions[i] !== maxDef) {
        lengths[i] = -1;
        continue;
      }
      const own = codes === undefined ? value : codes[value]!;
      value++;
      starts[i] = texts.starts[own]!;
      lengths[i] = texts.ends[own]! - texts.starts[own]!;
    }
    return { first, end: first + count, bytes: texts.bytes, starts, lengths };
  }

  #readDictionary(): LocatedTexts {
    const page = this.#pages.dictionary!;
    return locatedTexts(dictionaryBody(this.#chunk, page), page.header.values);
  }
}
