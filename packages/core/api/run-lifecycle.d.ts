import { type DiagnosticsSink, type Payload } from "./diagnostics-sink.ts";
import { PipelineRun } from "./pipeline-run.ts";
import type { RunStatus } from "./run-payload.ts";
/** What begins a run. */
export interface StartRunOptions {
    /** Low-cardinality name of the pipeline: it is part of span names and metrics. */
    readonly label: string;
    /** Stable identity of the logical run, e.g. `nightly/2026-11-24`: a retry with the same key is recognised by idempotent writes. */
    readonly key?: string;
    /** Gets every record beside OTel and the snapshot. */
    readonly sink?: DiagnosticsSink;
    readonly metadata?: Payload;
    /** When it began, Unix ms, where that was before this call. Default now. */
    readonly startTimeUnixMs?: number;
}
/** How many runs this process has started: whether an application makes runs of its own. */
export declare function startedRuns(): number;
/**
 * {@link startRun} for the run of a whole process: until it ends, whatever happens in a context that knows of no run is its own, e.g. what a
 * server does in the context of a request.
 */
export declare function startProcessRun(options: StartRunOptions): PipelineRun;
/** What ends a run. */
export interface FinishRunOptions {
    /** Default `completed`. */
    readonly status?: Exclude<RunStatus, "running">;
    /** Added to the metadata given at start. */
    readonly metadata?: Payload;
    /** What was thrown; makes the default status `failed`. */
    readonly error?: unknown;
}
/**
 * Begins a run: span `run {label}` below the active span, lifecycle record, snapshot. It cannot make itself active in the
 * caller's context; `run.with(fn)` and {@link trackedRun} do. End it by {@link finishRun}, or `await using`.
 *
 * @throws PitotError INVALID_ARGUMENT where the label is not text; nothing else
 */
export declare function startRun(options: StartRunOptions): PipelineRun;
/**
 * Ends a run and returns its last envelope. Never throws; a second call changes nothing and is told once.
 */
export declare function finishRun(run: PipelineRun, options?: FinishRunOptions & {
    readonly sink?: DiagnosticsSink;
}): PipelineRun;
/**
 * Runs `body` as a tracked run: started before it, active inside it, finished after it, with status `failed` and the error where it
 * throws. Returns what `body` returns, sync or async; its errors pass unchanged.
 *
 * ```ts
 * const rows = await trackedRun({ label: "nightly" }, async (run) => {
 *   return run.stage("load", () => load());
 * });
 * ```
 */
export declare function trackedRun<T>(options: StartRunOptions, body: (run: PipelineRun) => T): T;
