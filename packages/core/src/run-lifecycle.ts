import { context, SpanStatusCode, type Attributes } from "@opentelemetry/api";
import * as names from "@pitot/semconv";
import { composeSinks, type DiagnosticsSink, type Payload } from "./diagnostics-sink.ts";
import { errorMessage, failSpan } from "./fail-span.ts";
import { addUpDown, recordHistogram } from "./instruments.ts";
import { guarded, reportOnce } from "./internal/report-once.ts";
import { uuid7 } from "./internal/uuid7.ts";
import { adoptStrays, LiveRun } from "./live-run.ts";
import { PipelineRun, type RunEnvelope } from "./pipeline-run.ts";
import { PitotError } from "./pitot-error.ts";
import { toPlain, type PlainObject } from "./plain-value.ts";
import { recordName } from "./record-name.ts";
import { RecordScope } from "./record-scope.ts";
import { recording } from "./recording-options.ts";
import { pitotTracer } from "./registered-api.ts";
import { settle } from "./stage.ts";
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

let runs = 0;

/** How many runs this process has started: whether an application makes runs of its own. */
export function startedRuns(): number {
  return runs;
}

/**
 * {@link startRun} for the run of a whole process: until it ends, whatever happens in a context that knows of no run is its own, e.g. what a
 * server does in the context of a request.
 */
export function startProcessRun(options: StartRunOptions): PipelineRun {
  const run = startRun(options);
  adoptStrays(PipelineRun.live(run));
  return run;
}

/** What ends a run. */
export interface FinishRunOptions {
  /** Default `completed`. */
  readonly status?: Exclude<RunStatus, "running">;
  /** Added to the metadata given at start. */
  readonly metadata?: Payload;
  /** What was thrown; makes the default status `failed`. */
  readonly error?: unknown;
}

/** What makes an envelope of a run that this process does not track. */
export interface RunContextOptions {
  readonly label: string;
  /** Default a new UUIDv7. */
  readonly runId?: string;
  readonly key?: string;
  readonly commitSequence?: number;
  readonly metadata?: Payload;
}

/**
 * An envelope that records nothing: for a retry that continues the commit sequence of an earlier process.
 * @throws PitotError INVALID_ARGUMENT where the label is not text, or the sequence not a whole number
 */
export function createRunContext(options: RunContextOptions): PipelineRun {
  const run = new PipelineRun(newEnvelope(options, options.runId ?? uuid7()));
  return options.commitSequence === undefined ? run : run.withSequence(options.commitSequence);
}

/**
 * Begins a run: span `run {label}` below the active span, lifecycle record, snapshot. It cannot make itself active in the
 * caller's context; `run.with(fn)` and {@link trackedRun} do. End it by {@link finishRun}, or `await using`.
 *
 * @throws PitotError INVALID_ARGUMENT where the label is not text; nothing else
 */
export function startRun(options: StartRunOptions): PipelineRun {
  runs++;
  const envelope = newEnvelope(options, uuid7());
  const first = new PipelineRun(envelope);
  const tracer = pitotTracer();
  const parent = context.active();
  const span = tracer.startSpan(
    `${names.SPAN_RUN} ${envelope.label}`,
    {
      attributes: identity(first),
      ...(options.startTimeUnixMs === undefined ? {} : { startTime: options.startTimeUnixMs }),
    },
    parent,
  );
  const live = new LiveRun(
    span,
    parent,
    (at) => new RecordScope("run", envelope.runId, first.payload(), at, options.sink),
    (run) => finishRun(run),
    performance.now() - Math.max(0, Date.now() - envelope.startTimeUnixMs),
  );
  const run = new PipelineRun(envelope, live);
  live.run = run;
  guarded("run.start", () => {
    const uri = live.scope?.uri;
    if (uri !== undefined) span.setAttribute(names.ATTR_SNAPSHOT_URI, uri);
    live.scope?.emitLifecycle(names.EVENT_RUN_STARTED, lifecycle(run), span, 3);
    // A span is sent when it ends; this one ends now, so that the run is seen before it does.
    tracer
      .startSpan(`${names.SPAN_RUN_STARTED} ${run.label}`, { attributes: identity(run) }, live.context)
      .end();
    live.scope?.sink?.recordEvent(names.EVENT_RUN_STARTED, { ...run.payload() });
    addUpDown(names.METRIC_RUN_ACTIVE, 1, { [names.ATTR_RUN_LABEL]: run.label });
  });
  return run;
}

/**
 * Ends a run and returns its last envelope. Never throws; a second call changes nothing and is told once.
 */
