import type { Attributes, Span } from "@opentelemetry/api";
import * as names from "@pitot/semconv";
import type { Accounting } from "./accounting.ts";
import { guarded } from "./internal/report-once.ts";
import type { PipelineRun } from "./pipeline-run.ts";
import type { RecordScope } from "./record-scope.ts";
import { cutBySdk } from "./sdk-limits.ts";

/** Entries of a run's metadata on its events. */
const METADATA = 32;

/** Which run a span is of, and how the run stands. */
export function runIdentity(run: PipelineRun): Attributes {
  return {
    [names.ATTR_RUN_ID]: run.runId,
    [names.ATTR_RUN_LABEL]: run.label,
    [names.ATTR_RUN_STATUS]: run.status,
    ...(run.key === undefined ? {} : { [names.ATTR_RUN_KEY]: run.key }),
  };
}

/**
 * Puts the whole envelope on the run's span as an event; on no other pipeline, since the manifest has it too.
 * @param room how many events the SDK must keep per span, so that this one pushes out none that matters more
 */
export function addLifecycleEvent(
  span: Span,
  name: string,
  run: PipelineRun,
  { limits, accounting }: RecordScope,
  room: number,
): void {
  guarded("lifecycle", () => {
    if (limits.spanEvents < room) return;
    const attributes: Attributes = {
      ...runIdentity(run),
      [names.ATTR_RUN_START_TIME_UNIX_MS]: run.startTimeUnixMs,
      [names.ATTR_RUN_COMMIT_SEQUENCE]: run.commitSequence,
    };
    if (run.endTimeUnixMs !== undefined) attributes[names.ATTR_RUN_END_TIME_UNIX_MS] = run.endTimeUnixMs;
    const metadata = Object.entries(run.metadata);
    for (const [key, value] of metadata.slice(0, Math.max(0, Math.min(METADATA, limits.eventAttributes - 8))))
      attributes[`${names.ATTR_RUN_METADATA}.${key}`] =
        typeof value === "object" ? JSON.stringify(value).slice(0, 1024) : value;
    span.addEvent(name, attributes);
    if (cutBySdk(attributes, limits.eventAttributes, limits.valueLength)) accounting.add("run", "truncated");
  });
}

/** The last attributes of the run's span: what became of its records. Where the SDK keeps fewer attributes, that is counted in them. */
export function sealRunSpan(span: Span, run: PipelineRun, { limits, accounting }: RecordScope): void {
  const attributes = { ...runIdentity(run), ...totals(accounting) };
  // Beside them: the snapshot's place, and the type of an error.
  if (cutBySdk(attributes, limits.spanAttributes - 2, limits.valueLength)) {
    accounting.add("run", "truncated");
    Object.assign(attributes, totals(accounting));
  }
  span.setAttributes(attributes);
}

function totals(accounting: Accounting): Attributes {
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
