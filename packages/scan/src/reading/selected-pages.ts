import type { AsyncBuffer } from "hyparquet";
import type { ColumnChunk } from "../parquet/column-chunk.ts";
import { decodeOffsetIndex, type PageLocation } from "../parquet/page-index.ts";
import { ThriftReader } from "../parquet/thrift-compact-reader.ts";
import { FetchedChunks, type ByteRange } from "./fetched-chunks.ts";
import { readPageHeader } from "./page-header.ts";
import { rowsIn, type RowRange } from "./row-ranges.ts";

/** Pages of a column chunk that have some of the rows, one after the other. */
export interface SelectedPages {
  /** Its dictionary, and the pages. */
  readonly bytes: Uint8Array;
  /** Rows of the pages. */
  readonly entries: number;
  /** Which of these are wanted. */
  readonly places: Uint32Array;
}

/** Pages of chunks whose offset index was read before, by the places of their leaves. */
export type KnownPages = ReadonlyMap<number, readonly PageLocation[]>;

/** A chunk, and its pages where they are known. */
interface PagedChunk {
  readonly chunk: ColumnChunk;
  readonly known: readonly PageLocation[] | undefined;
}

interface Page extends PageLocation {
  readonly endRow: number;
}

/**
 * Reads the pages of column chunks without nesting that have some of the rows: in one round the offset indexes that were not read before, in a second one dictionaries and pages of all of them.
 *
 * @param rows - Of the row group.
 * @throws RangeError, PitotError INVALID_DATA where an index does not tell of the chunk's pages
 */
export async function selectPages(
  file: AsyncBuffer,
  chunks: readonly PagedChunk[],
  ranges: readonly RowRange[],
  rows: number,
): Promise<SelectedPages[]> {
  const indexes = await FetchedChunks.of(
    file,
    chunks.flatMap(({ chunk, known }) => (known === undefined ? [indexOf(chunk)] : [])),
  );
  const wanted = chunks.map(({ chunk, known }) => {
    const pages = known ?? decodeOffsetIndex(new ThriftReader(indexes.chunk(indexOf(chunk))), rows);
    requireWithin(pages, chunk);
    const dictionary = { start: chunk.startOffset, end: pages[0]?.offset ?? chunk.startOffset };
    return { dictionary, pages: overlapping(pages, ranges, rows) };
  });
  const fetched = await FetchedChunks.of(
    file,
    wanted.flatMap(({ dictionary, pages }) => [
      ...(dictionary.start < dictionary.end ? [dictionary] : []),
      ...pages.map(bytesOf),
    ]),
  );
  return wanted.map(({ dictionary, pages }) => {
    const parts = pages.map((page) => {
      const bytes = fetched.chunk(bytesOf(page));
      const { values } = readPageHeader(bytes, 0);
      if (values !== page.endRow - page.firstRow)
        throw new RangeError(
          `an offset index tells of ${page.endRow - page.firstRow} rows in a page of ${values}`,
        );
      return bytes;
    });
    if (dictionary.start < dictionary.end) parts.unshift(fetched.chunk(dictionary));
    const entries = pages.reduce((sum, { firstRow, endRow }) => sum + endRow - firstRow, 0);
    return { bytes: joined(parts), entries, places: placesWithin(pages, ranges) };
  });
}

function indexOf({ offsetIndexOffset: start = 0, offsetIndexLength: length = 0 }: ColumnChunk): ByteRange {
  return { start, end: start + length };
}

/** Throws RangeError unless pages lie within their chunk. */
export function requireWithin(pages: readonly PageLocation[], chunk: ColumnChunk): void {
  const end = chunk.startOffset + chunk.totalCompressedSize;
  for (const { offset, compressedSize } of pages)
    if (offset < chunk.startOffset || offset + compressedSize > end)
      throw new RangeError("an offset index tells of a page outside of its chunk");
}

function overlapping(pages: readonly PageLocation[], ranges: readonly RowRange[], rows: number): Page[] {
  return pages.flatMap((page, i) => {
    const endRow = pages[i + 1]?.firstRow ?? rows;
    return ranges.some(({ start, end }) => page.firstRow < end && start < endRow)
      ? [{ ...page, endRow }]
      : [];
  });
}

function bytesOf({ offset, compressedSize }: PageLocation): ByteRange {
  return { start: offset, end: offset + compressedSize };
}

/** Where the rows of the ranges are among those of the pages. */
function placesWithin(pages: readonly Page[], ranges: readonly RowRange[]): Uint32Array {
  const places = new Uint32Array(rowsIn(ranges));
  let [at, page, before] = [0, 0, 0];
  for (const { start, end } of ranges)
    for (let row = start; row < end; row++) {
      while (pages[page]!.endRow <= row) {
        before += pages[page]!.endRow - pages[page]!.firstRow;
        page++;
      }
      places[at++] = before + row - pages[page]!.firstRow;
    }
  return places;
}

/** Without Buffer's own `concat`, whose result shares its memory with others. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
