// The pages of a column chunk as plain bytes and codes, for kernels that make flat arrays of them: no object per value.
import { decompressPage } from "./decompress-page.ts";
import { DATA, DATA_V2, DICTIONARY, readPageHeader, type PageHeader } from "./page-header.ts";

/** A column chunk as it is stored, and where its leaf lies in the schema. */
export interface StoredChunk {
  readonly bytes: Uint8Array;
  readonly type: string;
  readonly codec: string;
  /** Values, nulls included. */
  readonly entries: number;
  readonly maxDef: number;
  readonly maxRep: number;
}

const PLAIN = 0;
const DICTIONARY_ENCODINGS: ReadonlySet<number> = new Set([2, 8]);

/** A page as it is stored, and which entries of the chunk it has. */
export interface StoredPage {
  readonly header: PageHeader;
  readonly stored: Uint8Array;
  readonly firstEntry: number;
}

/** The pages of a chunk, none of them decompressed yet. */
export interface StoredPages {
  readonly dictionary: StoredPage | undefined;
  readonly data: readonly StoredPage[];
}

/**
 * Finds the pages of a chunk. Undefined for an encoding beside plain values and dictionaries; hyparquet reads those.
 * @throws RangeError, PitotError INVALID_DATA where the bytes are not those of a chunk
 */
export function storedPages({ bytes, entries }: StoredChunk): StoredPages | undefined {
  let dictionary: StoredPage | undefined;
  const data: StoredPage[] = [];
  let at = 0;
  for (let entry = 0; entry < entries;) {
    const header = readPageHeader(bytes, at);
    at = header.end + header.compressed;
    if (at > bytes.length) throw new RangeError("a page is longer than its chunk");
    const page = { header, stored: bytes.subarray(header.end, at), firstEntry: entry };
    if (header.type === DICTIONARY) {
      if (dictionary !== undefined || data.length > 0) return undefined;
      dictionary = page;
    }
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
  { codec, maxDef, maxRep }: StoredChunk,
  { header, stored }: StoredPage,
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
export function dictionaryBody({ codec }: StoredChunk, { header, stored }: StoredPage): PageBody {
  return { bytes: decompressPage(stored, header.uncompressed, codec), at: 0 };
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
