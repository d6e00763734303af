import type { Readable, Transform, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { PipelineRun } from "@pitot/core";
import { observeStages } from "./observe-stages.ts";

/** Anything that `pipeline` of `node:stream` takes as a stage. */
export type StreamStage =
  | Readable
  | Writable
  | Transform
  | Iterable<unknown>
  | AsyncIterable<unknown>
  | ((
      source: AsyncIterable<never>,
      options?: { signal: AbortSignal },
    ) => AsyncIterable<unknown> | Promise<unknown>);

/**
 * `pipeline` of `node:stream/promises` with a stage span per stage: rows (chunks, where they are bytes), bytes, and how often and how
 * long it waited for its consumer. A stage's span ends when it ends; when the pipeline fails, every stage that had not ended fails with
 * its error, which passes unchanged. Returns what a last function returns.
 *
 * ```ts
 * await observePipeline(run, {
 *   read: createReadStream("flights.csv"),
 *   parse: csvParser(),
 *   write: createWriteStream("flights.json"),
 * });
 * ```
 */
export async function observePipeline(
  run: PipelineRun,
  stages: Readonly<Record<string, StreamStage>>,
  options: { readonly signal?: AbortSignal; readonly end?: boolean } = {},
): Promise<unknown> {
  const observed = observeStages(run, stages);
  let failure: { readonly thrown: unknown } | undefined;
  try {
    // As one array, which `register` takes for a pipeline that is observed already.
    return await run.with(() => pipeline(observed.metered as never, options));
  } catch (error) {
    failure = { thrown: error };
    throw error;
  } finally {
    await observed.end(failure);
  }
}
