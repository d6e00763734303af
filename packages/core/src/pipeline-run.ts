import type { Span } from "@opentelemetry/api";
import type { ColumnRecords } from "./column-records.ts";
import type { DiagnosticsSink, Payload, QualityRow } from "./diagnostics-sink.ts";
import type { MetricOptions, MetricTags } from "./metric-series.ts";
import { PitotError } from "./pitot-error.ts";
import type { PlainObject } from "./plain-value.ts";
import { inactiveRun, type LiveRun } from "./live-run.ts";
import type { QualityTable } from "./quality-table.ts";
import type { RunPayload, RunStatus } from "./run-payload.ts";
import { runStage, type StageBody, type StageOptions } from "./stage.ts";

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
export class PipelineRun implements DiagnosticsSink, RunEnvelope, AsyncDisposable {
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
  /** What records and spans go through; not part of the envelope. */
  readonly #live: LiveRun;

  constructor(envelope: RunEnvelope, live: LiveRun = inactiveRun) {
    this.runId = envelope.runId;
    this.label = envelope.label;
    this.key = envelope.key;
    this.startTimeUnixMs = envelope.startTimeUnixMs;
    this.endTimeUnixMs = envelope.endTimeUnixMs;
    this.status = envelope.status;
    this.metadata = envelope.metadata;
    this.commitSequence = envelope.commitSequence;
    this.#live = live;
  }

  /** The live run behind an envelope; for this package. */
  static live(run: PipelineRun): LiveRun {
    return run.#live;
  }

  /** The run's span; a no-op span where no SDK is registered. */
  get span(): Span {
    return this.#live.span;
  }

  /** Aborted when the process is asked to stop: pass it on to whatever can be cancelled. */
  get signal(): AbortSignal {
    return this.#live.signal;
  }

  /** Where the run's snapshot lies; undefined without one. */
  get snapshotUri(): string | undefined {
    return this.#live.scope?.uri;
  }

  recordEvent(name: string, properties: Payload): void {
    this.#live.scope?.recordEvent(name, properties);
  }

  recordEvents(name: string, rows: readonly Payload[]): void {
    this.#live.scope?.recordEvents(name, rows);
  }

  recordArtifact(name: string, payload: Payload): void {
    this.#live.scope?.recordArtifact(name, payload);
  }

  recordMetric(name: string, value: number, tags?: MetricTags, options?: MetricOptions): void {
    this.#live.scope?.recordMetric(name, value, tags, options);
  }

  /** Quality rows, or a whole quality table (an Arrow table with the canonical columns), which is read by column: a few ns per row. */
  recordQuality(rows: Iterable<QualityRow> | QualityTable): void {
    this.#live.scope?.recordQuality(rows);
  }

  /** One quality row, without an object for it: the way for millions. `rowOrdinal`: where the row is in its table, from 0. */
  recordQualityRow(
    entityKind: string,
    entityId: string | null,
    issue: string,
    sourceTable: string | null = null,
    rowOrdinal?: number | bigint,
  ): void {
    this.#live.scope?.recordQualityRow(entityKind, entityId, issue, sourceTable, rowOrdinal);
  }

  /** Rows by column: what `recordDatasets` and `recordScan` call. */
  recordColumns(records: ColumnRecords): void {
    this.#live.scope?.recordColumns(records);
  }

  /**
   * Runs `body` as a stage: span `stage {name}`, duration metric, failure status. Returns what `body` returns, sync or async;
   * its errors pass unchanged.
   */
  stage<T>(name: string, body: StageBody<T>): T;
  stage<T>(name: string, options: StageOptions, body: StageBody<T>): T;
  stage<T>(name: string, first: StageOptions | StageBody<T>, second?: StageBody<T>): T {
    return typeof first === "function"
      ? runStage(this.#live, this.label, name, {}, first)
      : runStage(this.#live, this.label, name, first, second!);
  }

  /** Calls `body` with this run active: spans that it starts, also by other instrumentations, become the run's children. */
  with<T>(body: () => T): T {
    return this.#live.with(body);
  }

  /**
   * Options for the next idempotent write, and the run after it:
   * `const [options, next] = run.nextCommitVersion()`.
   */
  nextCommitVersion(): [options: IdempotentWriteOptions, next: PipelineRun] {
    return [
      { appId: this.key ?? this.runId, version: this.commitSequence },
      this.withSequence(this.commitSequence + 1),
    ];
  }

  /**
   * The same run at another place of its commit sequence, e.g. where a retry continues.
   * @throws PitotError INVALID_ARGUMENT unless it is a whole number of 0 or more
   */
  withSequence(commitSequence: number): PipelineRun {
    if (!Number.isSafeInteger(commitSequence) || commitSequence < 0)
      throw new PitotError("INVALID_ARGUMENT", "A commit sequence must be a whole number of 0 or more", {
        value: commitSequence,
        remedy: "Give the number of commits that the run has made.",
      });
    return new PipelineRun({ ...this.#envelope(), commitSequence }, this.#live);
  }

  /** The envelope at its end. For `finishRun`. */
  ended(status: RunStatus, endTimeUnixMs: number, metadata: PlainObject): PipelineRun {
    return new PipelineRun({ ...this.#envelope(), status, endTimeUnixMs, metadata }, this.#live);
  }

  /** The envelope as plain data. */
  payload(): RunPayload {
    return {
      run_id: this.runId,
      label: this.label,
      key: this.key ?? null,
      status: this.status,
      start_time_unix_ms: this.startTimeUnixMs,
      end_time_unix_ms: this.endTimeUnixMs ?? null,
      duration_ms:
        this.endTimeUnixMs === undefined ? null : Math.max(0, this.endTimeUnixMs - this.startTimeUnixMs),
      commit_sequence: this.commitSequence,
      metadata: this.metadata,
    };
  }

  /** Finishes the run as completed unless it has been finished: `await using run = startRun(…)`. A block that throws cannot be told from one that returns; use `trackedRun` where that matters. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#live.dispose(this);
  }

  #envelope(): RunEnvelope {
    const { runId, label, key, startTimeUnixMs, endTimeUnixMs, status, metadata, commitSequence } = this;
    return { runId, label, key, startTimeUnixMs, endTimeUnixMs, status, metadata, commitSequence };
  }
}
