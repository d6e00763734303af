import type { AsyncBuffer } from "hyparquet";
import type { FileFooter } from "../dataset/file-footer.ts";
import type { ColumnChunk } from "../parquet/column-chunk.ts";
import type { LeafColumn } from "../parquet/leaf-column.ts";
import { decodeOffsetIndex } from "../parquet/page-index.ts";
import { ThriftReader } from "../parquet/thrift-compact-reader.ts";
import { chunkBytes } from "./chunk-bytes.ts";
import { ChunkPages } from "./chunk-pages.ts";
import { requireWithin } from "./selected-pages.ts";

/** What is fetched and decompressed of a row group's chunks, checked on the way. */
export class CheckedChunks {
  /** Path of the leaf that was looked at last when something failed; undefined while nothing did. */
  broken: string | undefined;
  readonly file: AsyncBuffer;
  /** By {@link codecOf}. */
  readonly compressors: Record<string, (bytes: Uint8Array, length: number) => Uint8Array> = {};
  readonly #chunks: ChunkPages[] = [];
  readonly #indexes = new Map<number, ColumnChunk>();
  #latest: ChunkPages | undefined;

  /** @param mostText - Of a leaf, in bytes; more is refused. No limit by default. */
  constructor(
    file: AsyncBuffer,
    footer: FileFooter,
    group: number,
    leaves: ReadonlySet<number>,
    mostText: (leaf: LeafColumn) => number = () => Infinity,
  ) {
    footer.rowGroup(group).columns.forEach((chunk, index) => {
      const leaf = footer.leaves[index];
      if (leaf === undefined || !leaves.has(index)) return;
      const pages = new ChunkPages(chunk, leaf, chunkBytes(chunk, leaf, footer), mostText(leaf));
      this.#chunks.push(pages);
      if (chunk.offsetIndexOffset !== undefined) this.#indexes.set(chunk.offsetIndexOffset, chunk);
      this.compressors[codecOf(index)] = (bytes, length) =>
        this.#guard(pages, () => pages.decompress(bytes, length));
    });
    const rows = footer.rowGroup(group).numRows;
    this.file = {
      byteLength: file.byteLength,
      slice: async (start, end = file.byteLength) => {
        const chunks = this.#chunks.filter((pages) => pages.requested(start, end));
        const buffer = await file.slice(start, end);
        const bytes = new Uint8Array(buffer);
        const index = this.#indexes.get(start);
        if (index !== undefined && end - start === index.offsetIndexLength) checkPlaces(bytes, index, rows);
        for (const pages of chunks) this.#guard(pages, () => pages.fetched(bytes, start));
        return buffer;
      },
    };
  }

  #guard<T>(pages: ChunkPages, work: () => T): T {
    this.#latest = pages;
    try {
      return work();
    } catch (error) {
      this.broken ??= this.#latest.leaf.path;
      throw error;
    }
  }
}

/** Throws RangeError, INVALID_DATA unless the pages that an offset index tells of lie within their chunk. */
function checkPlaces(bytes: Uint8Array, chunk: ColumnChunk, rows: number): void {
  requireWithin(decodeOffsetIndex(new ThriftReader(bytes), rows), chunk);
}

/** A codec of each leaf's own, so that its pages come to its own checks, uncompressed ones too. */
export function codecOf(index: number): string {
  return `leaf ${index}`;
}
