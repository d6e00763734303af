// What users give by mistake, and files that are odd but right: a clear error or the right rows, never a wrong answer without a word.
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { parquetWriteBuffer, type BasicType, type ColumnSource } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  col,
  countRows,
  listFragments,
  openDataset,
  openSource,
  scanBatches,
  type Dataset,
} from "../src/index.ts";
import { duckFiles, type DuckFiles } from "./duckdb-files.ts";

let duck: DuckFiles;
let numbers: Dataset;
beforeAll(async () => {
  duck = await duckFiles();
  await duck.run(`copy (select i as id from range(100) t(i)) to '$DIR/numbers.parquet'`);
  numbers = await openDataset(duck.path("numbers.parquet"));
});
afterAll(async () => await duck[Symbol.asyncDispose]());

const INVALID = { code: "INVALID_ARGUMENT" };

describe("arguments", () => {
  it("are refused where they are none, before anything is read", async () => {
    for (const prefetch of [-1, 0.5, Number.NaN, Infinity]) {
      expect(() => scanBatches(numbers, { prefetch })).toThrow(/prefetch must be/);
      await expect(countRows(numbers, { prefetch })).rejects.toMatchObject(INVALID);
    }
    for (const concurrency of [0, Number.NaN, 1.5])
      expect(() => openSource(numbers.source, { concurrency })).toThrow(
        /concurrency must be a whole number of 1 or more/,
      );
    expect(() => scanBatches(numbers, { columns: "id" as never })).toThrow(/not a list/);
    for (const predicate of ["id = 1", () => true, null])
      expect(() => scanBatches(numbers, { predicate: predicate as never })).toThrow(/no predicate/);
    for (const options of [
      { inspect: "some" },
      { partitioning: "hivee" },
      { format: "csv" },
      { schema: 5 },
      { partitionTypes: { nokey: numbers.schema.fields[0]!.type } },
    ])
      await expect(openDataset(duck.path("numbers.parquet"), options as never)).rejects.toMatchObject(
        INVALID,
      );
    for (const location of [
      "",
      undefined,
      [["a.parquet"]],
      { byteLength: "7", slice: () => new ArrayBuffer(7) },
    ])
      await expect(openDataset(location as never)).rejects.toMatchObject(INVALID);
  });
});

describe("places", () => {
  it("that are no files fail by name, pipes too", async () => {
    const folder = duck.path("odd");
    mkdirSync(folder);
    execFileSync("mkfifo", [`${folder}/pipe`]);
    await expect(openDataset(`${folder}/pipe`)).rejects.toThrow(/not a file: ".*pipe"/);
    await expect(openDataset("/dev/zero")).rejects.toThrow(/not a file/);
    await expect(openDataset(`${duck.folder}/nowhere/*.parquet`)).rejects.toMatchObject({ code: "IO" });
    writeFileSync(`${folder}/empty`, "");
    await expect(openDataset(`${folder}/empty`)).rejects.toThrow(/too short.*0 bytes/);
  });

  it("that links lead to are read once, and links to nowhere are told", async () => {
    const folder = duck.path("links/within");
    mkdirSync(folder, { recursive: true });
    await duck.run(`copy (select 1 as id) to '${folder}/a.parquet'`);
    symlinkSync("..", `${folder}/up`);
    expect((await listFragments(await openDataset(folder))).map(({ path }) => path)).toEqual(["a.parquet"]);
    symlinkSync("nowhere", `${folder}/b.parquet`);
    await expect(openDataset(folder)).rejects.toThrow(/no file to read at: ".*b\.parquet"/);
    // Of no concern to a glob that does not ask for it.
    expect(await countRows(await openDataset(`${folder}/a*`))).toBe(1);
  });

  it("may have any name", async () => {
    const folder = duck.path("sp ace/ü=ö%20x y");
    mkdirSync(folder, { recursive: true });
    await duck.run(`copy (select 7 as id) to '$DIR/plain.parquet'`);
    await duck.run(`copy (select 7 as id) to '${folder}/fi le [1] {a}.parquet'`);
    for (const place of [
      duck.path("sp ace"),
      `${duck.path("sp ace")}/*/*.parquet`,
      `${duck.path("sp ace")}/**`,
    ]) {
      const dataset = await openDataset(place);
      expect(await countRows(dataset, { predicate: col("ü").eq("ö x y") })).toBe(1);
    }
    expect(await countRows(await openDataset(`${folder}/fi le [1] {a}.parquet`))).toBe(1);
    expect(await countRows(await openDataset(`${duck.folder}/{plain,numbers}.parquet`))).toBe(101);
  });

  it("are not walked deeper than a glob goes", async () => {
    mkdirSync(duck.path("deep/below"), { recursive: true });
    await duck.run(`copy (select 1 as id) to '$DIR/deep/a.parquet'`);
    symlinkSync("nowhere", duck.path("deep/below/b.parquet"));
    expect(await countRows(await openDataset(`${duck.folder}/deep/*.parquet`))).toBe(1);
    await expect(openDataset(`${duck.folder}/deep/**/*.parquet`)).rejects.toMatchObject({ code: "IO" });
  });
});

const written = (columnData: ColumnSource[], rowGroupSize = 1) => {
  const file = parquetWriteBuffer({ columnData, rowGroupSize });
  return { byteLength: file.byteLength, slice: (start: number, end?: number) => file.slice(start, end) };
};
const ints = (name: string, data: number[]) => ({ name, data, type: "INT32" as BasicType });

describe("columns", () => {
  it("of a name with dots are not taken for a leaf of the same path", async () => {
    const schema = [
      { name: "root", num_children: 2 },
      { name: "a.b", type: "INT32" as const, repetition_type: "REQUIRED" as const },
      { name: "a", num_children: 1, repetition_type: "OPTIONAL" as const },
      { name: "b", type: "INT32" as const, repetition_type: "OPTIONAL" as const },
    ];
    const columnData = [
      { name: "a.b", data: [1, 2, 3] },
      { name: "a", data: [{ b: 100 }, { b: 200 }, { b: 300 }] },
    ];
    const file = parquetWriteBuffer({ columnData, schema, rowGroupSize: 1 });
    const dataset = await openDataset({
      byteLength: file.byteLength,
      slice: (start: number, end?: number) => file.slice(start, end),
    });
    // As a schema's own look-up has it: the whole name first.
    for (const value of [1, 2, 3])
      expect(await countRows(dataset, { predicate: col("a.b").eq(value) })).toBe(1);
    expect(await countRows(dataset, { predicate: col("a.b").eq(100) })).toBe(0);
  });

  it("of one name are refused, and none at all is a name", async () => {
    await expect(openDataset(written([ints("a", [1]), ints("a", [2])]))).rejects.toThrow(
      /two columns of the name: "a"/,
    );
    expect(
      await countRows(await openDataset(written([ints("", [1, 2])])), { predicate: col("").eq(2) }),
    ).toBe(1);
  });
});
