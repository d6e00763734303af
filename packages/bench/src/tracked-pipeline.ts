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
  const result = run.with(() => work(run));
  finishRun(run);
  return result;
}

function work(run: PipelineRun | undefined): number {
  const stage = <T>(name: string, body: () => T): T => (run === undefined ? body() : run.stage(name, body));
  const input = stage("read", read);
  stage("check", () => check(input, run));
  const sums = stage("aggregate", () => aggregate(input));
  run?.recordMetric("bench.groups", sums.size);
  const bytes = stage("write", () => write(input, sums));
  run?.recordArtifact("result", { bytes });
  return [...sums.values()].reduce((total, sum) => total + sum, 0);
}

interface Input {
  readonly keys: readonly string[];
  readonly values: Float64Array;
}

/** A million lines of text, made once. */
const lines = Buffer.from(
  Array.from(
    { length: ROWS },
    (_, i) => `k${(i * 7919) % 5000},${i % 10_007 === 0 ? -1 : (i % 1000) / 8}`,
  ).join("\n"),
);

function read(): Input {
  const keys: string[] = [];
  const values = new Float64Array(ROWS);
  lines
    .toString("latin1")
    .split("\n")
    .forEach((line, i) => {
      const comma = line.indexOf(",");
      keys.push(line.slice(0, comma));
      values[i] = Number(line.slice(comma + 1));
    });
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

function aggregate({ keys, values }: Input): Map<string, number> {
  const sums = new Map<string, number>();
  for (let i = 0; i < ROWS; i++) sums.set(keys[i]!, (sums.get(keys[i]!) ?? 0) + values[i]!);
  return sums;
}

function write({ values }: Input, sums: Map<string, number>): number {
  return (
    tableToIPC(tableFromArrays({ values })).length +
    tableToIPC(tableFromArrays({ key: [...sums.keys()], sum: Float64Array.from(sums.values()) })).length
  );
}
