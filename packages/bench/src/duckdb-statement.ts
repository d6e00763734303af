import { DuckDBInstance } from "@duckdb/node-api";
import { observeDuckDB } from "@pitot/duckdb";
import { startBatching } from "./batching-sdk.ts";
import { cpuMicroseconds, mainThreadMicroseconds, median, type BenchResult } from "./bench-result.ts";

const STATEMENTS = 100;
/** Turns until the compiler has seen what is hot. */
const WARM_UP = 50;
const ROUNDS = 250;

/**
 * Row 14: what an observed statement costs beyond the bare one, in µs of CPU: of the thread that waits for it, and of all threads, which
 * includes what DuckDB's and V8's own do slower or more. Connections of one instance take short turns, so that neighbours and clocks
 * treat both alike.
 */
export async function duckdbStatement(): Promise<BenchResult[]> {
  const stop = startBatching();
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const bare = await instance.connect();
  const observed = observeDuckDB(await instance.connect());
  const sql = "SELECT 42 AS answer";
  const [left, right] = [await bare.runAndReadAll(sql), await observed.runAndReadAll(sql)];
  if (JSON.stringify(left.getRowObjectsJson()) !== JSON.stringify(right.getRowObjectsJson()))
    throw new Error("An observed statement gives other rows.");
  const all: [number[], number[]] = [[], []];
  const main: [number[], number[]] = [[], []];
  for (let round = 0; round < WARM_UP + ROUNDS; round++)
    for (const [which, connection] of [observed, bare].entries()) {
      const started = cpuMicroseconds();
      const startedMain = mainThreadMicroseconds();
      for (let i = 0; i < STATEMENTS; i++) await connection.run(sql);
      if (round < WARM_UP) continue;
      all[which]!.push((cpuMicroseconds() - started) / STATEMENTS);
      main[which]!.push((mainThreadMicroseconds() - startedMain) / STATEMENTS);
    }
  bare.closeSync();
  observed.closeSync();
  instance.closeSync();
  await stop();
  return [
    result("a DuckDB statement, observed: the thread that waits", main),
    result("the same: all threads", all),
  ];
}

function result(name: string, times: readonly [readonly number[], readonly number[]]): BenchResult {
  const [ours, peer] = [median(times[0]), median(times[1])];
  return {
    row: 14,
    name,
    ours,
    peer,
    peerName: "the same, bare",
    unit: "us",
    ratio: ours / peer,
    goal: "difference < 20",
    met: ours - peer < 20,
  };
}
