import type { Attributes } from "@opentelemetry/api";
import {
  ATTR_SCAN_BYTES_FOOTER,
  ATTR_SCAN_BYTES_READ,
  ATTR_SCAN_BYTES_TOTAL,
  ATTR_SCAN_RANGE_REQUESTS,
  ATTR_SCAN_ROW_GROUPS_READ,
  ATTR_SCAN_ROW_GROUPS_SKIPPED,
  ATTR_SCAN_ROW_GROUPS_TOTAL,
  ATTR_SCAN_ROWS_MATCHED,
  ATTR_SCAN_ROWS_SCANNED,
} from "@pitot/semconv";

/** What hyparquet reads from: a file, an URL, or an ArrayBuffer. */
export interface AsyncBuffer {
  readonly byteLength: number;
  slice(start: number, end?: number): ArrayBuffer | Promise<ArrayBuffer>;
}

/** The parts of hyparquet's FileMetaData that say which columns there are and where row groups lie. */
export interface ParquetMetadata {
  /** Depth first, the root first. */
  readonly schema: readonly { readonly name: string; readonly num_children?: number }[];
  readonly metadata_length?: number;
  readonly row_groups: readonly {
    readonly num_rows: bigint | number;
    readonly columns: readonly {
      readonly meta_data?: {
        readonly data_page_offset: bigint | number;
        readonly dictionary_page_offset?: bigint | number;
        readonly total_compressed_size: bigint | number;
      };
    }[];
  }[];
}

/** Rows of all row groups. */
export function rowCount(metadata: ParquetMetadata | undefined): number | undefined {
  return metadata?.row_groups.reduce((sum, { num_rows }) => sum + Number(num_rows), 0);
}

/** Names of the columns, without what is nested in them: what a read asks for. */
export function topColumns(metadata: ParquetMetadata | undefined): string[] | undefined {
  if (metadata === undefined) return undefined;
  const names: string[] = [];
  let left = 0;
  for (const { name, num_children: children = 0 } of metadata.schema.slice(1)) {
    if (left === 0) names.push(name);
    else left--;
    left += children;
  }
  return names;
}

/**
 * A buffer that counts what is asked of another. Which row groups a read touched follows from the ranges, so nothing in the reader
 * needs to be changed.
 */
export class CountingBuffer implements AsyncBuffer {
  readonly byteLength: number;
  readonly #file: AsyncBuffer;
  readonly #ranges: [start: number, end: number][] = [];

  constructor(file: AsyncBuffer) {
    this.#file = file;
    this.byteLength = file.byteLength;
  }

  slice(start: number, end?: number): ArrayBuffer | Promise<ArrayBuffer> {
    const size = this.byteLength;
    const from = start < 0 ? Math.max(0, size + start) : start;
    const to = end === undefined ? size : end < 0 ? size + end : Math.min(end, size);
    if (to > from) this.#ranges.push([from, to]);
    return this.#file.slice(start, end);
  }

  /** What a read that has ended has cost, as a scan span tells it. */
  attributes(metadata: ParquetMetadata | undefined, rowsMatched: number | undefined): Attributes {
    const ranges = this.#ranges;
    const attributes: Attributes = {
      [ATTR_SCAN_BYTES_TOTAL]: this.byteLength,
      [ATTR_SCAN_BYTES_READ]: ranges.reduce((sum, [from, to]) => sum + to - from, 0),
      [ATTR_SCAN_RANGE_REQUESTS]: ranges.length,
    };
    if (rowsMatched !== undefined) attributes[ATTR_SCAN_ROWS_MATCHED] = rowsMatched;
    if (metadata === undefined) return attributes;
    let read = 0;
    let rows = 0;
    for (const group of metadata.row_groups)
      if (group.columns.some((column) => this.#touched(column.meta_data))) {
        read++;
        rows += Number(group.num_rows);
      }
    const footer = this.byteLength - 8 - (metadata.metadata_length ?? 0);
    attributes[ATTR_SCAN_BYTES_FOOTER] = ranges.reduce(
      (sum, [from, to]) => sum + Math.max(0, to - Math.max(from, footer)),
      0,
    );
    attributes[ATTR_SCAN_ROW_GROUPS_TOTAL] = metadata.row_groups.length;
    attributes[ATTR_SCAN_ROW_GROUPS_READ] = read;
    attributes[ATTR_SCAN_ROW_GROUPS_SKIPPED] = metadata.row_groups.length - read;
    attributes[ATTR_SCAN_ROWS_SCANNED] = rows;
    return attributes;
  }

  #touched(chunk: ParquetMetadata["row_groups"][number]["columns"][number]["meta_data"]): boolean {
    if (chunk === undefined) return false;
    const start = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset);
    const end = start + Number(chunk.total_compressed_size);
    // A read of the footer fetches the last half megabyte, which may hold data: that is not a read of its row group.
    const tail = this.byteLength - 8;
    return this.#ranges.some(([from, to]) => from < end && to > start && to <= tail);
  }
}
