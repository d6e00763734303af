import { type SnapshotScope } from "./read-run.ts";
/** What is kept; a bound that is left out keeps everything. */
export interface RetentionLimits {
    /** Longest time in ms since the end of a run. */
    readonly maxAgeMs?: number;
    /** Runs and sessions that no process writes any more. */
    readonly maxRuns?: number;
    /** Bytes on disk, as `du` counts them, of the whole snapshot folder. */
    readonly maxBytes?: number;
    /** Also runs with spans or log records that were not delivered yet. Default true; false never removes them, whatever the bounds. */
    readonly undelivered?: boolean;
    /** Tells what would be removed. */
    readonly dryRun?: boolean;
}
/** A run or session that {@link prune} removed. */
export interface PrunedScope extends SnapshotScope {
    readonly bytes: number;
    readonly undelivered: boolean;
}
/**
 * Removes runs and sessions until the bounds hold: the oldest first, and none with undelivered spans or log records before one
 * without. Those that a process died over count as ended at its last sign of life, whether they were recovered or not. Runs of living processes,
 * snapshots of later versions and folders without a readable manifest stay. Several processes may call it at once: one after the other removes.
 *
 * @throws PitotError IO where another process is at it for a minute, and what the file system throws
 */
export declare function prune(directory: string, limits: RetentionLimits): Promise<PrunedScope[]>;
