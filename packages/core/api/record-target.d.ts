import type { RecordBatch } from "./record-batch.ts";
import type { RunPayload } from "./run-payload.ts";
/** Where a scope's records are stored: what the snapshot implements, and nobody needs to call. */
export interface RecordTarget {
    /** Called once when a run, or the session of a process, begins. Undefined: nothing is stored for it. */
    open(scope: ScopeInfo): ScopeWriter | undefined;
}
/** What a {@link RecordTarget} is told about a run or session. */
export interface ScopeInfo {
    readonly type: "run" | "session";
    /** The run id, or the session id. */
    readonly id: string;
    /** The run's envelope; undefined for a session. */
    readonly run: RunPayload | undefined;
}
/** Stores the records of one scope. Calls are synchronous; what fails is counted by the writer itself. */
export interface ScopeWriter {
    /** Where the records can be read later: `pitot.snapshot.uri`. */
    readonly uri: string | undefined;
    /**
     * The batch's columns stand until this returns: copy what is kept longer. What is not stored the caller counts as dropped.
     *
     * @returns false where it is not stored, and the target has told why
     * @throws whatever made the batch impossible to store; told by the caller
     */
    write(batch: RecordBatch): boolean | void;
    /** The run has ended; no batch follows. Runs to its end in the background. */
    finish(run: RunPayload | undefined, counts: RecordCounts): void;
}
/** Records per kind and outcome. */
export type RecordCounts = Readonly<Record<string, Readonly<Record<RecordOutcome, number>>>>;
/**
 * What became of records. `redacted` and `truncated` are counted beside the others; each record is one of
 * `exported`, `snapshot_only` or `dropped`, and both first and last where the disk refused what was exported.
 */
export type RecordOutcome = "exported" | "snapshot_only" | "redacted" | "truncated" | "dropped";
