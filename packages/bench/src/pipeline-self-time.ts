import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { HyparquetInstrumentation } from "@pitot/node/instrumentations";
import { trackedRun, type PipelineRun } from "@pitot/core";
import { tableFromArrays, tableToIPC } from "apache-arrow";
import * as hyparquet from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { startBare } from "./bare-sdk.ts";
import type { BenchResult } from "./bench-result.ts";

const ROWS = 1_000_000;
/** Code of Pitot and of OpenTelemetry, as a profile names it. */
const SDK = /[/\\]packages[/\\](core|node|snapshot|semconv)[/\\]dist[/\\]|[/\\]@opentelemetry[/\\]/;

/** Self-time of the SDK in a pipeline that reads, checks, aggregates and writes a million flights, by a CPU profile. */
export async function pipelineSelfTime(): Promise<BenchResult> {
  const require = createRequire(import.meta.url);
  const file = join(dirname(require.resolve("vega-datasets")), "../data/flights-3m.parquet");
  const out = mkdtempSync(join(tmpdir(), "pitot-bench-"));
  const { stop } = await startBare();
  const { parquetRead, asyncBufferFromFile } = new HyparquetInstrumentation({ enabled: false }).patch({
    ...hyparquet,
  });
  const pipeline = async (): Promise<number> =>
    await trackedRun({ label: "flights" }, async (run) => {
      const columns: Record<string, unknown[]> = {};
      await run.stage("read", async () =>
        parquetRead({
          file: await asyncBufferFromFile(file),
          compressors,
          columns: ["delay", "origin"],
          rowEnd: ROWS,
          onChunk: ({ columnName, columnData }) => {
            const column = (columns[columnName] ??= []);
            for (const value of columnData as unknown[])
              column.push(typeof value === "bigint" ? Number(value) : value);
          },
        }),
      );
      const delay = columns["delay"] as number[];
      const origin = columns["origin"] as string[];
      run.stage("check", () => check(run, delay));
      const sums = run.stage("aggregate", () => aggregate(delay, origin));
      run.stage("write", () =>
        writeFileSync(
          join(out, "delays.arrow"),
          tableToIPC(tableFromArrays({ origin: [...sums.keys()], delay: [...sums.values()] })),
        ),
      );
      run.recordMetric("airports", sums.size);
      return sums.size;
    });
  for (let i = 0; i < 3; i++) if ((await pipeline()) === 0) throw new Error("The pipeline read nothing.");
  const shares = [];
  for (let i = 0; i < 7; i++) shares.push(await profiled(pipeline));
  await stop();
  rmSync(out, { recursive: true, force: true });
  const { ours, whole } = shares.toSorted((a, b) => a.ours / a.whole - b.ours / b.whole)[3]!;
  return {
    row: 11,
    name: "self-time of the SDK in a pipeline of 1,000,000 rows",
    ours,
    peer: whole,
    peerName: "the whole run",
    unit: "ms",
    ratio: ours / whole,
    goal: "< 0.005",
    met: ours / whole < 0.005,
  };
}

/** Milliseconds that the SDK has of a run, by samples of its stack. */
async function profiled(pipeline: () => Promise<unknown>): Promise<{ ours: number; whole: number }> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 200 });
  await session.post("Profiler.start");
  await pipeline();
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

// Functions of their own: inlined into the SDK's, a profile would call them ours.
function check(run: PipelineRun, delay: readonly number[]): void {
  for (let i = 0; i < ROWS; i++)
    if (delay[i]! < -60) run.recordQualityRow("FLIGHT", String(i), "TOO_EARLY", "flights");
}

function aggregate(delay: readonly number[], origin: readonly string[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (let i = 0; i < ROWS; i++) sums.set(origin[i]!, (sums.get(origin[i]!) ?? 0) + delay[i]!);
  return sums;
}
