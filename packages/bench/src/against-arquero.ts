import { strict as assert } from "node:assert";
import { columnProfileTable, qualityFromIds } from "@pitot/tables";
import { op, table as arqueroTable } from "arquero";
import { asyncTurns } from "./async-turns.ts";
import type { BenchResult } from "./bench-result.ts";

const ROWS = 300_000;
const EVERY = 10_000;

/**
 * Rows 5 and 6 against Arquero, on tables of a size that it gets through: invalid int64 ids, nulls with least and greatest of a column of doubles, and
 * its profile, of which Arquero's values are exact.
 */
export async function againstArquero(): Promise<BenchResult[]> {
  const id = BigInt64Array.from({ length: ROWS }, (_, i) => (i % EVERY === 0 ? 0n : BigInt(i)));
  const x = Float64Array.from({ length: ROWS }, (_, i) => (i * 7919) % 200_003);
  const columns = { id, x };
  const other = arqueroTable(columns);
  const spec = { idCol: "id", entityKind: "NODE", issue: "INVALID_ID" };
  const ids = () => qualityFromIds({ id }, spec).numRows;
  const otherIds = () =>
    other.filter((row: { id: bigint | null }) => row.id === null || row.id === 0n).numRows();
  const range = () => columnProfileTable({ t: { x } }, { sketches: false });
  const extremes = { nulls: op.invalid("x"), min: op.min("x"), max: op.max("x") };
  const otherRange = () => other.rollup(extremes).object() as Record<string, number>;
  const profile = () => columnProfileTable({ t: { x } });
  const otherProfile = () =>
    other
      .rollup({
        ...extremes,
        distinct: op.distinct("x"),
        median: op.median("x"),
        mean: op.mean("x"),
        stddev: op.stdev("x"),
      })
      .object() as Record<string, number>;

  assert.equal(ids(), ROWS / EVERY);
  assert.equal(otherIds(), ROWS / EVERY);
  const mine = (profile().get(0) as { toJSON(): Record<string, unknown> }).toJSON();
  const theirs = otherProfile();
  assert.deepEqual([mine["null_count"], mine["min"], mine["max"]].map(Number), [
    theirs["nulls"],
    theirs["min"],
    theirs["max"],
  ]);
  const near = (a: unknown, b: number | undefined, part: number) =>
    assert.ok(Math.abs(Number(a) / b! - 1) < part, `${String(a)} ${b}`);
  near(mine["distinct_estimate"], theirs["distinct"], 0.05);
  near((mine["quantiles"] as { get(i: number): number }).get(3), theirs["median"], 0.03);
  near(mine["mean"], theirs["mean"], 1e-9);
  near(mine["stddev"], theirs["stddev"], 1e-9);

  const times = await asyncTurns(5, ids, otherIds, range, otherRange, profile, otherProfile);
  const result = (name: string, at: number, most: number): BenchResult => ({
    row: at === 0 ? 5 : 6,
    name,
    ours: (times[at]! * 1e6) / ROWS,
    peer: (times[at + 1]! * 1e6) / ROWS,
    peerName: "Arquero",
    unit: "ns/value",
    ratio: times[at]! / times[at + 1]!,
    goal: `<= ${most}`,
    met: times[at]! / times[at + 1]! <= most,
  });
  return [
    result("invalid ids of 300,000 int64", 0, 0.5),
    result("nulls, min, max of 300,000 doubles", 2, 0.5),
    result("profile of 300,000 doubles", 4, 0.1),
  ];
}