export function finishRun(
  run: PipelineRun,
  options: FinishRunOptions & { readonly sink?: DiagnosticsSink } = {},
): PipelineRun {
  const live = PipelineRun.live(run);
  if (live.scope === undefined || !live.markFinished()) {
    if (live.finished)
      reportOnce(
        "finished-twice",
        `run ${run.runId} was finished before; the second finishRun changes nothing`,
      );
    return run;
  }
  const status = options.status ?? ("error" in options ? "failed" : "completed");
  const duration = performance.now() - live.startedAt;
  const metadata = {
    ...run.metadata,
    ...plainObject(options.metadata),
    ...("error" in options ? { error: errorMessage(options.error) } : {}),
  };
  const ended = run.ended(status, run.startTimeUnixMs + Math.round(duration), metadata);
  guarded("run.finish", () => {
    const { span, scope } = live;
    scope!.close();
    const type = "error" in options ? failSpan(span, options.error) : undefined;
    if (status === "failed" && type === undefined) span.setStatus({ code: SpanStatusCode.ERROR });
    scope!.emitLifecycle(names.EVENT_RUN_FINISHED, lifecycle(ended), span, 2);
    scope!.sealSpan(span, identity(ended), () => totals(scope!));
    span.end();
    const sink = options.sink === undefined ? scope!.sink : composeSinks(options.sink);
    sink?.recordEvent(names.EVENT_RUN_FINISHED, { ...ended.payload() });
    const attributes: Attributes = {
      [names.ATTR_RUN_LABEL]: run.label,
      [names.ATTR_RUN_STATUS]: status,
      ...(type === undefined ? {} : { [names.ATTR_ERROR_TYPE]: type }),
    };
    recordHistogram(names.METRIC_RUN_DURATION, duration / 1000, attributes);
    addUpDown(names.METRIC_RUN_ACTIVE, -1, { [names.ATTR_RUN_LABEL]: run.label });
  });
  live.scope.finish(ended.payload());
  return ended;
}

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
export function trackedRun<T>(options: StartRunOptions, body: (run: PipelineRun) => T): T {
  const run = startRun(options);
  const end = (error?: { readonly thrown: unknown }): void => {
    finishRun(run, error === undefined ? {} : { error: error.thrown });
  };
  let result: T;
  try {
    result = run.with(() => body(run));
  } catch (error) {
    end({ thrown: error });
    throw error;
  }
  return settle(result, end);
}

function newEnvelope(options: StartRunOptions | RunContextOptions, runId: string): RunEnvelope {
  if (typeof options?.label !== "string" || options.label === "")
    throw new PitotError("INVALID_ARGUMENT", "A run needs a label", {
      value: options?.label,
      remedy: 'Name the pipeline: startRun({ label: "nightly" }).',
    });
  return {
    runId,
    label: recordName(options.label),
    key: options.key,
    startTimeUnixMs: ("startTimeUnixMs" in options ? options.startTimeUnixMs : undefined) ?? Date.now(),
    endTimeUnixMs: undefined,
    status: "running",
    metadata: plainObject(options.metadata),
    commitSequence: 0,
  };
}

function plainObject(value: Payload | undefined): PlainObject {
  if (value === undefined) return {};
  const plain = toPlain(value, recording().redactor).value;
  return typeof plain === "object" && plain !== null && !Array.isArray(plain) ? plain : { value: plain };
}

function identity(run: PipelineRun): Attributes {
  return {
    [names.ATTR_RUN_ID]: run.runId,
    [names.ATTR_RUN_LABEL]: run.label,
    [names.ATTR_RUN_STATUS]: run.status,
    ...(run.key === undefined ? {} : { [names.ATTR_RUN_KEY]: run.key }),
  };
}

function lifecycle(run: PipelineRun): Attributes {
  const attributes: Attributes = {
    ...identity(run),
    [names.ATTR_RUN_START_TIME_UNIX_MS]: run.startTimeUnixMs,
    [names.ATTR_RUN_COMMIT_SEQUENCE]: run.commitSequence,
  };
  if (run.endTimeUnixMs !== undefined) attributes[names.ATTR_RUN_END_TIME_UNIX_MS] = run.endTimeUnixMs;
  let room = Math.min(32, recording().limits.eventAttributes - 8);
  for (const [key, value] of Object.entries(run.metadata)) {
    if (room-- <= 0) break;
    attributes[`${names.ATTR_RUN_METADATA}.${key}`] =
      typeof value === "object" ? JSON.stringify(value).slice(0, 1024) : value;
  }
  return attributes;
}

function totals({ accounting }: RecordScope): Attributes {
  const outcomes = ["exported", "snapshot_only", "dropped"] as const;
  return {
    [names.ATTR_RUN_RECORDS_TOTAL]: outcomes.reduce((sum, outcome) => sum + accounting.total(outcome), 0),
    [names.ATTR_RUN_RECORDS_EXPORTED]: accounting.total("exported"),
    [names.ATTR_RUN_RECORDS_SNAPSHOT_ONLY]: accounting.total("snapshot_only"),
    [names.ATTR_RUN_RECORDS_DROPPED]: accounting.total("dropped"),
    [names.ATTR_RUN_RECORDS_REDACTED]: accounting.total("redacted"),
    [names.ATTR_RUN_RECORDS_TRUNCATED]: accounting.total("truncated"),
  };
}
