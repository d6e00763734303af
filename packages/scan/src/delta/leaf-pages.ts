import {
  dictionaryBody,
  isCoded,
  pageBody,
  pageCodes,
  storedPages,
  type PageBody,
  type StoredChunk,
} from "../reading/stored-pages.ts";
import { pageLength } from "../reading/page-levels.ts";

/** Its entries, each with its value. An entry that repeats a field of the row before it has a repetition level above 0. */
export type LeafValues =
  | {
      readonly kind: "numbers";
      readonly repetitions: Uint8Array;
      /** NaN is null; of 64-bit integers beyond 2^53 the nearest double, which no size or count may be. */
      readonly values: Float64Array;
    }
  | {
      readonly kind: "texts";
      readonly repetitions: Uint8Array;
      /** Places in `texts`; -1 is null. */
      readonly codes: Int32Array;
      readonly texts: readonly string[];
    };

/** The levels of a chunk's entries. Undefined, and throws, as `leafValues`. */
export function leafDefinitions(chunk: StoredChunk): Uint8Array | undefined {
  const pages = storedPages(chunk);
  if (pages === undefined || chunk.maxRep > 0) return undefined;
  const definitions = new Uint8Array(chunk.entries);
  for (const page of pages.data) {
    const end = page.firstEntry + page.header.values;
    void pageBody(chunk, page, definitions.subarray(page.firstEntry, end));
  }
  return definitions;
}

/**
 * Decodes texts and integers of a chunk into flat arrays, no object per row: ten times what a checkpoint's log takes otherwise goes into lists
 * of one value. Undefined where `storedPages` is.
 *
 * @throws RangeError, PitotError INVALID_DATA where the bytes are not those of a chunk
 */
export function leafValues(chunk: StoredChunk): LeafValues | undefined {
  const { type, entries, maxDef } = chunk;
  if (type !== "BYTE_ARRAY" && type !== "INT64" && type !== "INT32") return undefined;
  const pages = storedPages(chunk);
  if (pages === undefined) return undefined;
  const repetitions = new Uint8Array(entries);
  const values = type === "BYTE_ARRAY" ? new TextValues(entries) : new NumberValues(entries, type);
  const known = pages.dictionary?.header.values ?? 0;
  if (pages.dictionary !== undefined) values.readDictionary(dictionaryBody(chunk, pages.dictionary), known);
  for (const page of pages.data) {
    const { firstEntry, header } = page;
    const definitions = new Uint8Array(header.values);
    const end = firstEntry + header.values;
    const body = pageBody(chunk, page, definitions, repetitions.subarray(firstEntry, end));
    // Where each value goes.
    const places = new Int32Array(body.present);
    for (let i = 0, at = 0; i < definitions.length; i++)
      if (definitions[i] === maxDef) places[at++] = firstEntry + i;
    if (isCoded(header)) values.readCoded(pageCodes(body, known), places);
    else values.readPlain(body, places);
  }
  return values.finish(repetitions);
}

class NumberValues {
  readonly #type: string;
  readonly #values: Float64Array;
  #dictionary = new Float64Array(0);

  constructor(entries: number, type: string) {
    this.#type = type;
    this.#values = new Float64Array(entries).fill(Number.NaN);
  }

  readDictionary(body: PageBody, count: number): void {
    this.#dictionary = new Float64Array(count);
    this.#read(body, count, (i, value) => (this.#dictionary[i] = value));
  }

  readCoded(codes: Int32Array, places: Int32Array): void {
    for (let i = 0; i < codes.length; i++) this.#values[places[i]!] = this.#dictionary[codes[i]!]!;
  }

  readPlain(body: PageBody, places: Int32Array): void {
    this.#read(body, places.length, (i, value) => (this.#values[places[i]!] = value));
  }

  finish(repetitions: Uint8Array): LeafValues {
    return { kind: "numbers", repetitions, values: this.#values };
  }

  #read({ bytes, at }: PageBody, count: number, put: (i: number, value: number) => void): void {
    const size = this.#type === "INT32" ? 4 : 8;
    if (at + count * size > bytes.length) throw new RangeError("a page ends in the middle");
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, count * size);
    if (size === 4) for (let i = 0; i < count; i++) put(i, view.getInt32(4 * i, true));
    else
      for (let i = 0; i < count; i++)
        put(i, view.getInt32(8 * i + 4, true) * 2 ** 32 + view.getUint32(8 * i, true));
  }
}

class TextValues {
  readonly #codes: Int32Array;
  /** Those of the dictionary, then those that are written out. */
  readonly #texts: string[] = [];

  constructor(entries: number) {
    this.#codes = new Int32Array(entries).fill(-1);
  }

  readDictionary(body: PageBody, count: number): void {
    this.#read(body, count);
  }

  readCoded(codes: Int32Array, places: Int32Array): void {
    for (let i = 0; i < codes.length; i++) this.#codes[places[i]!] = codes[i]!;
  }

  readPlain(body: PageBody, places: Int32Array): void {
    const first = this.#texts.length;
    this.#read(body, places.length);
    for (let i = 0; i < places.length; i++) this.#codes[places[i]!] = first + i;
  }

  finish(repetitions: Uint8Array): LeafValues {
    return { kind: "texts", repetitions, codes: this.#codes, texts: this.#texts };
  }

  #read({ bytes, at: start }: PageBody, count: number): void {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = start;
    for (let i = 0; i < count; i++) {
      const length = pageLength(bytes, at);
      at += 4 + length;
      if (at > bytes.length) throw new RangeError("a text is longer than its page");
      this.#texts.push(buffer.toString("utf8", at - length, at));
    }
  }
}
