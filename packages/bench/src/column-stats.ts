import { strict as assert } from "node:assert";
import { columnProfileTable } from "@pitot/tables";
import { makeVector, Table } from "apache-arrow";
import { asyncTurns } from "./async-turns.ts";
import type { BenchResult } from "./bench-result.ts";
import { ask, openDuck } from "./duck.ts";

const ROWS = 5_000_000;
const COLUMNS = 20;

/**
 * Row 6: nulls, least and greatest of 20 columns (int32, int64 and double in turn), against DuckDB on two threads; and the whole profile
 * against its SUMMARIZE.
 */
export async function columnStats(): Promise<BenchResult[]> {
  // The same values on both sides: a generator that SQL can write too, in numbers that doubles hold.
  const value = (row: number, column: number): number => ((row + column) * 7919) % 1_000_003;
  const types = ["int", "bigint", "double"];
  const table = new Table(
    Object.fromEntries(
      Array.from({ length: COLUMNS }, (_, c) => {
        const make = { int: Int32Array, bigint: BigInt64Array, double: Float64Array }[
          types[c % 3]!
        ] as typeof Float64Array;
        const values = new make(ROWS);
        const halves = types[c % 3] === "bigint" ? new Int32Array(values.buffer) : undefined;
        for (let i = 0; i < ROWS; i++)
          if (halves === undefined) values[i] = value(i, c);
          else halves[2 * i] = value(i, c);
        return [`c${c}`, makeVector(values)];
      }),
    ) as never,
  );
  const { connection, close } = await openDuck();
  const columns = Array.from(
    { length: COLUMNS },
    (_, c) => `(((i + ${c}) * 7919) % 1000003)::${types[c % 3]!} as c${c}`,
  );
  await connection.run(`create table t as select ${columns.join(", ")} from range(${ROWS}) r(i)`);
  const sql = `select ${Array.from({ length: COLUMNS }, (_, c) => `count(*) - count(c${c}), min(c${c}), max(c${c})`).join(", ")} from t`;
  const range = () => columnProfileTable({ t: table }, { sketches: false });
  const [answer] = await ask(connection, sql);
  for (const [c, row] of range().toArray().entries()) {
    const { null_count, min, max } = (row as { toJSON(): Record<string, unknown> }).toJSON();
    assert.deepEqual([null_count, min, max].map(String), answer!.slice(3 * c, 3 * c + 3).map(String));
  }
  const summary = await ask(connection, "select approx_unique, q50 from (summarize t)");
  for (const [c, row] of columnProfileTable({ t: table }).toArray().entries()) {
    const { distinct_estimate, quantiles } = (
      row as { toJSON(): { distinct_estimate: bigint; quantiles: { get(i: number): number } } }
    ).toJSON();
    // Both are estimates: of a million values, and of a median of half a million.
    for (const distinct of [Number(distinct_estimate), Number(summary[c]![0])])
      assert.ok(Math.abs(distinct / 1_000_003 - 1) < 0.25);
    for (const middle of [quantiles.get(3), Number(summary[c]![1])])
      assert.ok(Math.abs(middle / 500_000 - 1) < 0.03);
  }
  const [ours, peer, profile, summarize] = (await asyncTurns(
    3,
    range,
    () => ask(connection, sql),
    () => columnProfileTable({ t: table }),
    () => ask(connection, "summarize t"),
  )) as [number, number, number, number];
  close();
  const result = (
    name: string,
    mine: number,
    other: number,
    peerName: string,
    most: number,
  ): BenchResult => ({
    row: 6,
    name,
    ours: (mine * 1e6) / ROWS / COLUMNS,
    peer: (other * 1e6) / ROWS / COLUMNS,
    peerName,
    unit: "ns/value",
    ratio: mine / other,
    goal: `<= ${most.toFixed(2)}`,
    met: mine / other <= most,
  });
  return [
    result(`nulls, min, max of ${COLUMNS} x ${ROWS / 1e6}M`, ours, peer, "DuckDB, 2 threads", 0.5),
    result(`profile of ${COLUMNS} x ${ROWS / 1e6}M`, profile, summarize, "DuckDB SUMMARIZE, 2 threads", 0.1),
  ];
}
