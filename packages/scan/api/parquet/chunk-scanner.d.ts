import { type ThriftReader } from "./thrift-compact-reader.ts";
/**
 * Goes over one column chunk of a footer: checks its structure, and notes the numbers that nearly every use of a footer asks for and the
 * places of the rest. Footers are mostly column chunks, so this loop is what reading one costs: it holds its place in a local variable and
 * has the few types that chunks are made of inline, where {@link ThriftReader} would be asked for each byte.
 *
 * A read behind the end gives `undefined`, which ends every loop below; the place is compared with the end once, at last.
 */
export declare class ChunkScanner {
    #private;
    /** Place of the metadata struct; -1 where there is none. */
    metadataAt: number;
    /** Place of the statistics struct; -1 where there is none. */
    statisticsAt: number;
    totalUncompressedSize: number;
    totalCompressedSize: number;
    /** Goes over the chunk at the reader's place, and leaves the reader behind it. Throws INVALID_DATA. */
    scan(reader: ThriftReader): void;
}
