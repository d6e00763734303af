import type { QualityColumn } from "./quality-table.ts";
import { readRows } from "./read-rows.ts";
import { isUtf8Chunk, type Utf8Chunk } from "./utf8-chunk.ts";

/** Text of a block of rows: `codes[i]` indexes `values`, which all blocks share and which only grows; -1 is null. */
export interface CodedBlock {
  readonly codes: Int32Array;
  /** The one code of all rows, where there is only one. */
  readonly only: number | undefined;
}

/**
 * Reads a text column in blocks of dictionary codes. Rows that repeat the one before them, which is what constant columns and sorted tables
 * have, are told by comparing bytes, without making text of them.
 */
export class CodedColumn {
  readonly values: string[] = [];
  readonly #codes = new Map<string, number>();
  readonly #column: QualityColumn | null;
  readonly #chunks: readonly Utf8Chunk[] | undefined;
  #chunk = 0;
  #inChunk = 0;
  /** Constant chunks by their buffers: batches of one builder share them. */
  readonly #constants = new WeakMap<object, { offsets: Int32Array; code: number }>();

  constructor(column: QualityColumn | null) {
    this.#column = column;
    const chunks = column?.data;
    this.#chunks = chunks !== undefined && chunks.every(isUtf8Chunk) ? chunks : undefined;
  }

  /**
   * The next `count` rows; blocks follow each other from row 0 on. `from` is the first of them. A block is shorter, and the last, where the column
   * ends or cannot be read.
   */
  block(from: number, count: number): CodedBlock {
    let codes = new Int32Array(count);
    if (this.#column === null) return { codes: codes.fill(-1), only: -1 };
    let at = 0;
    if (this.#chunks === undefined)
      at = readRows(this.#column, from, count, (value, row) => (codes[row] = this.#code(value as string)));
    else
      while (at < count) {
        const chunk = this.#chunks[this.#chunk];
        if (chunk === undefined) break;
        const part = Math.min(count - at, chunk.length - this.#inChunk);
        this.#read(chunk, this.#inChunk, part, codes, at);
        at += part;
        this.#inChunk += part;
        if (this.#inChunk === chunk.length) {
          this.#chunk++;
          this.#inChunk = 0;
        }
      }
    if (at < count) codes = codes.subarray(0, at);
    const first = codes[0];
    let same = 1;
    while (same < at && codes[same] === first) same++;
    return { codes, only: same === at ? first : undefined };
  }

  #read(chunk: Utf8Chunk, from: number, count: number, codes: Int32Array, at: number): void {
    const { offset, values, valueOffsets, nullBitmap } = chunk;
    const known = this.#constants.get(values);
    if (known?.offsets === valueOffsets) {
      codes.fill(known.code, at, at + count);
      return;
    }
    const hasNulls = nullBitmap != null && nullBitmap.length > 0;
    let code = -2;
    let start = 0;
    let size = -1;
    let changes = 0;
    for (let i = 0; i < count; i++) {
      const row = from + i;
      if (hasNulls && ((nullBitmap[(offset + row) >>> 3]! >>> ((offset + row) & 7)) & 1) === 0) {
        codes[at + i] = -1;
        continue;
      }
      const begin = valueOffsets[row]!;
      const length = valueOffsets[row + 1]! - begin;
      let same = length === size;
      for (let k = 0; same && k < length; k++) same = values[begin + k] === values[start + k];
      if (!same) {
        code = this.#code(text(values, begin, begin + length));
        start = begin;
        size = length;
        changes++;
      }
      codes[at + i] = code;
    }
    if (from === 0 && count === chunk.length && changes === 1 && !hasNulls)
      this.#constants.set(values, { offsets: valueOffsets, code });
  }

  #code(value: string | number | bigint | null | undefined): number {
    if (value === null || value === undefined) return -1;
    const key = String(value);
    let code = this.#codes.get(key);
    if (code === undefined) {
      code = this.values.length;
      this.values.push(key);
      this.#codes.set(key, code);
    }
    return code;
  }
}

/** True where no chunk says that its values end beyond them, so that buffers can be stored as they are. */
export function isWhole({ data = [] }: Pick<QualityColumn, "data">): boolean {
  return data.every((chunk) => {
    const { values, valueOffsets, length } = chunk as Partial<Utf8Chunk>;
    return valueOffsets === undefined || Number(valueOffsets[length!]) <= values!.length;
  });
}

/** Never more than the bytes themselves, whatever offsets say: around them lies what is not the caller's. */
function text({ buffer, byteOffset, byteLength }: Uint8Array, from: number, to: number): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("utf8", from, to);
}
