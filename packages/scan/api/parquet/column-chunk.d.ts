import type { ChunkScanner } from "./chunk-scanner.ts";
import { type KeyValue, type PhysicalType } from "./file-metadata.ts";
import { StatisticsScanner } from "./statistics-scanner.ts";
import { ThriftReader } from "./thrift-compact-reader.ts";
import { type ThriftWriter } from "./thrift-compact-writer.ts";
/** Statistics of a column chunk as they stand in the file: bounds are raw bytes, in the plain encoding. A count below zero counts as absent. */
export interface RawStatistics {
    /** Of files before Parquet 2.4: in the signed order of bytes or numbers. */
    readonly max?: Uint8Array;
    readonly min?: Uint8Array;
    readonly nullCount?: number;
    readonly distinctCount?: number;
    /** In the column's order. */
    readonly maxValue?: Uint8Array;
    readonly minValue?: Uint8Array;
    readonly isMaxValueExact?: boolean;
    readonly isMinValueExact?: boolean;
    readonly nanCount?: number;
}
/** How many values lie at which level, and how large texts are. */
export interface SizeStatistics {
    readonly unencodedByteArrayBytes?: number;
    readonly repetitionLevelHistogram?: readonly number[];
    readonly definitionLevelHistogram?: readonly number[];
}
/** How many pages of a kind have an encoding. */
export interface PageEncodingStats {
    readonly pageType: string;
    readonly encoding: string;
    readonly count: number;
}
/** What changes when a row group is described from another file. */
export interface ChunkPlace {
    /** Relative path, with forward slashes, of the file that has the data. */
    readonly filePath: string;
}
/**
 * One column of one row group, as a view of the footer's bytes: what is asked for is read then, since a footer of 10,000 chunks is mostly
 * asked for a few. The structure was checked when the footer was read; a getter throws INVALID_DATA where a number has
 * more than 53 bits or a list has elements of an unexpected type.
 *
 * Fields that are absent are undefined.
 */
export declare class ColumnChunk {
    #private;
    /** The footer's. */
    readonly bytes: Uint8Array;
    /** Bytes in the file; 0 where its metadata are encrypted, as for all numbers. */
    readonly totalCompressedSize: number;
    /** @param scanner - What was found at `start`. */
    constructor(bytes: Uint8Array, start: number, scanner: ChunkScanner);
    /** Values of its leaf, nulls included. */
    get numValues(): number;
    get totalUncompressedSize(): number;
    get dataPageOffset(): number;
    /** Whether its pages are encrypted. */
    get encrypted(): boolean;
    /** False where its metadata are encrypted too: then only the offsets of its indexes are known. */
    get hasMetadata(): boolean;
    /** Path of the file that has the data, relative to this one; undefined where it is this file. */
    get filePath(): string | undefined;
    /** Where the metadata were once more written beside the data; 0 in most files. */
    get fileOffset(): number;
    get offsetIndexOffset(): number | undefined;
    get offsetIndexLength(): number | undefined;
    get columnIndexOffset(): number | undefined;
    get columnIndexLength(): number | undefined;
    get indexPageOffset(): number | undefined;
    get dictionaryPageOffset(): number | undefined;
    get bloomFilterOffset(): number | undefined;
    get bloomFilterLength(): number | undefined;
    /** Undefined where it is a type that no version of the format has. */
    get type(): PhysicalType | undefined;
    /** `SNAPPY`, or `CODEC_12` where the code is not known. */
    get codec(): string;
    get encodings(): readonly string[];
    /** Names from the root, which is left out. */
    get pathInSchema(): readonly string[];
    get keyValueMetadata(): readonly KeyValue[] | undefined;
    /** As they stand; {@link columnBounds} says what they mean. */
    get statistics(): RawStatistics | undefined;
    /** Notes in `scanner` where the statistics lie in {@link bytes}; false where there are none. What {@link columnBounds} does for each chunk. */
    scanStatistics(scanner: StatisticsScanner): boolean;
    get encodingStats(): readonly PageEncodingStats[] | undefined;
    get sizeStatistics(): SizeStatistics | undefined;
    /** Where the bytes of its pages begin: the dictionary, where one lies before the data. */
    get startOffset(): number;
    /**
     * Writes it as it stands, byte for byte, or as another file describes it.
     *
     * @param place - What differs.
     */
    write(out: ThriftWriter, place?: ChunkPlace): void;
}
/** The elements of the list at the reader's place. */
export declare function elements<T>(reader: ThriftReader, type: number, read: (reader: ThriftReader) => T): T[];
