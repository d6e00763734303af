import { DuckDBInstance } from "@duckdb/node-api";
import { observeDuckDB } from "@pitot/duckdb";
import { startBatching } from "./batching-sdk.ts";
import { cpuMicroseconds, median, type BenchResult } from "./bench-result.ts";

const STATEMENTS = 100;
/** Turns until the compiler has seen what is hot. */
const WARM_UP = 50;
const ROUNDS = 250;

/** Row 14: what an observed statement costs beyond the bare one, in µs of CPU. Connections of one instance take short turns,
 * so that neighbours and clocks treat both alike. */
export async function duckdbStatement(): Promise<BenchResult> {
  const stop = startBatching();
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const bare = await instance.connect();
  const observed = observeDuckDB(await instance.connect());
  const sql = "SELECT 42 AS answer";
  const [left, right] = [await bare.runAndReadAll(sql), await observed.runAndReadAll(sql)];
  if (JSON.stringify(left.getRowObjectsJson()) !== JSON.stringify(right.getRowObjectsJson()))
    throw new Error("An observed statement gives other rows.");
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < WARM_UP + ROUNDS; round++)
    for (const [which, connection] of [observed, bare].entries()) {
      const started = cpuMicroseconds();
      for (let i = 0; i < STATEMENTS; i++) await connection.run(sql);
      if (round >= WARM_UP) times[which]!.push((cpuMicroseconds() - started) / STATEMENTS);
    }
  const [ours, peer] = [median(times[0]), median(times[1])];
  bare.closeSync();
  observed.closeSync();
  instance.closeSync();
  await stop();
  return {
    row: 14,
    name: "a DuckDB statement, observed",
    ours,
    peer,
    peerName: "the same, bare",
    unit: "us",
    ratio: ours / peer,
    goal: "difference < 20",
    met: ours - peer < 20,
  };
}
