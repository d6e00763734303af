import { PitotError } from "@pitot/core";
import type { RangeSource } from "../io/range-source.ts";
import { BoundPair } from "./bound-pair.ts";
import { type BoundsOrder, boundsOrder } from "./bounds-order.ts";
import type { ColumnBounds } from "./column-bounds.ts";
import { chunkOf } from "./chunk-of.ts";
import { type ColumnChunk, elements } from "./column-chunk.ts";
import type { FileMetadata } from "./file-metadata.ts";
import type { LeafColumn } from "./leaf-column.ts";
import { BINARY, FALSE, I32, I64, LIST, STRUCT, ThriftReader, TRUE } from "./thrift-compact-reader.ts";

/** A page of a column chunk: where it lies, which rows it has, and what is known of them. */
export interface PageBounds {
  /** Place in the file, header included. */
  readonly offset: number;
  readonly compressedSize: number;
  /** First row, counted within the row group. */
  readonly firstRow: number;
  /** `rows` are those of the page. */
  readonly bounds: ColumnBounds;
}

/** How the bounds of the pages follow each other. */
export type BoundaryOrder = "UNORDERED" | "ASCENDING" | "DESCENDING";

/** The pages of a column chunk. */
export interface PageIndex {
  readonly pages: readonly PageBounds[];
  readonly boundaryOrder: BoundaryOrder;
}

const LARGEST_INDEX = 256 * 1024 * 1024;

/**
 * Reads the pages of a column chunk from its offset index and its column index: one range request where they lie beside each other, else two. Undefined where
 * the chunk has no offset index. Without a column index, pages have no bounds.
 *
 * Throws IO, and INVALID_DATA where the indexes are broken or contradict each other.
 *
 * Source: https://github.com/apache/parquet-format/blob/master/PageIndex.md
 */
export async function readPageIndex(
  source: RangeSource,
  metadata: FileMetadata,
  rowGroup: number,
  leaf: LeafColumn,
  signal?: AbortSignal,
): Promise<PageIndex | undefined> {
  const { group, chunk } = chunkOf(metadata, rowGroup, leaf);
  const places = indexPlaces(source, chunk);
  if (places === undefined) return undefined;
  const [offsetBytes, columnBytes] = await readBoth(source, places, signal);
  const offsets = decodeOffsetIndex(new ThriftReader(offsetBytes), group.numRows);
  const columns =
    columnBytes === undefined ? undefined : decodeColumnIndex(new ThriftReader(columnBytes), offsets.length);
  const order = boundsOrder(metadata, leaf);
  const pages = offsets.map(({ offset, compressedSize, firstRow }, page) => {
    const rows = (offsets[page + 1]?.firstRow ?? group.numRows) - firstRow;
    const bounds =
      columns === undefined
        ? { minExact: false, maxExact: false, rows }
        : pageBounds(columns, page, leaf, rows, order);
    return { offset, compressedSize, firstRow, bounds };
  });
  return { pages, boundaryOrder: columns?.boundaryOrder ?? "UNORDERED" };
}

interface Place {
  readonly start: number;
  readonly end: number;
}

function indexPlaces(
  source: RangeSource,
  chunk: ColumnChunk,
): [offsets: Place, columns: Place | undefined] | undefined {
  if (chunk.encrypted) return undefined;
  const offsets = place(source, chunk.offsetIndexOffset, chunk.offsetIndexLength);
  if (offsets === undefined) return undefined;
  return [offsets, place(source, chunk.columnIndexOffset, chunk.columnIndexLength)];
}

function place(
  source: RangeSource,
  offset: number | undefined,
  length: number | undefined,
): Place | undefined {
  if (offset === undefined || length === undefined) return undefined;
  const end = offset + length;
  if (offset < 0 || length <= 0 || length > LARGEST_INDEX || end > (source.byteLength ?? end))
    throw new PitotError("INVALID_DATA", `${source.location}: a page index lies outside of the file`, {
      value: `${offset}, ${length} bytes`,
      remedy: "Read the file without page indexes, or write it anew",
    });
  return { start: offset, end };
}

// Writers put both indexes of all columns in one stretch: reading over a gap of this size is cheaper than a second request.
const GAP = 64 * 1024;

async function readBoth(
  source: RangeSource,
  [offsets, columns]: [Place, Place | undefined],
  signal: AbortSignal | undefined,
): Promise<[Uint8Array, Uint8Array | undefined]> {
  if (columns === undefined) return [await source.slice(offsets.start, offsets.end, signal), undefined];
  const start = Math.min(offsets.start, columns.start);
  const end = Math.max(offsets.end, columns.end);
  const lengths = offsets.end - offsets.start + (columns.end - columns.start);
  if (end - start - lengths > GAP)
    return Promise.all([
      source.slice(offsets.start, offsets.end, signal),
      source.slice(columns.start, columns.end, signal),
    ]);
  const bytes = await source.slice(start, end, signal);
  return [
    bytes.subarray(offsets.start - start, offsets.end - start),
    bytes.subarray(columns.start - start, columns.end - start),
  ];
}

/** Where a page lies. */
export interface PageLocation {
  readonly offset: number;
  readonly compressedSize: number;
  readonly firstRow: number;
}

