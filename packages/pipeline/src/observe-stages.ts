import type { PipelineRun } from "@pitot/core";
import { RunHandle } from "./around-run.ts";
import { StreamMeter } from "./stream-meter.ts";

/** The stages of one pipeline under observation. */
export interface ObservedStages {
  /** What `pipeline` is to be given in their place, in their order. */
  readonly metered: readonly unknown[];
  /** The pipeline has ended: spans that are open end, with its error, and streams are left as they were. Never rejects. */
  end(failure?: { readonly thrown: unknown }): Promise<void>;
}

/**
 * Begins a stage span for each stage of a `pipeline` of `node:stream` that the caller calls, with `metered`, and whose end the caller
 * tells. {@link observePipeline} is both in one.
 */
export function observeStages(run: PipelineRun, stages: Readonly<Record<string, unknown>>): ObservedStages {
  const handle = new RunHandle(run);
  const entries = Object.entries(stages);
  const meters = entries.map(([, stage], i) => new StreamMeter(stage, i === entries.length - 1));
  let finish!: { resolve: () => void; reject: (error: unknown) => void };
  const whole = new Promise<void>((resolve, reject) => {
    finish = { resolve, reject };
  });
  whole.catch(() => undefined);
  const spans = run.with(() =>
    entries.map(([id], i) => {
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
    }),
  );
  return {
    metered: meters.map(({ stage }) => stage),
    end: async (failure) => {
      for (const meter of meters) meter.release();
      if (failure === undefined) finish.resolve();
      else finish.reject(failure.thrown);
      await Promise.all(spans);
    },
  };
}
