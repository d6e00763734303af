import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { trackedRun } from "@pitot/core";
import { HyparquetInstrumentation } from "@pitot/node/instrumentations";
import * as hyparquet from "hyparquet";
import { startBare } from "./bare-sdk.ts";
import { median, type BenchResult } from "./bench-result.ts";
import { flightsPipeline } from "./flights-pipeline.ts";

const ROUNDS = 15;

/** Row 11: a pipeline of a million rows, tracked and plain in turn. */
export async function trackedPipeline(): Promise<BenchResult> {
  const { stop } = await startBare();
  const out = mkdtempSync(join(tmpdir(), "pitot-bench-"));
  const { parquetRead } = new HyparquetInstrumentation({ enabled: false }).patch({ ...hyparquet });
  const plain = () => flightsPipeline(undefined, hyparquet.parquetRead, out);
  const tracked = () => trackedRun({ label: "flights" }, (run) => flightsPipeline(run, parquetRead, out));
  const times: Record<"plain" | "again" | "tracked", number[]> = { plain: [], again: [], tracked: [] };
  const results = new Set<number>();
  for (let round = -2; round < ROUNDS; round++)
    for (const kind of ["plain", "tracked", "again"] as const) {
      const started = performance.now();
      results.add(await (kind === "tracked" ? tracked() : plain()));
      if (round >= 0) times[kind].push(performance.now() - started);
    }
  if (results.size !== 1) throw new Error("the pipelines differ");
  await stop();
  rmSync(out, { recursive: true, force: true });
  const [one, again, ours] = [median(times.plain), median(times.again), median(times.tracked)];
  const base = (one + again) / 2;
  const spread = Math.abs(one - again) / base;
  return {
    row: 11,
    name: `tracked pipeline of 1,000,000 rows (A/A differ by ${(100 * spread).toFixed(1)} %)`,
    ours,
    peer: base,
    peerName: "the same, not tracked",
    unit: "ms",
    ratio: ours / base,
    goal: "<= 1.005, or inside A/A",
    met: ours / base <= 1.005 + spread,
  };
}
