// The pages of a column chunk as plain bytes and codes, for kernels that make flat arrays of them: no object per value.
import { decompressPage } from "./decompress-page.ts";
import { readHybrid } from "./hybrid-runs.ts";
import { DATA, DATA_V2, DICTIONARY, readPageHeader, type PageHeader } from "./page-header.ts";
import { readLevels } from "./page-levels.ts";

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

/** Values as they are stored, from `at` on. */
export interface PageBody {
  readonly bytes: Uint8Array;
  readonly at: number;
}

/** The values of a data page, behind its levels. */
export interface DataBody extends PageBody {
  /** How many are not null. */
  readonly present: number;
}

/** Decompresses a page; its levels go into arrays of one per entry of the page, which a column that has none needs not. */
export function pageBody(
  chunk: StoredChunk,
  { header, stored }: StoredPage,
  definitions?: Uint8Array,
  repetitions?: Uint8Array,
): DataBody {
  const { codec } = chunk;
  if (header.type === DATA) {
    const bytes = decompressPage(stored, header.uncompressed, codec);
    const { end: at, present } = readLevels(bytes, 0, header, chunk, definitions, repetitions);
    return { bytes, at, present };
  }
  const { end, present } = readLevels(stored, 0, header, chunk, definitions, repetitions);
  const body = stored.subarray(end);
  const bytes = header.isCompressed ? decompressPage(body, header.uncompressed - end, codec) : body;
  return { bytes, at: 0, present };
}

/** Places in a dictionary of `known` values, of the values of a page. @throws RangeError for one that it does not have */
export function pageCodes({ bytes, at, present }: DataBody, known: number): Int32Array {
  const codes = new Int32Array(present);
  if (present > 0) readHybrid(bytes, at + 1, bytes.length, bytes[at]!, present, known - 1, codes);
  return codes;
}

/** The values of a dictionary, decompressed. */
export function dictionaryBody({ codec }: StoredChunk, { header, stored }: StoredPage): PageBody {
  return { bytes: decompressPage(stored, header.uncompressed, codec), at: 0 };
}
