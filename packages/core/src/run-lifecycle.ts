import { context, SpanStatusCode, type Attributes } from "@opentelemetry/api";
import * as names from "@pitot/semconv";
import { composeSinks, type DiagnosticsSink, type Payload } from "./diagnostics-sink.ts";
import { errorMessage, failSpan } from "./fail-span.ts";
import { addUpDown, recordHistogram } from "./instruments.ts";
import { guarded, reportOnce } from "./internal/report-once.ts";
import { uuid7 } from "./internal/uuid7.ts";
import { adoptStrays, LiveRun } from "./live-run.ts";
import { PipelineRun } from "./pipeline-run.ts";
import { RecordScope } from "./record-scope.ts";
import { pitotTracer } from "./registered-api.ts";
import { newEnvelope, plainMetadata } from "./run-context.ts";
import type { RunStatus } from "./run-payload.ts";
import { addLifecycleEvent, runIdentity, sealRunSpan } from "./run-span.ts";
import { settle } from "./stage.ts";

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

/**
 * Begins a run: span `run {label}` below the active span, lifecycle record, snapshot. It cannot make itself active in the
 * caller's context; `run.with(fn)` and {@link trackedRun} do. End it by {@link finishRun}, or `await using`.
 *
 * @throws PitotError INVALID_ARGUMENT where the label is not text; nothing else
 */
export function startRun(options: StartRunOptions): PipelineRun {
  runs++;
  const envelope = newEnvelope(options, uuid7(), options.startTimeUnixMs);
  const first = new PipelineRun(envelope);
  const tracer = pitotTracer();
  const parent = context.active();
  const span = tracer.startSpan(
    `${names.SPAN_RUN} ${envelope.label}`,
    {
      attributes: runIdentity(first),
      ...(options.startTimeUnixMs === undefined ? {} : { startTime: options.startTimeUnixMs }),
    },
    parent,
  );
  const live = new LiveRun(
    span,
    parent,
    (at) => new RecordScope({ type: "run", id: first.runId, run: first.payload() }, at, options.sink),
    (run) => finishRun(run),
    performance.now() - Math.max(0, Date.now() - envelope.startTimeUnixMs),
  );
  const run = new PipelineRun(envelope, live);
  live.run = run;
  guarded("run.start", () => {
    const scope = live.scope!;
    if (scope.uri !== undefined) span.setAttribute(names.ATTR_SNAPSHOT_URI, scope.uri);
    addLifecycleEvent(span, names.EVENT_RUN_STARTED, run, scope, 3);
    // A span is sent when it ends; this one ends now, so that the run is seen before it does.
    tracer
      .startSpan(`${names.SPAN_RUN_STARTED} ${run.label}`, { attributes: runIdentity(run) }, live.context)
      .end();
    scope.sink?.recordEvent(names.EVENT_RUN_STARTED, { ...run.payload() });
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
  const { span, scope } = live;
  if (scope === undefined || !live.markFinished()) {
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
    ...plainMetadata(options.metadata),
    ...("error" in options ? { error: errorMessage(options.error) } : {}),
  };
  const ended = run.ended(status, run.startTimeUnixMs + Math.round(duration), metadata);
  guarded("run.finish", () => {
    scope.close();
    const type = "error" in options ? failSpan(span, options.error) : undefined;
    if (status === "failed" && type === undefined) span.setStatus({ code: SpanStatusCode.ERROR });
    addLifecycleEvent(span, names.EVENT_RUN_FINISHED, ended, scope, 2);
    sealRunSpan(span, ended, scope);
    span.end();
    const sink = options.sink === undefined ? scope.sink : composeSinks(options.sink);
    sink?.recordEvent(names.EVENT_RUN_FINISHED, { ...ended.payload() });
    const attributes: Attributes = {
      [names.ATTR_RUN_LABEL]: run.label,
      [names.ATTR_RUN_STATUS]: status,
      ...(type === undefined ? {} : { [names.ATTR_ERROR_TYPE]: type }),
    };
    recordHistogram(names.METRIC_RUN_DURATION, duration / 1000, attributes);
    addUpDown(names.METRIC_RUN_ACTIVE, -1, { [names.ATTR_RUN_LABEL]: run.label });
  });
  scope.finish(ended.payload());
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
