// A decoder of pages believes what they say: a run of 2^31 values, a text that ends in the next page. So each page is looked at before it is decoded.
import type { ColumnChunk } from "../parquet/column-chunk.ts";
import type { LeafColumn } from "../parquet/leaf-column.ts";
import { checkLevels, checkPage } from "./check-page.ts";
import { decompressPage } from "./decompress-page.ts";
import { DATA_V2, DICTIONARY, readPageHeader, type PageHeader } from "./page-header.ts";

interface Page {
  readonly header: PageHeader;
  /** Values that are not null, of version 2. */
  readonly present: number;
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** The pages of a column chunk, as they are fetched and then decoded. */
export class ChunkPages {
  readonly leaf: LeafColumn;
  readonly start: number;
  readonly end: number;
  readonly #chunk: ColumnChunk;
  readonly #stretches: Stretch[] = [];
  /** By where what is compressed of them begins in the file. */
  readonly #pages = new Map<number, Page>();
  #dictionary: number | undefined;
  #values = 0;

  /** @param size - Bytes of the chunk in the file. */
  constructor(chunk: ColumnChunk, leaf: LeafColumn, size: number) {
    this.leaf = leaf;
    this.#chunk = chunk;
    this.start = chunk.startOffset;
    this.end = chunk.startOffset + size;
  }

  /**
   * Checks the headers of the pages in bytes that were fetched from `from` on, and levels that are not compressed.
   * @throws RangeError, PitotError INVALID_DATA where they are not pages of the chunk
   */
  fetched(bytes: Uint8Array, from: number): void {
    const stretch = { start: Math.max(from, this.start), end: Math.min(from + bytes.length, this.end) };
    if (stretch.start >= stretch.end) return;
    this.#stretches.push(stretch);
    const chunk = bytes.subarray(stretch.start - from, stretch.end - from);
    const flat = this.leaf.maxRep === 0;
    // As the decoder does: a last byte alone is no page, and padding may follow the values of a flat column.
    for (let at = 0; at < chunk.length - 1;) {
      if (flat && this.#values >= this.#chunk.numValues) break;
      at = this.#page(chunk, at, stretch.start);
    }
  }

  #page(bytes: Uint8Array, at: number, base: number): number {
    const header = readPageHeader(bytes, at);
    const next = header.end + header.compressed;
    if (next > bytes.length)
      throw new RangeError(`a page of ${header.compressed} bytes in ${bytes.length - header.end}`);
    let body = header.end;
    let present = header.values;
    if (header.type !== DICTIONARY) {
      this.#values += header.values;
      if (this.#values > this.#chunk.numValues)
        throw new RangeError(`more than the ${this.#chunk.numValues} values of the column`);
    }
    if (header.type === DATA_V2) {
      present = checkLevels(bytes, body, header, this.leaf);
      body += header.repetitionBytes + header.definitionBytes;
      if (!header.isCompressed || body === next)
        // The decoder asks for no decompression then, or for that of no bytes, so it is looked at here.
        checkPage(bytes.subarray(body, next), header, this.leaf, this.#dictionary, present);
    }
    if (header.type === DICTIONARY) this.#dictionary = header.values;
    this.#pages.set(base + body, { header, present });
    return next;
  }

  /**
   * A page's bytes, checked.
   * @param bytes - A view of the buffer that holds all that was fetched of the chunk.
   * @throws RangeError, or what a codec throws
   */
  decompress(bytes: Uint8Array, length: number): Uint8Array {
    if (bytes.length === 0 && length === 0) return bytes;
    const page = this.#pages.get(this.#place(bytes));
    if (page === undefined) throw new RangeError("a page lies where none was seen");
    const { header, present } = page;
    const checked = decompressPage(bytes, length, this.#chunk.codec);
    checkPage(checked, header, this.leaf, this.#dictionary, present);
    return checked;
  }

  #place({ byteOffset }: Uint8Array): number {
    let rest = byteOffset;
    for (const { start, end } of this.#stretches) {
      if (rest < end - start) return start + rest;
      rest -= end - start;
    }
    return -1;
  }
}
