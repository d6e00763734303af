import type { RangeSource } from "../io/range-source.ts";
import type { Scalar } from "./column-bounds.ts";
import type { ColumnChunk } from "./column-chunk.ts";
import type { LeafColumn } from "./leaf-column.ts";
/** A bloom filter of a column chunk. */
export interface BloomFilter {
    /** Size of its bit set. */
    readonly numBytes: number;
    /** False where the value is not in the chunk for certain. */
    mightContain(value: Scalar): boolean;
}
/**
 * Reads the bloom filter of a column chunk: one range request where the footer tells its length, else two. Undefined where the chunk has none, or one
 * of an algorithm that is not known. Throws IO, and INVALID_DATA where the filter is broken.
 *
 * Source: https://github.com/apache/parquet-format/blob/master/BloomFilter.md
 */
export declare function readBloomFilter(source: RangeSource, chunk: ColumnChunk, leaf: LeafColumn, signal?: AbortSignal): Promise<BloomFilter | undefined>;
