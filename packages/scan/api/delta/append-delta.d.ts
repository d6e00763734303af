import type { Table } from "apache-arrow";
import { type DiagnosticsSink, type SchemaViolation } from "@pitot/core";
import type { DeltaCheckpoint } from "./checkpoint-outcome.ts";
/** What an idempotent append needs: spread what `run.nextCommitVersion()` gives into it. */
export interface AppendDeltaOptions {
    /** Who writes, the same in every retry: a run's key. */
    readonly appId: string;
    /** Which write of it this is; ascends. A version that the table has, or one below it, is not written again. */
    readonly version: number;
    /** Partition columns of a new table; for a table that is there they must be its own. */
    readonly partitionBy?: readonly string[];
    /** Low-cardinality name for telemetry; default the folder's. */
    readonly name?: string;
    /** Gets the record of the outcome; default the run that is active, if any. */
    readonly sink?: DiagnosticsSink;
    /** Run that `commitInfo` names; default the active one's. */
    readonly runId?: string;
    /** Commits tried before the append gives up as `conflict`; default 100. */
    readonly maxAttempts?: number;
    readonly signal?: AbortSignal;
}
/** What became of an append. */
export interface DeltaCommit {
    /**
     * - `committed`: the rows are in the table, at `version`.
     * - `skipped_duplicate`: they were there before; nothing was written.
     * - `conflict`: the table was changed by others so that the append no longer fits, or too often; nothing was written.
     * - `failed`: only in records; `appendDelta` throws then.
     */
    readonly outcome: "committed" | "skipped_duplicate" | "conflict" | "failed";
    readonly location: string;
    readonly appId: string;
    readonly appVersion: number;
    /** Of the commit; undefined where there is none. */
    readonly version: number | undefined;
    /** Files, rows and bytes that the commit added. */
    readonly files: number;
    readonly rows: number;
    readonly bytes: number;
    /** Commits that were tried. */
    readonly attempts: number;
    readonly durationMs: number;
    /** Of the commit's version, where one was due: every `delta.checkpointInterval` versions, ten where the table does not say. */
    readonly checkpoint: DeltaCheckpoint | undefined;
    /** How the rows' schema differs from the table's, where that is why. */
    readonly violations: readonly SchemaViolation[];
    readonly error: string | undefined;
}
/**
 * Appends an Arrow table to a Delta table, once: a retry with the same `appId` and `version` writes nothing, also in another process.
 * Makes the table where there is none.
 *
 * Files are written and synced first, then one commit, put only if its version is not there. Where another writer was faster, the append is
 * rebased on what it did. Files of an append that did not commit are removed, as nobody ever knew of them; those of a process
 * that was killed before stay, and `findOrphans` finds them. Every ten versions, or as the table says, the log gets a checkpoint. Every outcome is counted (`pitot.write.commits`) and recorded.
 *
 * ```ts
 * const [commit, next] = run.nextCommitVersion();
 * const { outcome } = await appendDelta("orders", table, { ...commit });
 * ```
 *
 * @throws PitotError INVALID_ARGUMENT for options that make no sense; INVALID_DATA where the rows do not fit the table, with the
 * `SchemaViolation`s as `cause`; UNSUPPORTED for object stores and for tables whose rules an append would not keep; IO
 */
export declare function appendDelta(location: string | URL, table: Table, options: AppendDeltaOptions): Promise<DeltaCommit>;
