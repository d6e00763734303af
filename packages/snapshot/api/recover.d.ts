import { type CutTail } from "./manifest.ts";
import { type SnapshotScope } from "./read-run.ts";
/** What {@link recover} did to one run or session. */
export interface RecoveredScope extends SnapshotScope {
    /**
     * `recovered` was left by a dead process and is whole now; `intact` needed nothing, or is gone by now; `live` belongs to a process that lives; `refused` is
     * of a later version, and not touched; `failed` could not be finished, and can be tried again.
     */
    readonly outcome: "recovered" | "intact" | "live" | "refused" | "failed";
    /** Of a recovered one: what its tables lost at their end. */
    readonly cut: Readonly<Record<string, CutTail>>;
    /** Of a recovered one: spans that were open. */
    readonly abortedSpans: number;
    /** Why it was refused, or failed. */
    readonly error?: unknown;
}
/**
 * Finishes what dead processes left behind in a snapshot folder: cuts torn tails at the last whole batch, closes open spans as aborted at
 * the last sign of life, compacts tables, and brings the manifest to the truth. Runs of living processes, and snapshots of a later
 * version, are not touched. Any number of processes may call it at once, and a crash of its own is recovered by the next call.
 *
 * Costs a directory listing and a small read per finished run; copies the tables of those that are not.
 */
export declare function recover(directory: string): Promise<RecoveredScope[]>;
/** {@link recover} for one run or session. Never throws. */
export declare function recoverScope(scope: SnapshotScope): Promise<RecoveredScope>;
