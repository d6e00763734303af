import type { Span } from "@opentelemetry/api";
import type { ColumnRecords } from "./column-records.ts";
import type { DiagnosticsSink, Payload, QualityRow } from "./diagnostics-sink.ts";
import type { MetricOptions, MetricTags } from "./metric-series.ts";
import type { PlainObject } from "./plain-value.ts";
import { type LiveRun } from "./live-run.ts";
import type { QualityTable } from "./quality-table.ts";
import type { RunPayload, RunStatus } from "./run-payload.ts";
import { type StageBody, type StageOptions } from "./stage.ts";
/** What an idempotent write needs to recognise itself: Delta's `txn` action. */
export interface IdempotentWriteOptions {
    /** The run's key, or its id where it has none. */
    readonly appId: string;
    readonly version: number;
}
/** The values of a {@link PipelineRun}. */
export interface RunEnvelope {
    readonly runId: string;
    readonly label: string;
    readonly key: string | undefined;
    readonly startTimeUnixMs: number;
    readonly endTimeUnixMs: number | undefined;
    readonly status: RunStatus;
    readonly metadata: PlainObject;
    readonly commitSequence: number;
}
/**
 * One run of a pipeline: an immutable envelope, and the handle to record into it. `startRun` and `trackedRun` make one.
 * Envelopes derived from each other (`withSequence`, `finishRun`) share the same live run.
 */
export declare class PipelineRun implements DiagnosticsSink, RunEnvelope, AsyncDisposable {
    #private;
    /** UUIDv7. */
    readonly runId: string;
    readonly label: string;
    /** Stable identity of the logical run across retries. */
    readonly key: string | undefined;
    readonly startTimeUnixMs: number;
    readonly endTimeUnixMs: number | undefined;
    readonly status: RunStatus;
    readonly metadata: PlainObject;
    readonly commitSequence: number;
    constructor(envelope: RunEnvelope, live?: LiveRun);
    /** The live run behind an envelope; for this package. */
    static live(run: PipelineRun): LiveRun;
    /** The run's span; a no-op span where no SDK is registered. */
    get span(): Span;
    /** Aborted when the process is asked to stop: pass it on to whatever can be cancelled. */
    get signal(): AbortSignal;
    /** Where the run's snapshot lies; undefined without one. */
    get snapshotUri(): string | undefined;
    recordEvent(name: string, properties: Payload): void;
    recordEvents(name: string, rows: readonly Payload[]): void;
    recordArtifact(name: string, payload: Payload): void;
    recordMetric(name: string, value: number, tags?: MetricTags, options?: MetricOptions): void;
    /** Quality rows, or a whole quality table (an Arrow table with the canonical columns), which is read by column: a few ns per row. */
    recordQuality(rows: Iterable<QualityRow> | QualityTable): void;
    /** One quality row, without an object for it: the way for millions. `rowOrdinal`: where the row is in its table, from 0. */
    recordQualityRow(entityKind: string, entityId: string | null, issue: string, sourceTable?: string | null, rowOrdinal?: number | bigint): void;
    /** Rows by column: what `recordDatasets` and `recordScan` call. */
    recordColumns(records: ColumnRecords): void;
    /**
     * Runs `body` as a stage: span `stage {name}`, duration metric, failure status. Returns what `body` returns, sync or async;
     * its errors pass unchanged.
     */
    stage<T>(name: string, body: StageBody<T>): T;
    stage<T>(name: string, options: StageOptions, body: StageBody<T>): T;
    /** Calls `body` with this run active: spans that it starts, also by other instrumentations, become the run's children. */
    with<T>(body: () => T): T;
    /**
     * Options for the next idempotent write, and the run after it:
     * `const [options, next] = run.nextCommitVersion()`.
     */
    nextCommitVersion(): [options: IdempotentWriteOptions, next: PipelineRun];
    /**
     * The same run at another place of its commit sequence, e.g. where a retry continues.
     * @throws PitotError INVALID_ARGUMENT unless it is a whole number of 0 or more
     */
    withSequence(commitSequence: number): PipelineRun;
    /** The envelope at its end. For `finishRun`. */
    ended(status: RunStatus, endTimeUnixMs: number, metadata: PlainObject): PipelineRun;
    /** The envelope as plain data. */
    payload(): RunPayload;
    /** Finishes the run as completed unless it has been finished: `await using run = startRun(…)`. A block that throws cannot be told from one that returns; use `trackedRun` where that matters. */
    [Symbol.asyncDispose](): Promise<void>;
}
