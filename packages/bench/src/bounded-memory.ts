import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { median, type BenchResult } from "./bench-result.ts";

/** Row 12, the memory: a run of ten million quality rows in a process of its own, its greatest resident size above what it had before the run. */
export async function boundedMemory(): Promise<BenchResult> {
  const measure = (rows: number): number => {
    const child = spawnSync(
      process.execPath,
      ["--expose-gc", fileURLToPath(new URL("bounded-memory-child.js", import.meta.url)), String(rows)],
      { encoding: "utf8" },
    );
    if (child.status !== 0) throw new Error(`the child failed: ${child.stderr}`);
    return Number(child.stdout) / 2 ** 20;
  };
  const of = (rows: number): number => median([measure(rows), measure(rows), measure(rows)]);
  const [ours, peer] = [of(10_000_000), of(1_000_000)];
  return {
    row: 12,
    name: "memory of a run of 10,000,000 quality rows",
    ours,
    peer,
    peerName: "a tenth of the rows",
    unit: "MiB",
    ratio: ours / peer,
    goal: "ours < 300",
    met: ours < 300,
  };
}
