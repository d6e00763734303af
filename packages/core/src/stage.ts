import {
  context,
  trace,
  type Attributes,
  type AttributeValue,
  type Link,
  type Span,
} from "@opentelemetry/api";
import {
  ATTR_CACHE_OUTCOME,
  ATTR_ERROR_TYPE,
  ATTR_RUN_ID,
  ATTR_RUN_LABEL,
  ATTR_STAGE_ATTEMPT,
  ATTR_STAGE_NAME,
  ATTR_STAGE_STATUS,
  METRIC_STAGE_DURATION,
  SPAN_STAGE,
} from "@pitot/semconv";
import { activeContext } from "./active-context.ts";
import { failSpan } from "./fail-span.ts";
import { recordHistogram } from "./instruments.ts";
import { guarded } from "./internal/report-once.ts";
import { runIdOf, type LiveRun } from "./live-run.ts";
import { recordName } from "./record-name.ts";
import { pitotTracer } from "./registered-api.ts";

/** How a stage is recorded. */
export interface StageOptions {
  /** 1 (default) for the first attempt. */
  readonly attempt?: number;
  /** Attributes of the stage's span. */
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** Spans that this stage depends on. */
  readonly links?: readonly Link[];
  /** Asked at the end: what a cache gave, for the stage's duration. */
  readonly cacheOutcome?: () => string | undefined;
}

/** The user's code of a stage; it is given the stage's span. */
export type StageBody<T> = (span: Span) => T;

/** Runs `body` in a span of its own: below what is active where this run is, else below the run itself. */
export function runStage<T>(
  live: LiveRun,
  label: string,
  name: string,
  options: StageOptions,
  body: StageBody<T>,
): T {
  const stageName = recordName(name);
  const active = activeContext();
  const parent = live.run !== undefined && runIdOf(active) !== live.run.runId ? live.context : active;
  const attributes: Attributes = { ...options.attributes };
  attributes[ATTR_STAGE_NAME] = stageName;
  attributes[ATTR_STAGE_ATTEMPT] = options.attempt ?? 1;
  if (live.run !== undefined) attributes[ATTR_RUN_ID] = live.run.runId;
  const links = (options.links ?? []) as Link[];
  const span = pitotTracer().startSpan(`${SPAN_STAGE} ${stageName}`, { links, attributes }, parent);
  const started = performance.now();
  const end = (error?: { readonly thrown: unknown }): void =>
    guarded("stage.end", () => {
      const type = error === undefined ? undefined : failSpan(span, error.thrown);
      const status = error === undefined ? "completed" : "failed";
      span.setAttribute(ATTR_STAGE_STATUS, status);
      span.end();
      const dimensions: Attributes = {
        [ATTR_RUN_LABEL]: label,
        [ATTR_STAGE_NAME]: stageName,
        [ATTR_STAGE_STATUS]: status,
      };
      const cached = options.cacheOutcome?.();
      if (cached !== undefined) dimensions[ATTR_CACHE_OUTCOME] = cached;
      if (type !== undefined) dimensions[ATTR_ERROR_TYPE] = type;
      recordHistogram(METRIC_STAGE_DURATION, (performance.now() - started) / 1000, dimensions);
    });
  let result: T;
  try {
    result = context.with(trace.setSpan(parent, span), () => body(span));
  } catch (error) {
    end({ thrown: error });
    throw error;
  }
  return settle(result, end);
}

/** Calls `end` when `result` is there: now, or when its promise settles. The caller gets a promise that settles alike. */
export function settle<T>(result: T, end: (error?: { readonly thrown: unknown }) => void): T {
  if (!isThenable(result)) {
    end();
    return result;
  }
  // A thenable that is no promise may call back at once, twice or never, and return nothing.
  return Promise.resolve(result).then(
    (value) => {
      end();
      return value;
    },
    (error: unknown) => {
      end({ thrown: error });
      throw error;
    },
  ) as T;
}

/** What `await` waits for. A value whose `then` cannot be read is none: to read it is not the caller's doing. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  try {
    return typeof (value as { then?: unknown }).then === "function";
  } catch {
    return false;
  }
}
