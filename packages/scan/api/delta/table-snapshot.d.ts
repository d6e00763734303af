import { type ExactObject } from "./exact-json.ts";
import { TableFiles } from "./table-files.ts";
import { type Protocol, type TableMetadata } from "./log-actions.ts";
import { type LogListing } from "./log-listing.ts";
/** A version of a table: what its log comes to. */
export interface TableSnapshot {
    readonly root: string;
    readonly version: number;
    readonly protocol: Protocol;
    readonly metadata: TableMetadata;
    /** Oldest commit first. */
    readonly files: TableFiles;
    /** Last version of each application. */
    readonly transactions: ReadonlyMap<string, bigint>;
    /** Configuration by domain. */
    readonly domains: ReadonlyMap<string, string>;
    /** Of the last commit, where its file is there. */
    readonly commitInfo: ExactObject | undefined;
    /** Version of the checkpoint that it was read from. */
    readonly checkpoint: number | undefined;
}
/** How a version is read. */
export interface ReadSnapshotOptions {
    /** Default the last one. */
    readonly version?: number | undefined;
    readonly signal?: AbortSignal | undefined;
    /** Folders that paths may lead to, beside the table's own; undefined where nothing is to be opened. */
    readonly allowed?: readonly string[];
}
/**
 * Reads one version of a table from its log: newest action first, so that each file is decided by the first action that names it.
 *
 * @throws PitotError INVALID_ARGUMENT where the version is not there, INVALID_DATA that names file, line and rule
 */
export declare function readSnapshot(root: string, listing: LogListing, { version, signal, allowed }?: ReadSnapshotOptions): Promise<TableSnapshot>;
/** When the commit of a version was made, in Unix milliseconds, as its file's time tells. */
export declare function commitFileTime({ folder, commits }: LogListing, version: number): Promise<number | undefined>;
