import type { Schema } from "apache-arrow";
import type { FileMetadata } from "../parquet/file-metadata.ts";
/** The footer of a file and where the file lies. */
export interface CollectedMetadata {
    readonly location: string;
    readonly metadata: FileMetadata;
}
/** Where a sidecar goes. */
export interface SidecarOptions {
    readonly filename?: string;
}
/**
 * What the sidecar files of a folder say: its schema, and its files' row groups.
 *
 * DuckDB's `folder/*` takes sidecars for data; `folder/*.parquet` does not.
 */
export declare class ParquetMetadataSpec {
    readonly schema: Schema;
    readonly fileMetadata: readonly CollectedMetadata[];
    /** @throws PitotError INVALID_DATA where a file's columns are not the schema's, naming the first difference */
    constructor(schema: Schema, fileMetadata?: readonly CollectedMetadata[]);
    /**
     * Writes the schema without row groups: `_common_metadata`. Temporary file, fsync, rename.
     * @returns the path
     * @throws PitotError UNSUPPORTED where there are no files and Parquet has no such type
     */
    writeCommonMetadata(baseDir: string, { filename }?: SidecarOptions): Promise<string>;
    /**
     * Writes the row groups of all files: `_metadata`. Paths are relative to it, with forward slashes.
     * @returns the path; null, and nothing written, where there are no files
     * @throws PitotError INVALID_ARGUMENT for a file that does not lie below `baseDir`, UNSUPPORTED for signed and encrypted footers
     */
    writeMetadata(baseDir: string, { filename }?: SidecarOptions): Promise<string | null>;
}
