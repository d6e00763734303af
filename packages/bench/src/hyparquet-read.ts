import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { trackedRun } from "@pitot/core";
import { HyparquetInstrumentation } from "@pitot/node/instrumentations";
import * as hyparquet from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { startBare } from "./bare-sdk.ts";
import { cpuMicroseconds, median, type BenchResult } from "./bench-result.ts";

const ROUNDS = 12;
const KINDS = ["bare", "observed", "again"] as const;

/** Row 17: hyparquet reads a column of three million flights, instrumented and bare in turn, in ms of CPU. */
export async function hyparquetRead(): Promise<BenchResult> {
  const require = createRequire(import.meta.url);
  const path = join(dirname(require.resolve("vega-datasets")), "../data/flights-3m.parquet");
  const { stop } = await startBare();
  const observed = new HyparquetInstrumentation({ enabled: false }).patch({ ...hyparquet });
  const read = async ({ asyncBufferFromFile, parquetRead }: typeof hyparquet): Promise<number> => {
    let sum = 0;
    await parquetRead({
      file: await asyncBufferFromFile(path),
      compressors,
      columns: ["delay"],
      onChunk: ({ columnData }) => {
        for (const value of columnData as Iterable<bigint | number>) sum += Number(value);
      },
    });
    return sum;
  };
  const times: Record<(typeof KINDS)[number], number[]> = { bare: [], observed: [], again: [] };
  const sums = new Set<number>();
  await trackedRun({ label: "bench" }, async () => {
    for (let round = -3; round < ROUNDS; round++)
      for (let place = 0; place < KINDS.length; place++) {
        // Each takes each place in turn: what one leaves to the collector of garbage, the next pays.
        const kind = KINDS[(place + round + 3) % KINDS.length]!;
        const started = cpuMicroseconds();
        sums.add(await read(kind === "observed" ? observed : hyparquet));
        if (round >= 0) times[kind].push((cpuMicroseconds() - started) / 1000);
      }
  });
  await stop();
  if (sums.size !== 1) throw new Error("An instrumented read gives other values.");
  const [bare, again, ours] = [median(times.bare), median(times.again), median(times.observed)];
  const base = (bare + again) / 2;
  return {
    row: 17,
    name: `a column of 3,000,000 rows by hyparquet, instrumented (A/A differ by ${((100 * Math.abs(bare - again)) / base).toFixed(1)} %)`,
    ours,
    peer: base,
    peerName: "the same, bare",
    unit: "ms",
    ratio: ours / base,
    goal: "<= 1.02",
    met: ours / base <= 1.02,
  };
}
