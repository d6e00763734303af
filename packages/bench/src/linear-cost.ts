import { finishRun, startRun } from "@pitot/core";
import { startBare } from "./bare-sdk.ts";
import { median, type BenchResult } from "./bench-result.ts";

/** Row 12, the time: ten times the quality rows. */
export async function linearCost(): Promise<BenchResult> {
  const { store, stop } = await startBare();
  const time = (rows: number): number => {
    const run = startRun({ label: "bench" });
    const started = performance.now();
    for (let i = 0; i < rows; i++) run.recordQualityRow("NODE", `id-${i}`, "INVALID_ID", "nodes");
    finishRun(run);
    return performance.now() - started;
  };
  time(100_000);
  const small = median([time(100_000), time(100_000), time(100_000)]);
  const large = median([time(1_000_000), time(1_000_000), time(1_000_000)]);
  await store.close();
  await stop();
  return {
    row: 12,
    name: "1,000,000 rows against 100,000",
    ours: large,
    peer: small,
    peerName: "a tenth of the rows",
    unit: "ms",
    ratio: large / small,
    goal: "<= 11",
    met: large / small <= 11,
  };
}