/** The pages of a column chunk, by its offset index. Throws INVALID_DATA. */
export function decodeOffsetIndex(reader: ThriftReader, rows: number): PageLocation[] {
  let pages: PageLocation[] | undefined;
  let id = 0;
  while (reader.field(id)) {
    id = reader.id;
    if (id === 1 && reader.type === LIST) pages = elements(reader, STRUCT, decodeLocation);
    else reader.skip(reader.type);
  }
  if (pages === undefined) return reader.fail("An offset index has no pages", id);
  let last = 0;
  for (const { firstRow } of pages) {
    if (firstRow < last || firstRow > rows)
      reader.fail("Pages of an offset index are out of order", firstRow);
    last = firstRow;
  }
  if (pages.length > 0 && pages[0]!.firstRow !== 0)
    reader.fail("The first page of an offset index does not begin at row 0", pages[0]!.firstRow);
  return pages;
}

function decodeLocation(reader: ThriftReader): PageLocation {
  let offset = -1;
  let compressedSize = -1;
  let firstRow = -1;
  let id = 0;
  while (reader.field(id)) {
    id = reader.id;
    if (id === 1 && reader.type === I64) offset = reader.int();
    else if (id === 2 && reader.type === I32) compressedSize = reader.int();
    else if (id === 3 && reader.type === I64) firstRow = reader.int();
    else reader.skip(reader.type);
  }
  if (offset < 0 || compressedSize < 0 || firstRow < 0) reader.fail("A page has no place", offset);
  return { offset, compressedSize, firstRow };
}

interface ColumnIndex {
  readonly nullPages: readonly boolean[];
  readonly minValues: readonly Uint8Array[];
  readonly maxValues: readonly Uint8Array[];
  readonly boundaryOrder: BoundaryOrder;
  readonly nullCounts: readonly number[] | undefined;
  readonly nanCounts: readonly number[] | undefined;
}

const ORDERS: readonly BoundaryOrder[] = ["UNORDERED", "ASCENDING", "DESCENDING"];

function decodeColumnIndex(reader: ThriftReader, pages: number): ColumnIndex {
  let nullPages: boolean[] = [];
  let minValues: Uint8Array[] = [];
  let maxValues: Uint8Array[] = [];
  let boundaryOrder: BoundaryOrder = "UNORDERED";
  let nullCounts: number[] | undefined;
  let nanCounts: number[] | undefined;
  let id = 0;
  while (reader.field(id)) {
    id = reader.id;
    const { type } = reader;
    if (id === 1 && type === LIST) nullPages = booleans(reader);
    else if (id === 2 && type === LIST) minValues = elements(reader, BINARY, binary);
    else if (id === 3 && type === LIST) maxValues = elements(reader, BINARY, binary);
    else if (id === 4 && type === I32) boundaryOrder = ORDERS[reader.int()] ?? "UNORDERED";
    else if (id === 5 && type === LIST) nullCounts = elements(reader, I64, int);
    else if (id === 8 && type === LIST) nanCounts = elements(reader, I64, int);
    else reader.skip(type);
  }
  const lengths = [nullPages, minValues, maxValues, nullCounts ?? nullPages, nanCounts ?? nullPages];
  if (lengths.some((list) => list.length !== pages))
    reader.fail("A column index and its offset index have different numbers of pages", nullPages.length);
  return { nullPages, minValues, maxValues, boundaryOrder, nullCounts, nanCounts };
}

function pageBounds(
  columns: ColumnIndex,
  page: number,
  leaf: LeafColumn,
  rows: number,
  order: BoundsOrder,
): ColumnBounds {
  const nanCount = columns.nanCounts?.[page] ?? -1;
  let nullCount = columns.nullCounts?.[page] ?? -1;
  const pair = new BoundPair();
  if (columns.nullPages[page] === true) {
    // parquet-mr also marks pages so whose bounds it did not collect: it is believed only of pages that can be all null, where no count says
    // otherwise. Only of a column that does not repeat do values and rows count the same.
    if (nullCount < 0 && leaf.maxDef > 0 && leaf.maxRep === 0) nullCount = rows;
  } else {
    const min = columns.minValues[page]!;
    const max = columns.maxValues[page]!;
    if (order === "defined" || (order === "definedIfSame" && Buffer.compare(min, max) === 0)) {
      // Pages never say whether a bound was cut.
      pair.setMin(leaf.boundKind, min, 0, min.length, undefined);
      pair.setMax(leaf.boundKind, max, 0, max.length, undefined);
      pair.dropHalf(leaf.boundKind, min.length, max.length);
    }
  }
  return pair.toBounds(rows, nullCount, nanCount, -1);
}

function booleans(reader: ThriftReader): boolean[] {
  const { size, type } = reader.list();
  if (size > 0 && type !== TRUE && type !== FALSE) reader.fail("A list has elements of another type", type);
  return Array.from({ length: size }, () => reader.byte() === TRUE);
}

function binary(reader: ThriftReader): Uint8Array {
  return reader.binary();
}

function int(reader: ThriftReader): number {
  return reader.int();
}
