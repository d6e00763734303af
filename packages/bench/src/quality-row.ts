import { trace } from "@opentelemetry/api";
import { finishRun, startRun } from "@pitot/core";
import { startBare } from "./bare-sdk.ts";
import { alternate, type BenchResult } from "./bench-result.ts";

/** Row 1: recording a quality row of a run whose export budget is used up, against a bare `span.addEvent` with four attributes. */
export async function qualityRow(): Promise<BenchResult> {
  const { store, stop } = await startBare();
  const ids = Array.from({ length: 1024 }, (_, i) => `id-${i}`);
  const run = startRun({ label: "bench" });
  for (let i = 0; i < 2000; i++) run.recordQualityRow("NODE", "x", "INVALID_ID", "nodes");
  const [ours, peer] = alternate(
    7,
    200_000,
    (count) => {
      run.with(() => {
        for (let i = 0; i < count; i++) run.recordQualityRow("NODE", ids[i & 1023]!, "INVALID_ID", "nodes");
      });
    },
    (count) => {
      // A span keeps 128 events; a new one per hundred, as a carrier is.
      for (let i = 0; i < count; i += 100) {
        const span = trace.getTracer("bench").startSpan("records");
        for (let k = 0; k < 100; k++)
          span.addEvent("quality", {
            entity_kind: "NODE",
            entity_id: ids[(i + k) & 1023]!,
            issue: "INVALID_ID",
            source_table: "nodes",
          });
      }
    },
  );
  finishRun(run);
  await store.close();
  await stop();
  return {
    row: 1,
    name: "record a quality row",
    ours,
    peer,
    peerName: "span.addEvent",
    unit: "ns",
    ratio: ours / peer,
    goal: "<= 0.20",
    met: ours / peer <= 0.2,
  };
}
