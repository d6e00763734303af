import { DataType } from "apache-arrow";
import type { LeafColumn } from "../parquet/leaf-column.ts";
import {
  dictionaryBody,
  isCoded,
  pageBody,
  pageCodes,
  storedPages,
  type PageBody,
  type StoredChunk,
} from "./stored-pages.ts";
import { FlatNumbers } from "./flat-numbers.ts";
import { FlatTexts } from "./flat-texts.ts";
import { allValid } from "./null-bitmap.ts";
import { leastText, MOST_TEXT, tooMuchText } from "./text-limit.ts";

/** A column of a row group that is neither nested nor repeated, as Arrow has it: values, and bits that tell where there are some. */
export class FlatColumn {
  readonly values: FlatNumbers | FlatTexts;
  /** None where there are no nulls. */
  readonly bitmap: Uint8Array | null;
  readonly nullCount: number;

  constructor(values: FlatNumbers | FlatTexts, bitmap: Uint8Array | null, nullCount: number) {
    this.values = values;
    this.bitmap = bitmap;
    this.nullCount = nullCount;
  }

  /** The rows of a selection. */
  select(selection: Uint32Array): FlatColumn {
    const values = this.values.select(selection);
    if (this.bitmap === null) return new FlatColumn(values, null, 0);
    const bitmap = allValid(selection.length);
    let nullCount = 0;
    for (let i = 0; i < selection.length; i++) {
      const row = selection[i]!;
      if (((this.bitmap[row >> 3]! >> (row & 7)) & 1) === 1) continue;
      bitmap[i >> 3]! &= ~(1 << (i & 7));
      nullCount++;
    }
    return new FlatColumn(values, nullCount === 0 ? null : bitmap, nullCount);
  }
}

/** Takes the values of a column page by page. Throws RangeError where a page has less than it says. */
export interface FlatValues {
  readDictionary(body: PageBody, count: number): void;
  /** Values that are written out, of the rows in `rows`, or from `first` on where all are there. */
  readPlain(body: PageBody, count: number, first: number, rows: Int32Array | undefined): void;
  /** The same, as places in the dictionary, which has them. */
  readCoded(codes: Int32Array, first: number, rows: Int32Array | undefined): void;
}

/** Whether values of a leaf that are read as `type` lie in a file as they do in Arrow, and can be a {@link FlatColumn}. */
export function isFlat(type: DataType, { element, names, maxRep }: LeafColumn): boolean {
  if (names.length !== 1 || maxRep > 0 || DataType.isDictionary(type) || DataType.isNull(type)) return false;
  if (element.type === "BYTE_ARRAY")
    return (
      DataType.isUtf8(type) ||
      DataType.isLargeUtf8(type) ||
      DataType.isBinary(type) ||
      DataType.isLargeBinary(type)
    );
  return FlatNumbers.isOf(element.type);
}

/**
 * Decodes a chunk without an object per row. Undefined for encodings beside plain values and dictionaries, and for more text than 32 bits count.
 *
 * @param mustFit - Whether more text is refused instead: hyparquet would make objects of it, of which no column can be made.
 * @throws RangeError, PitotError INVALID_DATA where the bytes are not those of a chunk, UNSUPPORTED where it has too much text
 */
export function flatColumn(chunk: StoredChunk, mustFit: boolean): FlatColumn | undefined {
  const pages = storedPages(chunk);
  if (pages === undefined) return undefined;
  const { type, entries, maxDef } = chunk;
  if (type === "BYTE_ARRAY") {
    const text = pages.data.reduce((sum, { header }) => sum + leastText(header, chunk), 0);
    if (text > MOST_TEXT) return tooLarge(text, mustFit);
  }
  const values = type === "BYTE_ARRAY" ? new FlatTexts(entries) : new FlatNumbers(entries, type);
  let bitmap: Uint8Array | null = null;
  let nullCount = 0;
  const known = pages.dictionary?.header.values ?? 0;
  if (pages.dictionary !== undefined) values.readDictionary(dictionaryBody(chunk, pages.dictionary), known);
  for (const page of pages.data) {
    const { header, firstEntry } = page;
    const definitions = new Uint8Array(maxDef === 0 ? 0 : header.values);
    const body = pageBody(chunk, page, definitions);
    const { present } = body;
    let rows: Int32Array | undefined;
    if (present < header.values) {
      bitmap ??= allValid(entries);
      rows = new Int32Array(present);
      for (let i = 0, at = 0; i < definitions.length; i++) {
        const row = firstEntry + i;
        if (definitions[i] === 1) rows[at++] = row;
        else bitmap[row >> 3]! &= ~(1 << (row & 7));
      }
      nullCount += header.values - present;
    }
    if (isCoded(header)) values.readCoded(pageCodes(body, known), firstEntry, rows);
    else values.readPlain(body, present, firstEntry, rows);
  }
  if (values instanceof FlatTexts && values.size > MOST_TEXT) return tooLarge(values.size, mustFit);
  return new FlatColumn(values, bitmap, nullCount);
}

function tooLarge(text: number, mustFit: boolean): undefined {
  if (mustFit) throw tooMuchText(text);
}
