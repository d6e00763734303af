import { type Context, type Span } from "@opentelemetry/api";
import type { PipelineRun } from "./pipeline-run.ts";
import type { RecordScope } from "./record-scope.ts";
/** The run that is active in the caller's context; undefined outside `trackedRun` and `run.with`, and where no context manager is registered. */
export declare function activeRun(): PipelineRun | undefined;
/** The id of the run active in `at`: what span and log processors stamp on what begins inside it. */
export declare function runIdOf(at: Context): string | undefined;
/** {@link activeRun}, unless it has finished. */
export declare function activeUnfinishedRun(): PipelineRun | undefined;
/** Lets a run have what happens in contexts that know of no run, until it ends: those made of a request's headers, e.g. */
export declare function adoptStrays(live: LiveRun): void;
/** Runs that have not finished, e.g. to close them as aborted when the process ends. */
export declare function aliveRuns(): readonly PipelineRun[];
/** Where the runs under way keep their records. */
export declare function aliveScopes(): readonly RecordScope[];
/** Aborts `run.signal` of every run under way: the process was asked to stop. */
export declare function abortRuns(reason: unknown): void;
/** What all envelopes of one run share: span, context, records, cancellation. */
export declare class LiveRun {
    #private;
    readonly span: Span;
    readonly context: Context;
    readonly scope: RecordScope | undefined;
    /** The first envelope, set once it exists. */
    run: PipelineRun | undefined;
    finished: boolean;
    /** Monotonic start, for a duration that no clock step can bend. */
    readonly startedAt: number;
    constructor(span: Span, parent: Context, open: (at: Context) => RecordScope | undefined, finish: (run: PipelineRun) => unknown, startedAt?: number);
    get signal(): AbortSignal;
    abort(reason: unknown): void;
    with<T>(body: () => T): T;
    /** True the first time only. */
    markFinished(): boolean;
    dispose(run: PipelineRun): Promise<void>;
}
/** Behind envelopes that were never started: records nothing. */
export declare const inactiveRun: LiveRun;
