import type { Payload } from "./diagnostics-sink.ts";
import { uuid7 } from "./internal/uuid7.ts";
import { PipelineRun, type RunEnvelope } from "./pipeline-run.ts";
import { PitotError } from "./pitot-error.ts";
import { asObject, toPlain, type PlainObject } from "./plain-value.ts";
import { recordName } from "./record-name.ts";
import { recording } from "./recording-options.ts";

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
 * The first envelope of a run.
 * @throws PitotError INVALID_ARGUMENT where the label is not text
 */
export function newEnvelope(
  options: RunContextOptions,
  runId: string,
  startTimeUnixMs: number = Date.now(),
): RunEnvelope {
  if (typeof options?.label !== "string" || options.label === "")
    throw new PitotError("INVALID_ARGUMENT", "A run needs a label", {
      value: options?.label,
      remedy: 'Name the pipeline: startRun({ label: "nightly" }).',
    });
  return {
    runId,
    label: recordName(options.label),
    key: options.key,
    startTimeUnixMs,
    endTimeUnixMs: undefined,
    status: "running",
    metadata: plainMetadata(options.metadata),
    commitSequence: 0,
  };
}

/** Metadata as it is kept: copied, bounded and redacted. */
export function plainMetadata(metadata: Payload = {}): PlainObject {
  return asObject(toPlain(metadata, recording().redactor).value);
}
