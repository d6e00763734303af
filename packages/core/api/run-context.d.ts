import type { Payload } from "./diagnostics-sink.ts";
import { PipelineRun, type RunEnvelope } from "./pipeline-run.ts";
import { type PlainObject } from "./plain-value.ts";
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
export declare function createRunContext(options: RunContextOptions): PipelineRun;
/**
 * The first envelope of a run.
 * @throws PitotError INVALID_ARGUMENT where the label is not text
 */
export declare function newEnvelope(options: RunContextOptions, runId: string, startTimeUnixMs?: number): RunEnvelope;
/** Metadata as it is kept: copied, bounded and redacted. */
export declare function plainMetadata(metadata?: Payload): PlainObject;
