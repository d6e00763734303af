/** A file that no version of a table knows. */
export interface OrphanFile {
    /** Relative to the table, with forward slashes. */
    readonly path: string;
    readonly byteLength: number;
    readonly modifiedUnixMs: number;
}
/** Which orphans are told. */
export interface FindOrphansOptions {
    /** Younger files may belong to a write under way; default one hour, in milliseconds. */
    readonly minimumAgeMs?: number;
    readonly signal?: AbortSignal;
}
/**
 * Finds files below a Delta table that no commit and no checkpoint of its log names, such as a process leaves that was killed before
 * its commit; and temporary files in the log. Files that old versions need are none. Nothing is removed.
 *
 * Costs a listing of the table and the reading of its whole log.
 *
 * @throws PitotError as `deltaSource` does
 */
export declare function findOrphans(location: string | URL, { minimumAgeMs, signal }?: FindOrphansOptions): Promise<OrphanFile[]>;
