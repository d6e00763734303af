import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { col, deltaSource, fileSource, readFooters } from "@pitot/scan";
import { parquetWriteBuffer } from "hyparquet-writer";
import { median, type BenchResult } from "./bench-result.ts";
import { openByDeltalake, writeLog } from "./delta-logs.ts";

const ROUNDS = 3;

/** Rows 30 to 32: the state of a table from its log, against deltalake; and pruning its files, against opening footers. */
export async function deltaState(): Promise<BenchResult[]> {
  const python = process.env["PITOT_PYTHON"];
  if (python === undefined) {
    console.warn("PITOT_PYTHON is not set: Delta tables are not measured against deltalake");
    return [];
  }
  const folder = mkdtempSync(join(tmpdir(), "pitot-bench-delta-"));
  try {
    const commits = join(folder, "commits");
    writeLog(python, commits, "commits", 1000, 100);
    const checkpoint = join(folder, "checkpoint");
    writeLog(python, checkpoint, "checkpoint", 1000, 1000);
    return [
      await state(30, "state of 1,000 commits of 100 files", python, commits, 100_000),
      await state(31, "state of a checkpoint of 1,000,000 files", python, checkpoint, 1_000_000),
      await pruning(folder, checkpoint),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function state(
  row: number,
  name: string,
  python: string,
  table: string,
  files: number,
): Promise<BenchResult> {
  const [ours, peer]: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round++) {
    const started = performance.now();
    const { fragments } = await (await deltaSource(table)).plan();
    // deltalake lists where its files lie, and fragments tell it when they are asked.
    if (fragments.some(({ location }) => location === "")) throw new Error("a file lies nowhere");
    const took = performance.now() - started;
    const other = openByDeltalake(python, table);
    if (fragments.length !== files || other.files !== files)
      throw new Error(`${table} has ${files} files; ${fragments.length} and ${other.files} were found`);
    // The first round warms up.
    if (round === 0) continue;
    ours.push(took);
    peer.push(other.milliseconds);
  }
  return result(row, name, median(ours), median(peer), "deltalake", "<= 1", 1);
}

async function pruning(folder: string, table: string): Promise<BenchResult> {
  const bytes = new Uint8Array(
    parquetWriteBuffer({
      columnData: Array.from({ length: 20 }, (_, i) => ({
        name: `c${i}`,
        data: Int32Array.from({ length: 1000 }, (_, j) => i * j),
        type: "INT32" as const,
      })),
      rowGroupSize: 100,
    }),
  );
  const paths = Array.from({ length: 1000 }, (_, i) => join(folder, `${i}.parquet`));
  for (const path of paths) writeFileSync(path, bytes);
  const source = await deltaSource(table);
  const [ours, peer]: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round++) {
    let started = performance.now();
    const { fragments, skipped } = await source.plan(col("id").eq(123_456_789n));
    const took = performance.now() - started;
    if (fragments.length !== 1 || skipped.length !== 999_999) throw new Error("one file has the id");
    started = performance.now();
    const { length: footers } = await readFooters(paths.map((path) => fileSource(path)));
    if (footers !== paths.length) throw new Error(`${footers} footers were read`);
    if (round === 0) continue;
    ours.push(took);
    peer.push(performance.now() - started);
  }
  return result(
    32,
    "pruning 1,000,000 files",
    median(ours),
    median(peer),
    "opening 1,000 footers",
    "<= 0.1",
    0.1,
  );
}

function result(
  row: number,
  name: string,
  ours: number,
  peer: number,
  peerName: string,
  goal: string,
  most: number,
): BenchResult {
  return { row, name, ours, peer, peerName, unit: "ms", ratio: ours / peer, goal, met: ours / peer <= most };
}
