import { metrics } from "@opentelemetry/api";
import { finishRun, startRun } from "@pitot/core";
import { startBare } from "./bare-sdk.ts";
import { alternate, type BenchResult } from "./bench-result.ts";

/** Row 2: a repeated `recordMetric` with three tags, against `counter.add` with three attributes. */
export async function metricCall(): Promise<BenchResult> {
  const { store, stop } = await startBare();
  const counter = metrics.getMeter("bench").createCounter("bench.peer");
  const run = startRun({ label: "bench" });
  const [ours, peer] = alternate(
    7,
    200_000,
    (count) => {
      for (let i = 0; i < count; i++)
        run.recordMetric("bench.ours", 1, { table: "nodes", stage: "load", part: "a" }, { kind: "counter" });
    },
    (count) => {
      for (let i = 0; i < count; i++) counter.add(1, { table: "nodes", stage: "load", part: "a" });
    },
  );
  finishRun(run);
  await store.close();
  await stop();
  return {
    row: 2,
    name: "record a metric again",
    ours,
    peer,
    peerName: "counter.add",
    unit: "ns",
    ratio: ours / peer,
    goal: "<= 0.15",
    met: ours / peer <= 0.15,
  };
}
