import { mkdirSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Float64 } from "apache-arrow";
import { col, explainScan, openDataset } from "../src/index.ts";
import { columnSeparation } from "../src/advice/column-separation.ts";
import { duckFiles, type DuckFiles } from "./duckdb-files.ts";

let duck: DuckFiles;
beforeAll(async () => {
  duck = await duckFiles();
  await duck.run(
    `create table t as select i as id, (i * 7919) % 65536 as mixed, 'v' || ((i * 31) % 1000) as word from range(65536) t(i)`,
  );
  await duck.run(`copy t to '$DIR/by_id.parquet' (row_group_size 4096)`);
  mkdirSync(duck.path("many"));
  for (let i = 0; i < 10; i++)
    await duck.run(`copy (select * from t where id // 6554 = ${i}) to '$DIR/many/${i}.parquet'`);
});
afterAll(async () => await duck[Symbol.asyncDispose]());

it("says that a sorted column separates and a mixed one does not, and what sorting would give", async () => {
  const dataset = await openDataset(duck.path("by_id.parquet"));
  const sorted = await explainScan(dataset, col("id").lt(4096));
  expect(sorted.columns[0]).toMatchObject({
    path: "id",
    rowGroups: 16,
    withoutStatistics: 0,
    overlap: 1 / 16,
    sortedRead: 1,
  });
  expect(sorted.findings.map(({ code }) => code)).toEqual(["SMALL_ROW_GROUPS"]);
  const mixed = await explainScan(dataset, col("mixed").lt(4096));
  expect(mixed.effectiveness.rowGroups.read).toBe(16);
  expect(mixed.columns[0]?.overlap).toBeGreaterThan(0.5);
  expect(mixed.columns[0]?.sortedRead).toBeLessThanOrEqual(2);
  expect(mixed.findings.map(({ code, column }) => [code, column])).toEqual([
    ["RANGES_OVERLAP", "mixed"],
    ["SORT_WOULD_SKIP", "mixed"],
    ["SMALL_ROW_GROUPS", undefined],
  ]);
  expect(mixed.text).toMatch(/by_id where \(mixed < 4096\)\n {2}reads 16 of 16 row groups in 1 of 1 files/);
  // Texts have ranges, but no quantiles.
  expect((await explainScan(dataset, col("word").eq("v1"))).columns[0]?.sortedRead).toBeNull();
});

it("does not advise to sort where sorting would skip nothing more", async () => {
  await duck.run(
    `copy (select 5 as same, i as id from range(16384) t(i)) to '$DIR/same.parquet' (row_group_size 2048)`,
  );
  const dataset = await openDataset(duck.path("same.parquet"));
  for (const predicate of [col("same").eq(5), col("same").ne(5), col("id").isIn([])]) {
    const { findings, columns } = await explainScan(dataset, predicate);
    expect(findings.map(({ code }) => code)).toEqual(["SMALL_ROW_GROUPS"]);
    expect(columns).toHaveLength(1);
  }
});

it("tells what it promised: the sorted file reads so many", async () => {
  await duck.run(`copy (select * from t order by mixed) to '$DIR/by_mixed.parquet' (row_group_size 4096)`);
  const predicate = col("mixed").between(10_000, 20_000);
  const before = await explainScan(await openDataset(duck.path("by_id.parquet")), predicate);
  const after = await explainScan(await openDataset(duck.path("by_mixed.parquet")), predicate);
  expect(
    Math.abs((before.columns[0]?.sortedRead ?? -9) - after.effectiveness.rowGroups.read),
  ).toBeLessThanOrEqual(1);
});

it("looks at files and footers, with and without a predicate", async () => {
  const explained = await explainScan(await openDataset(duck.path("many")));
  expect([explained.predicate, explained.columns]).toEqual([null, []]);
  expect(explained.findings.map(({ code }) => code)).toContain("SMALL_FILES");
  mkdirSync(duck.path("nothing"));
  expect((await explainScan(await openDataset(duck.path("nothing")))).text).toMatch(/nothing to improve/);
});

it("takes nulls for what statistics tell, not for statistics that are not there", async () => {
  await duck.run(`copy (select case when i < 4096 then i end as few, null::integer as none, case when i % 16 > 0 then i end as some
    from range(65536) t(i)) to '$DIR/nulls.parquet' (row_group_size 4096)`);
  const dataset = await openDataset(duck.path("nulls.parquet"));
  const few = await explainScan(dataset, col("few").ge(0));
  expect(few.columns[0]).toMatchObject({
    withoutStatistics: 0,
    withoutValues: 15,
    overlap: 1 / 16,
    sortedRead: 1,
  });
  expect(few.findings.map(({ code }) => code)).toEqual(["SMALL_ROW_GROUPS"]);
  const none = await explainScan(dataset, col("none").gt(1));
  expect(none.columns[0]).toMatchObject({
    withoutStatistics: 0,
    withoutValues: 16,
    overlap: null,
    sortedRead: null,
  });
  expect(none.text).toMatch(/reads 0 of 16 row groups.*\n {2}none: no values\n/);
  // Sorted, the nulls of all row groups are in one.
  const missing = await explainScan(dataset, col("some").isNull());
  expect([missing.effectiveness.rowGroups.read, missing.columns[0]?.sortedRead]).toEqual([16, 1]);
  // Nested columns, and none at all.
  await duck.run(
    `copy (select {'a': case when i > 0 then i end} as st from range(10) t(i)) to '$DIR/st.parquet'`,
  );
  const nested = await explainScan(await openDataset(duck.path("st.parquet")), col("st.a").gt(3));
  expect([nested.columns[0]?.path, nested.findings]).toEqual(["st.a", []]);
  await duck.run(`copy (select 1 as id where false) to '$DIR/norows.parquet'`);
  expect(
    (await explainScan(await openDataset(duck.path("norows.parquet")), col("id").gt(3))).findings,
  ).toEqual([]);
});

it("explains hundreds of thousands of row groups without a pause", () => {
  const ranges = Array.from({ length: 300_000 }, (_, i) => ({
    rows: 1000,
    nulls: 0,
    min: i % 1000,
    max: (i % 1000) + 10,
  }));
  const started = process.cpuUsage();
  const { overlap, sortedRead } = columnSeparation("x", ranges, new Float64(), col("x").lt(101));
  const { user } = process.cpuUsage(started);
  expect(overlap).toBeCloseTo(0.011, 3);
  // A tenth of the values.
  expect(sortedRead! / 300_000).toBeCloseTo(0.096, 1);
  expect(user / 1000).toBeLessThan(5000);
});
