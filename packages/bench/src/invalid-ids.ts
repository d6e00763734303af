import { strict as assert } from "node:assert";
import { qualityFromIds } from "@pitot/tables";
import { makeData, makeVector, Table, Utf8, Vector } from "apache-arrow";
import { asyncTurns } from "./async-turns.ts";
import type { BenchResult } from "./bench-result.ts";
import { ask, openDuck } from "./duck.ts";

const ROWS = 10_000_000;
/** One id in ten thousand is invalid. */
const EVERY = 10_000;

/**
 * Row 5: an invalid-id scan of 10M int64, against copying the same bytes, DuckDB on two threads, and `vector.get`; and of 10M utf8. DuckDB makes the same
 * quality rows; for int64 it also counts them alone, without making any.
 */
export async function invalidIds(): Promise<BenchResult[]> {
  const numbers = new BigInt64Array(ROWS);
  const halves = new Int32Array(numbers.buffer);
  for (let i = 0; i < ROWS; i++) halves[2 * i] = i % EVERY === 0 ? 0 : i;
  const texts = Array.from({ length: ROWS }, (_, i) => (i % EVERY === 0 ? "0" : `n${i}`));
  const valueOffsets = new Int32Array(ROWS + 1);
  texts.forEach((text, i) => (valueOffsets[i + 1] = valueOffsets[i]! + text.length));
  const utf8 = new Vector([
    makeData({
      type: new Utf8(),
      length: ROWS,
      nullCount: 0,
      valueOffsets,
      data: Buffer.from(texts.join("")),
    }),
  ]);
  const byNumber = new Table({ id: makeVector(numbers) });
  const byText = new Table({ id: utf8 });
  const { connection, close } = await openDuck();
  await connection.run(
    `create table numbers as select case when i % ${EVERY} = 0 then 0 else i end::bigint as id from range(${ROWS}) t(i)`,
  );
  await connection.run(
    `create table texts as select case when i % ${EVERY} = 0 then '0' else 'n' || i end as id from range(${ROWS}) t(i)`,
  );
  const spec = {
    idCol: "id",
    entityKind: "NODE",
    issue: "INVALID_ID",
    sourceTable: "nodes",
  };
  const where = (table: string, zero: string) => `from ${table} where id is null or id = ${zero}`;
  const count = () => ask(connection, `select count(*) ${where("numbers", "0")}`);
  const duck = (table: string, zero: string) =>
    connection.runAndReadAll(
      `select 'NODE' as entity_kind, id::varchar as entity_id, 'INVALID_ID' as issue, 'nodes' as source_table ${where(
        table,
        zero,
      )}`,
    );
  const found = ROWS / EVERY;
  assert.equal(Number((await count())[0]![0]), found);
  for (const [table, rows] of [
    [byNumber, await duck("numbers", "0")],
    [byText, await duck("texts", "'0'")],
  ] as const) {
    const quality = qualityFromIds(table, spec).toArray() as {
      toJSON(): object;
    }[];
    assert.equal(quality.length, found);
    assert.deepEqual(
      quality.map((row) => row.toJSON()),
      rows.getRowObjectsJS(),
    );
  }
  const copy = new BigInt64Array(ROWS);
  const column = byNumber.getChild("id")!;
  const get = () => {
    let zeros = 0;
    for (let i = 0; i < ROWS; i++) if (column.get(i) === 0n) zeros++;
    assert.equal(zeros, found);
  };
  const [ours, set, sql, sqlCount, loop, oursText, sqlText] = (await asyncTurns(
    5,
    () => qualityFromIds(byNumber, spec),
    () => copy.set(numbers),
    () => duck("numbers", "0"),
    count,
    get,
    () => qualityFromIds(byText, spec),
    () => duck("texts", "'0'"),
  )) as [number, number, number, number, number, number, number];
  close();
  const result = (name: string, mine: number, peer: number, peerName: string, most: number): BenchResult => ({
    row: 5,
    name,
    ours: (mine * 1e6) / ROWS,
    peer: (peer * 1e6) / ROWS,
    peerName,
    unit: "ns/value",
    ratio: mine / peer,
    goal: `<= ${most.toFixed(2)}`,
    met: mine / peer <= most,
  });
  return [
    result("invalid ids of 10M int64", ours, set, "TypedArray.set", 1.5),
    result("invalid ids of 10M int64", ours, sql, "DuckDB, 2 threads", 0.5),
    result("invalid ids of 10M int64", ours, sqlCount, "DuckDB, 2 threads, counting alone", 0.5),
    result("invalid ids of 10M int64", ours, loop, "vector.get", 0.1),
    result("invalid ids of 10M utf8", oursText, sqlText, "DuckDB, 2 threads", 1 / 3),
  ];
}
