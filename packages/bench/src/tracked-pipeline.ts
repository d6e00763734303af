import { finishRun, startRun, type PipelineRun } from "@pitot/core";
import { tableFromArrays, tableToIPC } from "apache-arrow";
import { startBare } from "./bare-sdk.ts";
import { median, type BenchResult } from "./bench-result.ts";

const ROWS = 1_000_000;
const ROUNDS = 21;

/**
 * Row 11: a pipeline of a million rows, read, checked, aggregated and written, tracked and plain in turn. Its user code is the same
 * functions in both: inlined, one of the two would be deoptimised.
 */
export async function trackedPipeline(): Promise<BenchResult> {
  const { store, stop } = await startBare();
  const times: Record<"plain" | "again" | "tracked", number[]> = { plain: [], again: [], tracked: [] };
  const results = new Set<number>();
  for (let round = -3; round < ROUNDS; round++)
    for (const kind of ["plain", "tracked", "again"] as const) {
      const started = performance.now();
      results.add(kind === "tracked" ? tracked() : work(undefined));
      if (round >= 0) times[kind].push(performance.now() - started);
    }
  if (results.size !== 1) throw new Error("the pipelines differ");
  await store.close();
  await stop();
  const [plain, again, ours] = [median(times.plain), median(times.again), median(times.tracked)];
  const base = (plain + again) / 2;
  const spread = Math.abs(plain - again) / base;
  return {
    row: 11,
    name: `tracked pipeline of ${ROWS} rows (A/A differ by ${(100 * spread).toFixed(1)} %)`,
    ours,
    peer: base,
    peerName: "the same, not tracked",
    unit: "ms",
    ratio: ours / base,
    goal: "<= 1.005, or inside A/A",
    met: ours / base <= 1.005 + spread,
  };
}

function tracked(): number {
  const run = startRun({ label: "bench" });
  const bytes = run.with(() => work(run));
  finishRun(run);
  return bytes;
}

function work(run: PipelineRun | undefined): number {
  const stage = <T>(name: string, body: () => T): T => (run === undefined ? body() : run.stage(name, body));
  const input = stage("read", read);
  stage("check", () => check(input, run));
  const sums = stage("aggregate", () => aggregate(input));
  run?.recordMetric("bench.groups", sums.length);
  const bytes = stage("write", () => write(sums));
  run?.recordArtifact("result", { bytes });
  return bytes;
}

interface Input {
  readonly keys: Int32Array;
  readonly values: Float64Array;
}

function read(): Input {
  const keys = new Int32Array(ROWS);
  const values = new Float64Array(ROWS);
  for (let i = 0; i < ROWS; i++) {
    keys[i] = (i * 2_654_435_761) >>> 20;
    values[i] = i % 10_007 === 0 ? -1 : Math.sqrt(i);
  }
  return { keys, values };
}

function check({ values }: Input, run: PipelineRun | undefined): number {
  let bad = 0;
  for (let i = 0; i < ROWS; i++)
    if (values[i]! < 0) {
      bad++;
      run?.recordQualityRow("ROW", `${i}`, "NEGATIVE", "input");
    }
  return bad;
}

function aggregate({ keys, values }: Input): Float64Array {
  const sums = new Float64Array(4096);
  for (let i = 0; i < ROWS; i++) sums[keys[i]! & 4095]! += Math.log1p(values[i]! + 2);
  return sums;
}

function write(sums: Float64Array): number {
  return tableToIPC(tableFromArrays({ sums })).length;
}
