import { monitorEventLoopDelay } from "node:perf_hooks";
import { setImmediate as turn } from "node:timers/promises";
import { trace } from "@opentelemetry/api";
import { finishRun, startRun } from "@pitot/core";
import { startBare } from "./bare-sdk.ts";
import type { BenchResult } from "./bench-result.ts";

const SECONDS = 4;

/** Row 11b: what flushing to disk adds to the delay of the event loop (p99), under 10,000 quality rows and 1,000 spans per second. */
export async function flushDelay(): Promise<BenchResult> {
  const peer = await delay(() => {});
  const { store, stop } = await startBare();
  const run = startRun({ label: "bench" });
  const tracer = trace.getTracer("bench");
  let number = 0;
  const ours = await delay(() => {
    for (let i = 0; i < 10; i++) run.recordQualityRow("NODE", `id-${number++}`, "INVALID_ID", "nodes");
    tracer.startSpan("span").end();
  });
  finishRun(run);
  await store.close();
  await stop();
  return {
    row: 11,
    name: "event loop delay (p99) while flushing",
    ours,
    peer,
    peerName: "nothing recorded",
    unit: "ms",
    ratio: ours / peer,
    goal: "<= 1 ms more",
    met: ours - peer <= 1,
  };
}

/** p99 in ms; `work` is called a thousand times a second. */
async function delay(work: () => void): Promise<number> {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  const started = performance.now();
  for (let called = 0; performance.now() - started < SECONDS * 1000; await turn())
    for (; called < performance.now() - started; called++) work();
  histogram.disable();
  return histogram.percentile(99) / 1e6;
}
