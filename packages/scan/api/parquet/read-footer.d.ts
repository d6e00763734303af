import type { RangeSource } from "../io/range-source.ts";
import type { FileMetadata } from "./file-metadata.ts";
/** A footer and what reading it took. */
export interface ParquetFooter {
    readonly metadata: FileMetadata;
    /** The metadata as they stand in the file, without length and magic. */
    readonly bytes: Uint8Array;
    /** Length of the footer: metadata, their length (4 bytes) and the magic (4 bytes). */
    readonly footerBytes: number;
    /** Range requests: 1, or 2 where the first one was too short. */
    readonly requests: number;
    readonly bytesRead: number;
    /** Size of the file. */
    readonly fileBytes: number;
}
/** How to read a footer. */
export interface ReadFooterOptions {
    readonly signal?: AbortSignal;
    /** Bytes to ask for at first; by default what the footers read before in this process came to. */
    readonly guess?: number;
}
/**
 * Reads the footer of a Parquet file: one range request for the end of the file, and a second one only where the footer is
 * larger than was guessed.
 *
 * Throws `PitotError`: IO where the file cannot be read, INVALID_DATA where it is no Parquet file or its footer is broken, UNSUPPORTED where the
 * footer is encrypted. Cost: linear in the footer; a broken one fails within milliseconds.
 */
export declare function readFooter(source: RangeSource, options?: ReadFooterOptions): Promise<ParquetFooter>;
/** A footer that was read but not decoded. */
export type RawFooter = Omit<ParquetFooter, "metadata">;
/** The bytes of a footer. Throws as {@link readFooter} does. */
export declare function readFooterBytes(source: RangeSource, guess: number | undefined, signal: AbortSignal | undefined): Promise<RawFooter>;
/** What `work` gives; its errors name the file. */
export declare function named<T>(source: RangeSource, work: () => T): T;
