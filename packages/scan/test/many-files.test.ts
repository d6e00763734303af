// The memory of a scan does not grow with what it has passed: 10,000 files, in a process of their own that may not have more.
import { spawnSync } from "node:child_process";
import { linkSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { duckFiles, type DuckFiles } from "./duckdb-files.ts";

const FILES = 10_000;
// A listing of 10,000 files with their schemas is some 10 MB, kept footers are at most 64 MB.
const HEAP_MB = 128;

let duck: DuckFiles;
beforeAll(async () => {
  duck = await duckFiles();
  mkdirSync(duck.path("many"));
  await duck.run(`copy (select i as id, 'n' || i as name, i * 0.5 as half, {'a': i} as st from range(40) t(i))
    to '$DIR/many/0.parquet' (row_group_size 20)`);
  for (let i = 1; i < FILES; i++) linkSync(duck.path("many/0.parquet"), duck.path(`many/${i}.parquet`));
});
afterAll(async () => await duck[Symbol.asyncDispose]());

it("opens, counts, reads and explains 10,000 files in bounded memory", () => {
  const built = fileURLToPath(new URL("../dist/index.js", import.meta.url));
  const script = `
    const { col, countedRows, explainScan, openDataset, scanBatches } = await import(${JSON.stringify(built)});
    const dataset = await openDataset(${JSON.stringify(duck.path("many"))});
    const { rows, effectiveness } = await countedRows(dataset, { predicate: col("id").ge(0) });
    let batches = 0;
    for await (const batch of scanBatches(dataset, { predicate: col("id").eq(7), columns: ["st.a"] }))
      if ((batches += batch.numRows) === 500) break;
    const { findings } = await explainScan(dataset, col("name").eq("n7"));
    console.log(JSON.stringify([rows, effectiveness.files.read, effectiveness.rowGroups.total, batches, findings.map(({ code }) => code)]));`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [`--max-old-space-size=${HEAP_MB}`, "--input-type=module", "-e", script],
    { encoding: "utf8", timeout: 240_000 },
  );
  expect(stderr).toBe("");
  // The few rows of each file are one row group.
  expect(JSON.parse(stdout)).toEqual([
    40 * FILES,
    FILES,
    FILES,
    500,
    expect.arrayContaining(["SMALL_FILES"]),
  ]);
});
