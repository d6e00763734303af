import type { FileHandle } from "node:fs/promises";
import type { FileMetaData, SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { ACTION_KINDS, type CheckpointRow } from "./checkpoint-actions.ts";
import type { CheckpointParquet } from "./checkpoint-parquet.ts";

/** Told in a file's footer: only what was written by this writer is copied as it is. */
export const CREATED_BY = "pitot";
/** Bytes that are copied at once. */
const PIECE = 1 << 20;

type ColumnChunk = FileMetaData["row_groups"][number]["columns"][number];

/** A checkpoint that is being written, row group by row group: one of them is in memory at a time. */
export class CheckpointOutput {
  readonly #handle: FileHandle;
  readonly #bytes = new ByteWriter(1 << 16);
  readonly #writer: ParquetWriter;

  constructor(handle: FileHandle, schema: SchemaElement[]) {
    this.#handle = handle;
    this.#writer = new ParquetWriter({ writer: this.#bytes, schema, createdBy: CREATED_BY });
  }

  get rows(): number {
    return Number(this.#writer.num_rows);
  }

  /** Writes rows as one row group. */
  async write(rows: readonly CheckpointRow[]): Promise<void> {
    if (rows.length === 0) return;
    void this.#writer.write({
      columnData: ACTION_KINDS.map((name) => ({
        name,
        data: rows.map(({ kind, value }) => (kind === name ? value : null)),
        offsetIndex: false,
      })),
      rowGroupSize: rows.length,
    });
    const group = this.#writer.row_groups.at(-1)!;
    group.columns = group.columns.map((column) => moved(column, 0));
    await this.#flush();
  }

  /** Takes a row group over from another checkpoint of the same schema, byte by byte. */
  async copy({ file, metadata }: CheckpointParquet, index: number): Promise<void> {
    await this.#flush();
    const group = metadata.row_groups[index]!;
    const places = group.columns.map(({ meta_data: chunk }) => ({
      start: Number(chunk!.dictionary_page_offset ?? chunk!.data_page_offset),
      length: Number(chunk!.total_compressed_size),
    }));
    const start = Math.min(...places.map((place) => place.start));
    const end = Math.max(...places.map((place) => place.start + place.length));
    const shift = this.#bytes.offset - start;
    for (let at = start; at < end; at += PIECE)
      await this.#handle.writeFile(new Uint8Array(await file.slice(at, Math.min(at + PIECE, end))));
    this.#bytes.offset += end - start;
    this.#writer.row_groups.push({ ...group, columns: group.columns.map((column) => moved(column, shift)) });
    this.#writer.num_rows += group.num_rows;
  }

  /** Writes the footer; gives the bytes of the whole file. */
  async finish(): Promise<number> {
    void this.#writer.finish();
    await this.#flush();
    return this.#bytes.offset;
  }

  async #flush(): Promise<void> {
    if (this.#bytes.index === 0) return;
    await this.#handle.writeFile(this.#bytes.getBytes());
    this.#bytes.index = 0;
  }
}

/** A chunk some bytes further on. Of its statistics the count of nulls is kept: which actions a row group has is asked for, no bounds. */
function moved({ meta_data: chunk, file_offset }: ColumnChunk, shift: number): ColumnChunk {
  const by = BigInt(shift);
  const { dictionary_page_offset: dictionary, statistics } = chunk!;
  return {
    file_offset: file_offset + by,
    meta_data: {
      ...chunk!,
      data_page_offset: chunk!.data_page_offset + by,
      ...(dictionary === undefined ? {} : { dictionary_page_offset: dictionary + by }),
      ...(statistics?.null_count === undefined ? {} : { statistics: { null_count: statistics.null_count } }),
    },
  };
}
