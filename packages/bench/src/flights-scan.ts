import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { openDataset, scanBatches } from "@pitot/scan";
import type { RecordBatch } from "apache-arrow";
import { asyncBufferFromFile, parquetRead } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { cpuMicroseconds, median, type BenchResult } from "./bench-result.ts";

const ROUNDS = 9;

/**
 * Row 8b: three million flights read whole. Ours gives Arrow batches; the peer is hyparquet alone, to
 * columns of its own. By the clock, and by the time of the processor.
 */
export async function flightsScan(): Promise<BenchResult[]> {
  const require = createRequire(import.meta.url);
  const file = join(dirname(require.resolve("vega-datasets")), "../data/flights-3m.parquet");
  await compareSums(file);
  const clock: [number[], number[]] = [[], []];
  const cpu: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round++)
    for (const [which, read] of [readBatches, readColumns].entries()) {
      // What one leaves behind is not to be cleared away in the other's time.
      globalThis.gc?.();
      const [started, used] = [performance.now(), cpuMicroseconds()];
      await read(file);
      // The first round warms up.
      if (round === 0) continue;
      clock[which]!.push(performance.now() - started);
      cpu[which]!.push((cpuMicroseconds() - used) / 1000);
    }
  return [result("scan 3,000,000 flights", clock), result("the same, time of the processor", cpu)];
}

async function readBatches(file: string, onBatch?: (batch: RecordBatch) => void): Promise<void> {
  for await (const batch of scanBatches(await openDataset(file))) onBatch?.(batch);
}

async function readColumns(
  file: string,
  onColumn?: (name: string, values: ArrayLike<unknown>) => void,
): Promise<void> {
  await parquetRead({
    file: await asyncBufferFromFile(file),
    compressors,
    onChunk: ({ columnName, columnData }) => onColumn?.(columnName, columnData),
  });
}

/** Throws where the two sides do not read the same. */
async function compareSums(file: string): Promise<void> {
  const ours = new Map<string, bigint>();
  const theirs = new Map<string, bigint>();
  await readBatches(file, (batch) => {
    for (const { name } of batch.schema.fields)
      addUp(ours, name, batch.getChild(name)!.toArray() as ArrayLike<unknown>);
  });
  await readColumns(file, (name, values) => addUp(theirs, name, values));
  for (const [name, sum] of ours)
    if (sum !== theirs.get(name)) throw new Error(`${name} adds up to ${sum} and ${theirs.get(name)}`);
}

/** Adds numbers, lengths of texts, and times in the unit that both have, ms. */
function addUp(sums: Map<string, bigint>, name: string, values: ArrayLike<unknown>): void {
  let sum = sums.get(name) ?? 0n;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value instanceof Date) sum += BigInt(value.getTime());
    else if (typeof value === "string") sum += BigInt(value.charCodeAt(0) + 31 * value.charCodeAt(1));
    else if (typeof value === "bigint") sum += name === "date" ? value / 1000n : value;
    else throw new TypeError(`${name} has ${String(value)}`);
  }
  sums.set(name, sum);
}

function result(name: string, [ours, peer]: readonly [number[], number[]]): BenchResult {
  const ratio = median(ours) / median(peer);
  return {
    row: 8,
    name,
    ours: median(ours),
    peer: median(peer),
    peerName: "hyparquet",
    unit: "ms",
    ratio,
    goal: "<= 1.2",
    met: ratio <= 1.2,
  };
}
