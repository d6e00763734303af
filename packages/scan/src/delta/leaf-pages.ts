import { decompressPage } from "../reading/decompress-page.ts";
import { DATA, DATA_V2, DICTIONARY, readPageHeader, type PageHeader } from "../reading/page-header.ts";
import type { LeafChunk } from "./leaf-chunk.ts";

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

const PLAIN = 0;
const DICTIONARY_ENCODINGS: ReadonlySet<number> = new Set([2, 8]);

/** A page as it is stored, and which entries of the chunk it has. */
export interface LeafPage {
  readonly header: PageHeader;
  readonly stored: Uint8Array;
  readonly firstEntry: number;
}

/** The pages of a chunk, none of them decompressed yet. */
export interface ChunkPages {
  readonly dictionary: LeafPage | undefined;
  readonly data: readonly LeafPage[];
}

/**
 * Finds the pages of a chunk. Undefined for a type or an encoding that checkpoints seldom have; hyparquet reads those.
 * @throws RangeError, PitotError INVALID_DATA where the bytes are not those of a chunk
 */
export function chunkPages({ bytes, type, entries }: LeafChunk): ChunkPages | undefined {
  if (type !== "BYTE_ARRAY" && type !== "INT64" && type !== "INT32") return undefined;
  let dictionary: LeafPage | undefined;
  const data: LeafPage[] = [];
  let at = 0;
  for (let entry = 0; entry < entries;) {
    const header = readPageHeader(bytes, at);
    at = header.end + header.compressed;
    if (at > bytes.length) throw new RangeError("a page is longer than its chunk");
    const page = { header, stored: bytes.subarray(header.end, at), firstEntry: entry };
    if (header.type === DICTIONARY) dictionary = page;
    if (header.type !== DATA && header.type !== DATA_V2) continue;
    if (header.values > entries - entry) throw new RangeError("a chunk has more values than it says");
    if (header.encoding !== PLAIN && !(isCoded(header) && dictionary !== undefined)) return undefined;
    entry += header.values;
    data.push(page);
  }
  return { dictionary, data };
}

/** Whether a page has places in the dictionary instead of values. */
export function isCoded({ encoding }: PageHeader): boolean {
  return DICTIONARY_ENCODINGS.has(encoding);
}

/** A page's values as they are stored, behind its levels. */
export interface PageBody {
  readonly bytes: Uint8Array;
  readonly at: number;
}

/** Decompresses a page; its levels go into arrays of one per entry of the page, which hold the highest before. */
export function pageBody(
  { codec, maxDef, maxRep }: LeafChunk,
  { header, stored }: LeafPage,
  definitions: Uint8Array,
  repetitions: Uint8Array,
): PageBody {
  const levels = (source: Uint8Array, from: number, to: number, most: number, out: Uint8Array): void =>
    hybrid(source, from, to, 32 - Math.clz32(most), out);
  if (header.type === DATA) {
    const bytes = decompressPage(stored, header.uncompressed, codec);
    let at = 0;
    for (const [most, out] of [
      [maxRep, repetitions],
      [maxDef, definitions],
    ] as const) {
      if (most === 0) continue;
      const length = int32(bytes, at);
      levels(bytes, at + 4, at + 4 + length, most, out);
      at += 4 + length;
    }
    return { bytes, at };
  }
  const values = header.repetitionBytes + header.definitionBytes;
  if (maxRep > 0) levels(stored, 0, header.repetitionBytes, maxRep, repetitions);
  if (maxDef > 0) levels(stored, header.repetitionBytes, values, maxDef, definitions);
  const body = stored.subarray(values);
  return {
    bytes: header.isCompressed ? decompressPage(body, header.uncompressed - values, codec) : body,
    at: 0,
  };
}

/** Places in the dictionary, of the values of a page. */
export function pageCodes({ bytes, at }: PageBody, present: number): Int32Array {
  const codes = new Int32Array(present);
  if (present > 0) hybrid(bytes, at + 1, bytes.length, bytes[at]!, codes);
  return codes;
}

/** The values of a dictionary, decompressed. */
export function dictionaryBody({ codec }: LeafChunk, { header, stored }: LeafPage): PageBody {
  return { bytes: decompressPage(stored, header.uncompressed, codec), at: 0 };
}

/** The levels of a chunk's entries. Undefined, and throws, as `leafValues`. */
export function leafDefinitions(chunk: LeafChunk): Uint8Array | undefined {
  const pages = chunkPages(chunk);
  if (pages === undefined || chunk.maxRep > 0) return undefined;
  const definitions = new Uint8Array(chunk.entries).fill(chunk.maxDef);
  for (const page of pages.data) {
    const end = page.firstEntry + page.header.values;
    void pageBody(chunk, page, definitions.subarray(page.firstEntry, end), new Uint8Array(0));
  }
  return definitions;
}

