import type { RangeSource } from "../io/range-source.ts";
import { type ReadFooterOptions } from "./read-footer.ts";
/** Counts and sizes of a Parquet file. */
export interface FooterCounts {
    readonly numRows: number;
    readonly numRowGroups: number;
    /** Leaf columns, by the first row group; 0 where there is none. */
    readonly numColumns: number;
    /** Bytes of all column chunks in the file. */
    readonly compressedBytes: number;
    /** The same, uncompressed. */
    readonly uncompressedBytes: number;
    readonly footerBytes: number;
    readonly fileBytes: number;
    readonly requests: number;
    readonly bytesRead: number;
}
/**
 * Counts and sizes of a file without building what its footer says: for sums over many files. Throws as {@link readFooter} does, though it looks
 * less closely: what it does not count it only steps over.
 */
export declare function skimFooter(source: RangeSource, options?: ReadFooterOptions): Promise<FooterCounts>;
