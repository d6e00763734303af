import { compressors } from "hyparquet-compressors";
import type { CompressionCodec } from "hyparquet";
import { STRUCT, ThriftReader, TRUE } from "../parquet/thrift-compact-reader.ts";

/** A column chunk of a checkpoint, and where its leaf lies in the schema. */
export interface LeafChunk {
  readonly bytes: Uint8Array;
  readonly type: string;
  readonly codec: CompressionCodec;
  readonly entries: number;
  readonly maxDef: number;
  readonly maxRep: number;
}

/** Its entries: levels, and the values of those that have the highest definition level, in order. */
export interface LeafPages {
  readonly definitions: Uint8Array;
  readonly repetitions: Uint8Array;
  readonly values: readonly (string | number | bigint)[];
}

const DATA = 0;
const DICTIONARY = 2;
const DATA_V2 = 3;
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
    const header = pageHeader(bytes, at);
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
    const bytes = unpacked(stored, header.uncompressed, codec);
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
    bytes: header.isCompressed ? unpacked(body, header.uncompressed - values, codec) : body,
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
  return { bytes: unpacked(stored, header.uncompressed, codec), at: 0 };
}

/**
 * Decodes texts and integers of a chunk into flat arrays, no object per row: ten times what a checkpoint's log takes otherwise goes into lists
 * of one value. Undefined where `chunkPages` is.
 *
 * @throws RangeError, PitotError INVALID_DATA where the bytes are not those of a chunk
 */
export function leafPages(chunk: LeafChunk): LeafPages | undefined {
  const pages = chunkPages(chunk);
  if (pages === undefined) return undefined;
  const { type, entries, maxDef } = chunk;
  const definitions = new Uint8Array(entries).fill(maxDef);
  const repetitions = new Uint8Array(entries);
  const values: (string | number | bigint)[] = [];
  const dictionary =
    pages.dictionary && plain(dictionaryBody(chunk, pages.dictionary), type, pages.dictionary.header.values);
  for (const page of pages.data) {
    const { firstEntry, header } = page;
    const end = firstEntry + header.values;
    const body = pageBody(
      chunk,
      page,
      definitions.subarray(firstEntry, end),
      repetitions.subarray(firstEntry, end),
    );
    let present = 0;
    for (let i = firstEntry; i < end; i++) if (definitions[i] === maxDef) present++;
    if (isCoded(header))
      for (const code of pageCodes(body, present)) {
        const value = dictionary![code];
        if (value === undefined) throw new RangeError("a value is not in its dictionary");
        values.push(value);
      }
    else for (const value of plain(body, type, present)) values.push(value);
  }
  return { definitions, repetitions, values };
}

/** What is told of a page before it. */
export interface PageHeader {
  type: number;
  uncompressed: number;
  compressed: number;
  values: number;
  encoding: number;
  definitionBytes: number;
  repetitionBytes: number;
  isCompressed: boolean;
  end: number;
}

function pageHeader(bytes: Uint8Array, start: number): PageHeader {
  const reader = new ThriftReader(bytes, start);
  const header: PageHeader = {
    type: -1,
    uncompressed: 0,
    compressed: 0,
    values: 0,
    encoding: PLAIN,
    definitionBytes: 0,
    repetitionBytes: 0,
    isCompressed: true,
    end: 0,
  };
  for (let id = 0; reader.field(id); id = reader.id) {
    if (reader.id === 1) header.type = reader.int();
    else if (reader.id === 2) header.uncompressed = reader.int();
    else if (reader.id === 3) header.compressed = reader.int();
    else if (reader.type === STRUCT && [5, 7, 8].includes(reader.id)) {
      const kind = reader.id;
      dataHeader(reader, header, kind === 8);
      // The struct's fields have moved the cursor's own id on.
      reader.id = kind;
    } else {
      const own = reader.id;
      reader.skip(reader.type);
      reader.id = own;
    }
  }
  if (header.compressed < 0 || header.values < 0) throw new RangeError("a page has a negative size");
  header.end = reader.pos;
  return header;
}

function dataHeader(reader: ThriftReader, header: PageHeader, v2: boolean): void {
  for (let id = 0; reader.field(id); id = reader.id) {
    if (reader.id === 1) header.values = reader.int();
    else if (reader.id === (v2 ? 4 : 2)) header.encoding = reader.int();
    else if (v2 && reader.id === 5) header.definitionBytes = reader.int();
    else if (v2 && reader.id === 6) header.repetitionBytes = reader.int();
    else if (v2 && reader.id === 7) header.isCompressed = reader.type === TRUE;
    else {
      const own = reader.id;
      reader.skip(reader.type);
      reader.id = own;
    }
  }
}

function unpacked(bytes: Uint8Array, length: number, codec: CompressionCodec): Uint8Array {
  if (codec === "UNCOMPRESSED") return bytes;
  const decompress = compressors[codec];
  if (decompress === undefined) throw new RangeError(`its codec ${codec} is not known`);
  return decompress(bytes, length);
}

/** Little-endian. @throws RangeError beyond the end */
export function int32(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length) throw new RangeError("a page ends in the middle");
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

function plain(
  { bytes: page, at: start }: PageBody,
  type: string,
  count: number,
): (string | number | bigint)[] {
  const values: (string | number | bigint)[] = [];
  let at = start;
  if (type === "BYTE_ARRAY") {
    const buffer = Buffer.from(page.buffer, page.byteOffset, page.byteLength);
    for (let i = 0; i < count; i++) {
      const length = int32(page, at);
      at += 4 + length;
      if (length < 0 || at > page.length) throw new RangeError("a text is longer than its page");
      values.push(buffer.toString("utf8", at - length, at));
    }
    return values;
  }
  if (type === "INT32") {
    for (let i = 0; i < count; i++, at += 4) values.push(int32(page, at));
    return values;
  }
  for (let i = 0; i < count; i++, at += 8) {
    const high = int32(page, at + 4);
    const value = high * 2 ** 32 + (int32(page, at) >>> 0);
    values.push(Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) | BigInt(int32(page, at) >>> 0));
  }
  return values;
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
