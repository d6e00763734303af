import {
  context,
  createContextKey,
  INVALID_SPAN_CONTEXT,
  ROOT_CONTEXT,
  trace,
  type Context,
  type Span,
} from "@opentelemetry/api";
import { activeContext } from "./active-context.ts";
import type { PipelineRun } from "./pipeline-run.ts";
import type { RecordScope } from "./record-scope.ts";

const RUN_KEY = createContextKey("pitot.run");

/** The run that is active in the caller's context; undefined outside `trackedRun` and `run.with`, and where no context manager is registered. */
export function activeRun(): PipelineRun | undefined {
  return activeLiveRun()?.run;
}

/** The id of the run active in `at`: what span and log processors stamp on what begins inside it. */
export function runIdOf(at: Context): string | undefined {
  return liveRunOf(at)?.run?.runId;
}

/** {@link activeRun}, unless it has finished. */
export function activeUnfinishedRun(): PipelineRun | undefined {
  const live = liveRunOf(activeContext());
  return live?.finished === false ? live.run : undefined;
}

function activeLiveRun(): LiveRun | undefined {
  return liveRunOf(context.active());
}

function liveRunOf(at: Context): LiveRun | undefined {
  return (at.getValue(RUN_KEY) as LiveRun | undefined) ?? strayRun;
}

/** The run of contexts that know of none. */
let strayRun: LiveRun | undefined;

/** Lets a run have what happens in contexts that know of no run, until it ends: those made of a request's headers, e.g. */
export function adoptStrays(live: LiveRun): void {
  strayRun = live;
}

const alive = new Set<LiveRun>();

/** Runs that have not finished, e.g. to close them as aborted when the process ends. */
export function aliveRuns(): readonly PipelineRun[] {
  return [...alive].flatMap(({ run }) => (run === undefined ? [] : [run]));
}

/** Where the runs under way keep their records. */
export function aliveScopes(): readonly RecordScope[] {
  return [...alive].flatMap(({ scope }) => scope ?? []);
}

/** Aborts `run.signal` of every run under way: the process was asked to stop. */
export function abortRuns(reason: unknown): void {
  for (const live of alive) live.abort(reason);
}

/** What all envelopes of one run share: span, context, records, cancellation. */
export class LiveRun {
  readonly span: Span;
  readonly context: Context;
  readonly scope: RecordScope | undefined;
  /** The first envelope, set once it exists. */
  run: PipelineRun | undefined;
  finished = false;
  /** Monotonic start, for a duration that no clock step can bend. */
  readonly startedAt: number;
  readonly #finish: (run: PipelineRun) => unknown;
  #abort: AbortController | undefined;
  #aborted: { reason: unknown } | undefined;

  constructor(
    span: Span,
    parent: Context,
    open: (at: Context) => RecordScope | undefined,
    finish: (run: PipelineRun) => unknown,
    startedAt: number = performance.now(),
  ) {
    this.startedAt = startedAt;
    this.span = span;
    this.context = trace.setSpan(parent, span).setValue(RUN_KEY, this);
    this.scope = open(this.context);
    this.#finish = finish;
    if (this.scope !== undefined) alive.add(this);
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#aborted !== undefined) this.#abort.abort(this.#aborted.reason);
    }
    return this.#abort.signal;
  }

  abort(reason: unknown): void {
    this.#aborted ??= { reason };
    this.#abort?.abort(reason);
  }

  with<T>(body: () => T): T {
    return this.scope === undefined ? body() : context.with(this.context, body);
  }

  /** True the first time only. */
  markFinished(): boolean {
    if (this.finished) return false;
    this.finished = true;
    if (strayRun === this) strayRun = undefined;
    alive.delete(this);
    return true;
  }

  async dispose(run: PipelineRun): Promise<void> {
    if (!this.finished) await this.#finish(run);
  }
}

/** Behind envelopes that were never started: records nothing. */
export const inactiveRun: LiveRun = new LiveRun(
  trace.wrapSpanContext(INVALID_SPAN_CONTEXT),
  ROOT_CONTEXT,
  () => undefined,
  () => undefined,
);
