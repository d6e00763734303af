// A decoder of pages believes what they say: a run of 2^31 values, a text that ends in the next page. So each page is looked at before it is decoded.
import type { ColumnChunk } from "../parquet/column-chunk.ts";
import type { LeafColumn } from "../parquet/leaf-column.ts";
import { checkLevels, checkPage } from "./check-page.ts";
import { decompressPage } from "./decompress-page.ts";
import { DATA_V2, DICTIONARY, readPageHeader, type PageHeader } from "./page-header.ts";
import { leastText, tooMuchText } from "./text-limit.ts";

interface Page {
  readonly header: PageHeader;
  /** Values that are not null, of version 2. */
  readonly present: number;
}

/** Bytes of the chunk that were fetched at once. */
interface Stretch {
  readonly start: number;
  readonly bytes: Uint8Array;
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
  #text = 0;
  readonly #mostText: number;
  #outstanding = 0;

  /**
   * @param size - Bytes of the chunk in the file.
   * @param mostText - Bytes of text that are of use; a chunk with more is refused.
   */
  constructor(chunk: ColumnChunk, leaf: LeafColumn, size: number, mostText: number) {
    this.#mostText = mostText;
    this.leaf = leaf;
    this.#chunk = chunk;
    this.start = chunk.startOffset;
    this.end = chunk.startOffset + size;
  }

  /** Hears of a request. Returns whether bytes of the chunk are in it: these are then to be {@link fetched}. */
  requested(start: number, end: number): boolean {
    if (Math.max(start, this.start) >= Math.min(end, this.end)) return false;
    this.#outstanding++;
    return true;
  }

  /**
   * Takes bytes that were requested from `from` on. With the last of them, checks the headers of the pages, and levels that are not compressed.
   * @throws RangeError, PitotError INVALID_DATA where they are not pages of the chunk, UNSUPPORTED where they have too much text
   */
  fetched(bytes: Uint8Array, from: number): void {
    const start = Math.max(from, this.start);
    this.#stretches.push({ start, bytes: bytes.subarray(start - from, Math.max(start, this.end) - from) });
    if (--this.#outstanding > 0) return;
    // A dictionary and the pages that refer to it are requested side by side, and arrive in any order.
    this.#stretches.sort((a, b) => a.start - b.start);
    for (const stretch of this.#stretches) this.#check(stretch);
  }

  #check({ start, bytes }: Stretch): void {
    const flat = this.leaf.maxRep === 0;
    // As the decoder does: a last byte alone is no page, and padding may follow the values of a flat column.
    for (let at = 0; at < bytes.length - 1;) {
      if (flat && this.#values >= this.#chunk.numValues) break;
      at = this.#page(bytes, at, start);
    }
  }

  #page(bytes: Uint8Array, at: number, base: number): number {
    const header = readPageHeader(bytes, at);
    const next = header.end + header.compressed;
    if (next > bytes.length)
      throw new RangeError(`a page of ${header.compressed} bytes in ${bytes.length - header.end}`);
    if (this.leaf.element.type === "BYTE_ARRAY") this.#text += leastText(header, this.leaf);
    if (this.#text > this.#mostText) throw tooMuchText(this.#text);
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
   * @param bytes - A view of the buffer that holds all that was fetched of the chunk, in its order.
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
    for (const { start, bytes } of this.#stretches) {
      if (rest < bytes.length) return start + rest;
      rest -= bytes.length;
    }
    return -1;
  }
}