/**
 * Decodes texts and integers of a chunk into flat arrays, no object per row: ten times what a checkpoint's log takes otherwise goes into lists
 * of one value. Undefined where `chunkPages` is.
 *
 * @throws RangeError, PitotError INVALID_DATA where the bytes are not those of a chunk
 */
export function leafValues(chunk: LeafChunk): LeafValues | undefined {
  const pages = chunkPages(chunk);
  if (pages === undefined) return undefined;
  const { type, entries, maxDef } = chunk;
  const repetitions = new Uint8Array(entries);
  const values = type === "BYTE_ARRAY" ? new TextValues(entries) : new NumberValues(entries, type);
  if (pages.dictionary !== undefined)
    values.readDictionary(dictionaryBody(chunk, pages.dictionary), pages.dictionary.header.values);
  for (const page of pages.data) {
    const { firstEntry, header } = page;
    const definitions = new Uint8Array(header.values).fill(maxDef);
    const end = firstEntry + header.values;
    const body = pageBody(chunk, page, definitions, repetitions.subarray(firstEntry, end));
    let present = 0;
    for (const level of definitions) if (level === maxDef) present++;
    // Where each value goes.
    const places = new Int32Array(present);
    for (let i = 0, at = 0; i < definitions.length; i++)
      if (definitions[i] === maxDef) places[at++] = firstEntry + i;
    if (isCoded(header)) values.readCoded(pageCodes(body, present), places);
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
    for (let i = 0; i < codes.length; i++) {
      if (codes[i]! >= this.#dictionary.length) throw new RangeError("a value is not in its dictionary");
      this.#values[places[i]!] = this.#dictionary[codes[i]!]!;
    }
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
  #coded = 0;

  constructor(entries: number) {
    this.#codes = new Int32Array(entries).fill(-1);
  }

  readDictionary(body: PageBody, count: number): void {
    this.#read(body, count);
    this.#coded = count;
  }

  readCoded(codes: Int32Array, places: Int32Array): void {
    for (let i = 0; i < codes.length; i++) {
      if (codes[i]! >= this.#coded) throw new RangeError("a value is not in its dictionary");
      this.#codes[places[i]!] = codes[i]!;
    }
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
      const length = int32(bytes, at);
      at += 4 + length;
      if (length < 0 || at > bytes.length) throw new RangeError("a text is longer than its page");
      this.#texts.push(buffer.toString("utf8", at - length, at));
    }
  }
}

/** Little-endian. @throws RangeError beyond the end */
export function int32(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length) throw new RangeError("a page ends in the middle");
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

/** Runs and bit-packed groups (RLE/bit-packed hybrid) of `width` bits. */
function hybrid(
  bytes: Uint8Array,
  start: number,
  end: number,
  width: number,
  out: Uint8Array | Int32Array,
): void {
  if (end > bytes.length || width > 32) throw new RangeError("levels are longer than their page");
  let at = start;
  let filled = 0;
  const size = (width + 7) >> 3;
  if (width === 0) {
    out.fill(0);
    return;
  }
  while (filled < out.length) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= end || shift > 28) throw new RangeError("levels end in the middle");
      const byte = bytes[at++]!;
      header |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    if ((header & 1) === 0) {
      let value = 0;
      if (at + size > end) throw new RangeError("levels end in the middle");
      for (let i = 0; i < size; i++) value |= bytes[at++]! << (8 * i);
      const to = Math.min(out.length, filled + (header >>> 1));
      out.fill(value, filled, to);
      if (to === filled) throw new RangeError("a run has no values");
      filled = to;
      continue;
    }
    const count = Math.min((header >>> 1) * 8, out.length - filled);
    let gathered = 0;
    let bits = 0;
    if (width <= 24) {
      const mask = (1 << width) - 1;
      for (let i = 0; i < count; i++) {
        while (bits < width) {
          gathered |= bytes[at++]! << bits;
          bits += 8;
        }
        out[filled++] = gathered & mask;
        gathered >>>= width;
        bits -= width;
      }
    } else
      // Wider than what 32 bits can gather: by arithmetic.
      for (let i = 0; i < count; i++) {
        while (bits < width) {
          gathered += (bytes[at++] ?? 0) * 2 ** bits;
          bits += 8;
        }
        out[filled++] = gathered % 2 ** width;
        gathered = Math.floor(gathered / 2 ** width);
        bits -= width;
      }
    if (at > end) throw new RangeError("levels end in the middle");
    // Groups are of eight values; the last one may have more bytes than are asked for.
    at += Math.max(0, Math.ceil(((header >>> 1) * 8 * width) / 8) - Math.ceil((count * width) / 8));
  }
}
