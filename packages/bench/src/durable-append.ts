import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BatchEncoder, TABLE_SCHEMAS } from "@pitot/snapshot";
import { tableFromIPC } from "apache-arrow";
import { median, type BenchResult } from "./bench-result.ts";

const ROWS = 1000;
const ROUNDS = 60;

interface Row {
  readonly entity_kind: string;
  readonly entity_id: string;
  readonly issue: string;
  readonly source_table: string;
  readonly run_id: string;
  readonly trace_id: string;
  readonly span_id: string;
  readonly time_unix_nano: bigint;
  readonly seq: number;
}

/** Row 4: 1,000 rows encoded, written and forced to the disk, against the same rows as JSON Lines. */
export async function durableAppend(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), "pitot-bench-"));
  const rows = Array.from({ length: ROWS }, (_, i): Row => ({
    entity_kind: "NODE",
    entity_id: `id-${i}`,
    issue: "INVALID_ID",
    source_table: "nodes",
    run_id: "019ab7a0-6c4d-7000-8e5b-01e2b510b70f",
    trace_id: "0af7651916cd43dd8448eb211c80319c",
    span_id: "b7ad6b7169203331",
    time_unix_nano: 1_764_000_000_000_000_000n,
    seq: i,
  }));
  const names = Object.keys(rows[0]!) as (keyof Row)[];
  const paths = { arrow: join(folder, "rows.arrows"), json: join(folder, "rows.jsonl") };
  const files = { arrow: openSync(paths.arrow, "w"), json: openSync(paths.json, "w") };
  const encoder = new BatchEncoder(TABLE_SCHEMAS["quality"]!);
  const arrow = (): void => {
    // From the same objects, though recording makes none.
    const columns = Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])]));
    writeSync(files.arrow, encoder.encode(ROWS, columns));
    encoder.commit();
    fsyncSync(files.arrow);
  };
  const json = (): void => {
    const lines = rows.map((row) => JSON.stringify({ ...row, time_unix_nano: String(row.time_unix_nano) }));
    writeSync(files.json, `${lines.join("\n")}\n`);
    fsyncSync(files.json);
  };
  const times: [number[], number[]] = [[], []];
  // In turn, each append by itself: what the disk does in between hits both.
  for (let round = -10; round < ROUNDS; round++)
    [arrow, json].forEach((append, which) => {
      const started = performance.now();
      append();
      if (round >= 0) times[which]!.push(performance.now() - started);
    });
  closeSync(files.arrow);
  closeSync(files.json);
  const read = [
    tableFromIPC(readFileSync(paths.arrow)).numRows,
    readFileSync(paths.json, "utf8").trimEnd().split("\n").length,
  ];
  rmSync(folder, { recursive: true, force: true });
  if (read.some((count) => count !== ROWS * (ROUNDS + 10)))
    throw new Error(`rows differ: ${read.join(", ")}`);
  const [ours, peer] = times.map((each) => (1000 * median(each)) / ROWS) as [number, number];
  return {
    row: 4,
    name: "append 1,000 rows and fsync",
    ours,
    peer,
    peerName: "JSON Lines and fsync",
    unit: "us/row",
    ratio: ours / peer,
    goal: "<= 0.67",
    met: ours / peer <= 1 / 1.5,
  };
}
