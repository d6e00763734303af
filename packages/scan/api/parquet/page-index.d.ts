import type { RangeSource } from "../io/range-source.ts";
import type { ColumnBounds } from "./column-bounds.ts";
import type { FileMetadata } from "./file-metadata.ts";
import type { LeafColumn } from "./leaf-column.ts";
import { ThriftReader } from "./thrift-compact-reader.ts";
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
/**
 * Reads the pages of a column chunk from its offset index and its column index: one range request where they lie beside each other, else two. Undefined where
 * the chunk has no offset index. Without a column index, pages have no bounds.
 *
 * Throws IO, and INVALID_DATA where the indexes are broken or contradict each other.
 *
 * Source: https://github.com/apache/parquet-format/blob/master/PageIndex.md
 */
export declare function readPageIndex(source: RangeSource, metadata: FileMetadata, rowGroup: number, leaf: LeafColumn, signal?: AbortSignal): Promise<PageIndex | undefined>;
/** Where a page lies. */
export interface PageLocation {
    readonly offset: number;
    readonly compressedSize: number;
    readonly firstRow: number;
}
/** The pages of a column chunk, by its offset index. Throws INVALID_DATA. */
export declare function decodeOffsetIndex(reader: ThriftReader, rows: number): PageLocation[];
