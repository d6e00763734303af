import { createDriver, type DriverNode } from "@pitot/pipeline";
import { PGraph } from "p-graph";
import { startBatching } from "./batching-sdk.ts";
import { cpuMicroseconds, median, type BenchResult } from "./bench-result.ts";

const NODES = 500;
/** Executions until the compiler has seen what is hot: 5,000 nodes. */
const WARM_UP = 10;
const ROUNDS = 40;

/** Row 15: what a node of the driver costs beyond a node of p-graph alone, in µs of CPU: a graph of layers, each node needing two before it. */
export async function driverNode(): Promise<BenchResult> {
  const stop = startBatching();
  const deps = (i: number): number[] => (i < 10 ? [] : [i - 10, i - (i % 10) - 10]);
  const values: number[] = [];
  const sum = (i: number, of: (i: number) => number): number =>
    deps(i).reduce((total, dep) => total + (of(dep) % 1000), 1);
  const driver = createDriver({
    nodes: Object.fromEntries(
      Array.from({ length: NODES }, (_, i): [string, DriverNode] => [
        `n${i}`,
        {
          deps: deps(i).map((dep) => `n${dep}`),
          run: (values) => sum(i, (dep) => values[`n${dep}`] as number),
        },
      ]),
    ),
    label: "bench",
  });
  const targets = Array.from({ length: NODES }, (_, i) => `n${i}`);
  const graph = new PGraph(
    new Map(targets.map((id, i) => [id, { run: () => void (values[i] = sum(i, (dep) => values[dep]!)) }])),
    targets.flatMap((id, i) => [...new Set(deps(i))].map((dep): [string, string] => [`n${dep}`, id])),
  );
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    let started = cpuMicroseconds();
    const ours = await driver.execute(targets);
    const spent = cpuMicroseconds() - started;
    started = cpuMicroseconds();
    await graph.run();
    const peer = cpuMicroseconds() - started;
    if (targets.some((id, i) => ours[id] !== values[i])) throw new Error("The driver gives other values.");
    if (round < WARM_UP) continue;
    times[0].push(spent / NODES);
    times[1].push(peer / NODES);
  }
  const [ours, peer] = [median(times[0]), median(times[1])];
  await stop();
  return {
    row: 15,
    name: "a node of the driver",
    ours,
    peer,
    peerName: "p-graph alone",
    unit: "us",
    ratio: ours / peer,
    goal: "difference < 30",
    met: ours - peer < 30,
  };
}
