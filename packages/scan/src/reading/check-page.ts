import type { LeafColumn } from "../parquet/leaf-column.ts";
import { deltaStream } from "./delta-lengths.ts";
import { readHybrid } from "./hybrid-runs.ts";
import { DATA, DICTIONARY, type PageHeader } from "./page-header.ts";
import { pageLength, readLevels } from "./page-levels.ts";

const PLAIN = 0;
const PLAIN_DICTIONARY = 2;
const RLE = 3;
const DELTA_BINARY_PACKED = 5;
const DELTA_LENGTH_BYTE_ARRAY = 6;
const DELTA_BYTE_ARRAY = 7;
const RLE_DICTIONARY = 8;
const BYTE_STREAM_SPLIT = 9;

// What one buffer of Arrow's can address.
const MOST_BYTES = 2 ** 31 - 1;

const WIDTHS: Readonly<Record<string, number>> = { INT32: 4, INT64: 8, INT96: 12, FLOAT: 4, DOUBLE: 8 };

/**
 * Checks that a page has all that its header says, before a decoder that trusts it sees it: levels and dictionary indexes within their bounds, each value within
 * the page. Linear in bytes and values, without an object per value.
 *
 * @param page - Uncompressed, with the levels of version 1, without those of version 2.
 * @param dictionary - Values of the chunk's dictionary; undefined where none was seen.
 * @param present - Of a page of version 2, values that are not null.
 * @throws RangeError where it has not
 */
export function checkPage(
  page: Uint8Array,
  header: PageHeader,
  leaf: LeafColumn,
  dictionary: number | undefined,
  present: number,
): void {
  if (header.type === DICTIONARY) return checkPlain(page, 0, header.values, leaf);
  const values = header.type === DATA ? readLevels(page, 0, header, leaf) : { end: 0, present };
  checkValues(page, values.end, values.present, header.encoding, leaf, dictionary);
}

/** The levels of a page of version 2, and how many of its values are not null. Throws RangeError. */
export function checkLevels(bytes: Uint8Array, start: number, header: PageHeader, leaf: LeafColumn): number {
  const { values, nulls } = header;
  if (leaf.maxDef === 0 && nulls > 0) throw new RangeError("nulls in a column that has none");
  const { present } = readLevels(bytes, start, header, leaf);
  if (present > values - nulls)
    throw new RangeError(`${values - nulls} values where levels tell of ${present}`);
  return values - nulls;
}

function checkValues(
  page: Uint8Array,
  at: number,
  count: number,
  encoding: number,
  leaf: LeafColumn,
  dictionary: number | undefined,
): void {
  const type = leaf.element.type ?? "";
  const bytesLike = type === "BYTE_ARRAY" || type === "FIXED_LEN_BYTE_ARRAY";
  if (encoding === PLAIN) return checkPlain(page, at, count, leaf);
  if ((encoding === PLAIN_DICTIONARY || encoding === RLE_DICTIONARY) && type !== "BOOLEAN") {
    if (at >= page.length) {
      if (count > 0) throw new RangeError("a page ends before its values");
      return;
    }
    if (dictionary === undefined) throw new RangeError("a page refers to a dictionary that is not there");
    if (count > 0) readHybrid(page, at + 1, page.length, page[at]!, count, dictionary - 1);
    return;
  }
  if (encoding === RLE && type === "BOOLEAN") {
    readHybrid(page, at + 4, at + 4 + pageLength(page, at), 1, count, 1);
    return;
  }
  if (encoding === DELTA_BINARY_PACKED && (type === "INT32" || type === "INT64")) {
    deltaStream(page, at, count, type === "INT32" ? 33 : 64, false);
    return;
  }
  if (encoding === DELTA_LENGTH_BYTE_ARRAY && type === "BYTE_ARRAY") {
    const { values, end } = deltaStream(page, at, count, 33, true);
    checkTexts(page, end, values, undefined, undefined);
    return;
  }
  if (encoding === DELTA_BYTE_ARRAY && bytesLike) {
    const prefixes = deltaStream(page, at, count, 33, true);
    const suffixes = deltaStream(page, prefixes.end, count, 33, true);
    checkTexts(page, suffixes.end, suffixes.values, prefixes.values, leaf.element.typeLength);
    return;
  }
  if (encoding === BYTE_STREAM_SPLIT && type !== "BYTE_ARRAY" && type !== "BOOLEAN" && type !== "INT96") {
    checkRoom(page, at, count * widthOf(leaf));
    return;
  }
  throw new RangeError(`values of the type ${type} have the encoding ${encoding}`);
}

function checkPlain(page: Uint8Array, start: number, count: number, leaf: LeafColumn): void {
  const { type } = leaf.element;
  if (type === "BOOLEAN") return checkRoom(page, start, Math.ceil(count / 8));
  if (type !== "BYTE_ARRAY") return checkRoom(page, start, count * widthOf(leaf));
  let at = start;
  for (let i = 0; i < count; i++) at += 4 + pageLength(page, at);
  checkRoom(page, at, 0);
}

/** Texts of these lengths, each of which may begin as the one before it did. */
function checkTexts(
  page: Uint8Array,
  start: number,
  lengths: Int32Array,
  prefixes: Int32Array | undefined,
  fixed: number | undefined,
): void {
  let at = start;
  let before = 0;
  let total = 0;
  for (let i = 0; i < lengths.length; i++) {
    const length = lengths[i]!;
    const prefix = prefixes?.[i] ?? 0;
    if (length < 0 || prefix < 0 || prefix > before) throw new RangeError("a text has no such length");
    before = prefix + length;
    if (fixed !== undefined && before !== fixed) throw new RangeError(`a value of ${before} bytes`);
    at += length;
    total += before;
  }
  checkRoom(page, at, 0);
  if (total > MOST_BYTES) throw new RangeError("a page has more text than can be addressed");
}

function checkRoom(page: Uint8Array, at: number, bytes: number): void {
  if (at + bytes > page.length) throw new RangeError("a page ends before its values");
}

function widthOf({ element }: LeafColumn): number {
  const width = element.type === "FIXED_LEN_BYTE_ARRAY" ? element.typeLength : WIDTHS[element.type ?? ""];
  if (width === undefined || width <= 0) throw new RangeError("values have no width");
  return width;
}
