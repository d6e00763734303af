/** A checkpoint: all files that make it, in order. */
export interface CheckpointFiles {
    readonly version: number;
    readonly kind: "classic" | "multi-part" | "v2";
    /** Names within the log. */
    readonly names: readonly string[];
}
/** Commits folded into one file. */
interface CompactedCommits {
    readonly from: number;
    readonly to: number;
    readonly name: string;
}
/** What lies in a table's `_delta_log`, by version, ascending. */
export interface LogListing {
    /** The log's folder. */
    readonly folder: string;
    readonly commits: ReadonlyMap<number, string>;
    /** Complete ones. */
    readonly checkpoints: readonly CheckpointFiles[];
    /** Versions of multi-part checkpoints that miss parts; nothing reads them. */
    readonly incompleteCheckpoints: readonly number[];
    readonly compacted: readonly CompactedCommits[];
    readonly checksums: ReadonlyMap<number, string>;
    readonly latest: number;
}
/** The name of a commit. */
export declare function commitName(version: number): string;
/** Whether a folder is a Delta table: its log has a commit or a checkpoint. A log without any is one that a writer has just begun. */
export declare function hasLog(root: string): Promise<boolean>;
/**
 * Lists a table's log.
 * @throws PitotError INVALID_ARGUMENT where there is no log, INVALID_DATA where it has no commit and no checkpoint
 */
export declare function listLog(root: string): Promise<LogListing>;
export {};
