import { mkdtempSync, rmSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { trackedRun } from "@pitot/core";
import { HyparquetInstrumentation } from "@pitot/node/instrumentations";
import * as hyparquet from "hyparquet";
import { startBare } from "./bare-sdk.ts";
import type { BenchResult } from "./bench-result.ts";
import { flightsPipeline } from "./flights-pipeline.ts";

const RUNS = 15;
/** Code of Pitot and of OpenTelemetry, as a profile names it. */
const SDK = /[/\\]packages[/\\](core|node|snapshot|semconv)[/\\]dist[/\\]|[/\\]@opentelemetry[/\\]/;

/** Row 11c: self-time of the SDK in the pipeline of row 11, by a CPU profile of several runs; the middle one of three. */
export async function pipelineSelfTime(): Promise<BenchResult> {
  const { stop } = await startBare();
  const out = mkdtempSync(join(tmpdir(), "pitot-bench-"));
  const { parquetRead } = new HyparquetInstrumentation({ enabled: false }).patch({ ...hyparquet });
  const runs = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++)
      await trackedRun({ label: "flights" }, (run) => flightsPipeline(run, parquetRead, out));
  };
  await runs(3);
  const profiles = [];
  for (let i = 0; i < 3; i++) profiles.push(await profiled(() => runs(RUNS)));
  await stop();
  rmSync(out, { recursive: true, force: true });
  const { ours, whole } = profiles.toSorted((a, b) => a.ours / a.whole - b.ours / b.whole)[1]!;
  return {
    row: 11,
    name: "self-time of the SDK in a pipeline of 1,000,000 rows",
    ours: ours / RUNS,
    peer: whole / RUNS,
    peerName: "the whole run",
    unit: "ms",
    ratio: ours / whole,
    goal: "< 0.005",
    met: ours / whole < 0.005,
  };
}

/** Milliseconds that the SDK has of a body, by samples of its stack. */
async function profiled(body: () => Promise<void>): Promise<{ ours: number; whole: number }> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 250 });
  await session.post("Profiler.start");
  await body();
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  let ours = 0;
  let whole = 0;
  profile.samples?.forEach((id, i) => {
    const { url, functionName } = frames.get(id)!;
    const time = (profile.timeDeltas?.[i] ?? 0) / 1000;
    if (functionName !== "(idle)") whole += time;
    if (SDK.test(url)) ours += time;
  });
  return { ours, whole };
}
