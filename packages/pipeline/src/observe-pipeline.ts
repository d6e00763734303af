import type { Readable, Transform, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { PipelineRun } from "@pitot/core";
import { aroundRun } from "./around-run.ts";
import { StreamMeter } from "./stream-meter.ts";

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
  const entries = Object.entries(stages);
  const meters = entries.map(([, stage], i) => new StreamMeter(stage, i === entries.length - 1));
  let finish!: { resolve: () => void; reject: (error: unknown) => void };
  const whole = new Promise<void>((resolve, reject) => {
    finish = { resolve, reject };
  });
  whole.catch(() => undefined);
  return aroundRun(run, async (handle) => {
    const spans = entries.map(([id], i) => {
      const meter = meters[i]!;
      const before = entries[i - 1]?.[0];
      return handle
        .aroundNode({ id, deps: before === undefined ? [] : [before] }, async (node) => {
          try {
            // A stage that ends before the others has not failed with them.
            await Promise.race([meter.ended, whole]);
          } finally {
            node.span.setAttributes(meter.attributes());
          }
        })
        .catch(() => undefined);
    });
    try {
      const result: unknown = await pipeline(meters.map(({ stage }) => stage) as never, options);
      finish.resolve();
      return result;
    } catch (error) {
      finish.reject(error);
      throw error;
    } finally {
      await Promise.all(spans);
    }
  });
}
