import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import {
  Dictionary,
  Field,
  Float64,
  Int32,
  Int64,
  Schema,
  Table,
  tableFromIPC,
  tableToIPC,
  Utf8,
  type RecordBatch,
} from "apache-arrow";
import { typeString } from "@pitot/tables";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  col,
  countedRows,
  countRows,
  fragmentFileHints,
  listFragments,
  openDataset,
  parsePredicate,
  rowGroupCount,
  rowGroupFragments,
  scanBatches,
  splitFragmentByRowGroup,
  takeRowGroupFragments,
  type Scan,
} from "../src/index.ts";
import { duckFiles, type DuckFiles } from "./duckdb-files.ts";

let duck: DuckFiles;

beforeAll(async () => {
  duck = await duckFiles();
  await duck.run(`
    create table numbers as select i::integer as id, i // 2048 as part, (i * 7919 % 10000)::double as noise,
      'n' || lpad(i::varchar, 5, '0') as name, case when i % 10 = 0 then null else i end as maybe
      from range(8192) t(i);
    copy numbers to '$DIR/numbers.parquet' (row_group_size 2048);
  `);
  mkdirSync(duck.path("hive"));
  await duck.run(`
    copy (select *, 2000 + (id // 4096) as year, case when id % 2 = 0 then 'a b/ü' else null end as city from numbers)
      to '$DIR/hive' (format parquet, partition_by (year, city), overwrite_or_ignore, row_group_size 2048);
  `);
});
afterAll(async () => await duck[Symbol.asyncDispose]());

async function rowsOf(scan: Scan): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for await (const batch of scan) rows.push(...batch.toArray().map((row) => row?.toJSON()));
  return rows;
}

const shape = (schema: Schema) => schema.fields.map(({ name, type }) => `${name}: ${typeString(type)}`);

describe("opening", () => {
  it("opens one file, by path, URL and buffer", async () => {
    const bytes = await readFile(duck.path("numbers.parquet"));
    const buffer = {
      byteLength: bytes.length,
      slice: (start: number, end?: number) =>
        bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + (end ?? bytes.length)),
    };
    for (const location of [
      duck.path("numbers.parquet"),
      new URL(`file://${duck.path("numbers.parquet")}`),
      buffer,
      [duck.path("numbers.parquet")],
      `${duck.folder}/num*.parquet`,
    ]) {
      const dataset = await openDataset(location);
      expect(shape(dataset.schema)).toEqual([
        "id: int32",
        "part: int64",
        "noise: double",
        "name: string",
        "maybe: int64",
      ]);
      expect(await countRows(dataset)).toBe(8192);
    }
    expect((await openDataset(duck.path("numbers.parquet"))).name).toBe("numbers");
  });

  it("reads hive partitions, decoded and typed, and prunes by them without a footer", async () => {
    const dataset = await openDataset(duck.path("hive"), { name: "cities" });
    expect(shape(dataset.schema).slice(-2)).toEqual(["year: int32", "city: string"]);
    expect((await listFragments(dataset)).map(({ partitionExpression }) => partitionExpression)).toEqual([
      "((year == 2000) and is_null(city, {nan_is_null=false}))",
      '((year == 2000) and (city == "a b/ü"))',
      "((year == 2001) and is_null(city, {nan_is_null=false}))",
      '((year == 2001) and (city == "a b/ü"))',
    ]);
    const scan = scanBatches(dataset, {
      predicate: col("year").eq(2001).and(col("city").isNull()),
      columns: ["city", "id", "year"],
    });
    const rows = await rowsOf(scan);
    expect(rows).toHaveLength(2048);
    expect(rows[0]).toEqual({ city: null, id: 4097, year: 2001 });
    expect(scan.effectiveness.files).toEqual({ total: 4, read: 1, skipped: 3 });
    expect(scan.effectiveness.filesSkippedBy.partition).toBe(3);
    expect(await countRows(dataset, { predicate: col("city").eq("a b/ü") })).toBe(4096);
    // A mixed predicate prunes row groups too.
    const mixed = await countedRows(dataset, { predicate: col("year").eq(2000).and(col("id").lt(10)) });
    expect([mixed.rows, mixed.effectiveness.rowGroupsSkippedBy.statistics]).toEqual([10, 0]);
  });

  it("takes partition types as given, and keeps text that is no int32", async () => {
    mkdirSync(duck.path("typed/day=2024-01-01/big=99999999999/code=007"), { recursive: true });
    mkdirSync(duck.path("typed/day=__HIVE_DEFAULT_PARTITION__/big=1/code=8"), { recursive: true });
    for (const folder of [
      "day=2024-01-01/big=99999999999/code=007",
      "day=__HIVE_DEFAULT_PARTITION__/big=1/code=8",
    ])
      await duck.run(`copy (select 1 as x) to '$DIR/typed/${folder}/f.parquet'`);
    const inferred = await openDataset(duck.path("typed"));
    expect(shape(inferred.schema)).toEqual(["x: int32", "day: string", "big: string", "code: int32"]);
    const given = await openDataset(duck.path("typed"), {
      partitionTypes: { big: new Int64(), code: new Utf8() },
    });
    expect(shape(given.schema)).toEqual(["x: int32", "day: string", "big: int64", "code: string"]);
    expect(
      await countRows(given, { predicate: col("big").gt(5_000_000_000).and(col("code").eq("007")) }),
    ).toBe(1);
    const plain = await openDataset(duck.path("typed"), { partitioning: "none" });
    expect(shape(plain.schema)).toEqual(["x: int32"]);
    await expect(openDataset(duck.path("typed"), { partitionTypes: { day: new Int64() } })).rejects.toThrow(
      /partition column day cannot hold: "2024-01-01"/,
    );
    // It would else be NaN.
    await expect(openDataset(duck.path("typed"), { partitionTypes: { day: new Float64() } })).rejects.toThrow(
      /partition column day cannot hold: "2024-01-01"/,
    );
  });

  it("skips files that were written before a column was there, wherever null does not match", async () => {
    mkdirSync(duck.path("evolved/year=2024"), { recursive: true });
    await duck.run(`
      copy (select i as id from range(10) t(i)) to '$DIR/evolved/old.parquet';
      copy (select i as id, i * 10 as price, {'zip': i} as home from range(10) t(i)) to '$DIR/evolved/year=2024/new.parquet';
    `);
    const dataset = await openDataset(duck.path("evolved"));
    for (const [text, rows, read] of [
      ["price >= 50", 5, 1],
      ["not price >= 50", 5, 1],
      ["home.zip = 3", 1, 1],
      ["year = 2024", 10, 1],
      ["price is null", 10, 1],
      ["home.zip is null and year is null", 10, 1],
      ["price is null or id = 3", 11, 2],
      ["not (price is null)", 10, 1],
    ] as const) {
      const scan = scanBatches(dataset, { predicate: parsePredicate(text) });
      expect(await rowsOf(scan), text).toHaveLength(rows);
      expect(scan.effectiveness.rowGroups.read, text).toBe(read);
      expect(await countRows(dataset, { predicate: parsePredicate(text) }), text).toBe(rows);
    }
  });

  it("leaves out hidden parts, sorts by bytes, does not follow a link in circles", async () => {
    const root = duck.path("listing");
    mkdirSync(`${root}/_tmp`, { recursive: true });
    mkdirSync(`${root}/.hidden`);
    mkdirSync(`${root}/sub/_x=1`, { recursive: true });
    for (const name of [
      "b",
      "a",
      "ü",
      "B",
      "_tmp/x",
      ".hidden/x",
      "_metadata",
      ".crc",
      "sub/c.parquet",
      "sub/_x=1/d",
    ])
      await duck.run(`copy (select 1 as x) to '${root}/${name}' (format parquet)`);
    symlinkSync(root, `${root}/sub/loop`);
    const dataset = await openDataset(root);
    expect((await listFragments(dataset)).map(({ path }) => path)).toEqual([
      "B",
      "a",
      "b",
      "sub/c.parquet",
      "ü",
    ]);
  });

  it("has no files and no rows in an empty folder", async () => {
    mkdirSync(duck.path("empty"));
    const dataset = await openDataset(duck.path("empty"));
    expect([
      dataset.schema.fields.length,
      await countRows(dataset),
      await rowsOf(scanBatches(dataset)),
    ]).toEqual([0, 0, []]);
  });

  it("unites schemas, and names the first column that it cannot unite", async () => {
    mkdirSync(duck.path("mixed"));
    await duck.run(`copy (select 1::integer as a, 'x' as only_here) to '$DIR/mixed/1.parquet'`);
    await duck.run(`copy (select 5000000000 as a, 2.5::float as b) to '$DIR/mixed/2.parquet'`);
    const dataset = await openDataset(duck.path("mixed"));
    expect(shape(dataset.schema)).toEqual(["a: int64", "only_here: string", "b: float"]);
    expect(await rowsOf(scanBatches(dataset))).toEqual([
      { a: 1n, only_here: "x", b: null },
      { a: 5_000_000_000n, only_here: null, b: 2.5 },
    ]);
    expect(await countRows(dataset, { predicate: col("a").gt(2 ** 32) })).toBe(1);
    expect(await countRows(dataset, { predicate: col("b").isNull() })).toBe(1);
    expect(shape((await openDataset(duck.path("mixed"), { inspect: "first" })).schema)).toHaveLength(2);
    await duck.run(`copy (select 'text' as a) to '$DIR/mixed/3.parquet'`);
    await expect(openDataset(duck.path("mixed"))).rejects.toThrow(
      /Column a is int64 in .*1\.parquet, but string in: ".*3\.parquet"/,
    );
  });

  it("reads older files in the schema that is given, and judges them by no statistics that mean something else", async () => {
    mkdirSync(duck.path("typesof"));
    await duck.run(`copy (select timestamp_ns '2024-01-01 00:00:00.000005' as at, 0.1::float as f, 1.5::decimal(4,1) as d)
      to '$DIR/typesof/1.parquet'`);
    await duck.run(`copy (select timestamp '2024-01-01 00:00:01' as at, 0.25::double as f, 2.25::decimal(9,2) as d)
      to '$DIR/typesof/2.parquet'`);
    const schema = (await openDataset(duck.path("typesof/2.parquet"))).schema;
    const dataset = await openDataset(duck.path("typesof"), { schema });
    const at = 1_704_067_200_000_000n;
    const scan = scanBatches(dataset);
    const values: bigint[] = [];
    for await (const batch of scan) values.push(...(batch.getChild("at")?.data[0]?.values as BigInt64Array));
    expect(values).toEqual([at + 5n, at + 1_000_000n]);
    // In nanoseconds, as the first file's statistics are, the literal would lie before all of its rows.
    expect(await countRows(dataset, { predicate: col("at").lt(at + 6n) })).toBe(1);
    expect(await countRows(dataset, { predicate: col("f").eq(0.1) })).toBe(0);
    expect(await countRows(dataset, { predicate: col("f").eq(Math.fround(0.1)) })).toBe(1);
    // A float32 of 0.1 is a bit more than that, also to the statistics of its file.
    expect(await countRows(dataset, { predicate: col("f").gt(0.1) })).toBe(2);
    expect(await countRows(dataset, { predicate: col("d").eq("1.50").or(col("d").eq(2.25)) })).toBe(2);
    const wrong = await openDataset(duck.path("numbers.parquet"), { schema });
    await expect(rowsOf(scanBatches(wrong))).resolves.toHaveLength(8192);
    const text = new Schema([new Field("id", new Utf8(), true)]);
    await expect(
      rowsOf(scanBatches(await openDataset(duck.path("numbers.parquet"), { schema: text }))),
    ).rejects.toThrow(
      /^Row group 0 of .*numbers\.parquet does not fit .*Column id is string in the dataset, but in a file it is: "int32"\), column: "id"/,
    );
  });

  it("reads texts as a dictionary where the schema says so, and writes them out again", async () => {
    const schema = new Schema([new Field("name", new Dictionary(new Utf8(), new Int32()), true)]);
    const dataset = await openDataset(duck.path("numbers.parquet"), { schema });
    const all: RecordBatch[] = [];
    for await (const batch of scanBatches(dataset, { predicate: col("name").between("n02000", "n02100") }))
      all.push(batch);
    const names = Array.from({ length: 101 }, (_, i) => `n0${2000 + i}`);
    expect(new Table(all).getChild("name")?.toArray()).toEqual(names);
    expect(
      tableFromIPC(tableToIPC(new Table(all)))
        .getChild("name")
        ?.toArray(),
    ).toEqual(names);
  });

  it("reads no columns, but rows", async () => {
    const counts: number[] = [];
    for await (const batch of scanBatches(await openDataset(duck.path("numbers.parquet")), { columns: [] }))
      counts.push(batch.numRows);
    expect(counts).toEqual([2048, 2048, 2048, 2048]);
  });

  it("refuses what is not there, not Parquet, or no place", async () => {
    writeFileSync(duck.path("text.parquet"), "not parquet at all");
    await expect(openDataset(duck.path("none.parquet"))).rejects.toMatchObject({ code: "IO" });
    await expect(openDataset(duck.path("text.parquet"))).rejects.toMatchObject({ code: "INVALID_DATA" });
    await expect(openDataset("s3://bucket/key")).rejects.toThrow(/AsyncBuffer/);
    await expect(openDataset(5 as never)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(openDataset(duck.folder, { concurrency: 0 })).rejects.toThrow(/whole number/);
    await expect(openDataset(duck.folder, { signal: AbortSignal.abort() })).rejects.toThrow(/aborted/);
  });
});

describe("fragments", () => {
  it("splits, counts, takes and hints", async () => {
    const dataset = await openDataset(duck.path("numbers.parquet"));
    const fragments = await listFragments(dataset);
    expect(await rowGroupCount(fragments)).toBe(4);
    const [split = [], again] = await Promise.all(
      [...fragments, ...(await takeRowGroupFragments(fragments, 1))].map((fragment) =>
        splitFragmentByRowGroup(fragment),
      ),
    );
    expect(split.map(({ rowGroups }) => rowGroups)).toEqual([[0], [1], [2], [3]]);
    expect(again).toHaveLength(1);
    expect(await rowGroupCount(split)).toBe(4);
    expect((await takeRowGroupFragments(fragments, 3)).map(({ rowGroups }) => rowGroups)).toEqual([
      [0],
      [1],
      [2],
    ]);
    await expect(takeRowGroupFragments(fragments, -1)).rejects.toThrow(/0 or more/);
    const within = await rowGroupFragments(dataset, { predicate: col("id").between(2048, 4100) });
    expect(within.map(({ rowGroups }) => rowGroups)).toEqual([[1], [2]]);
    expect(fragmentFileHints(split)).toHaveLength(1);
    const hive = await listFragments(await openDataset(duck.path("hive")));
    expect([fragmentFileHints(hive, 2).length, fragmentFileHints(hive, null).length]).toEqual([2, 4]);
  });

  it("leaves out a fragment of which every row group is pruned", async () => {
    const dataset = await openDataset(duck.path("hive"));
    const predicate = col("id").lt(4096);
    expect(await listFragments(dataset, { predicate })).toHaveLength(2);
    const { effectiveness } = await countedRows(dataset, { predicate });
    expect(effectiveness.files).toEqual({ total: 4, read: 2, skipped: 2 });
    expect(effectiveness.filesSkippedBy.statistics).toBe(2);
  });
});

describe("scanning", () => {
  it("reads only row groups that may match, the predicate's columns first", async () => {
    const dataset = await openDataset(duck.path("numbers.parquet"));
    const scan = scanBatches(dataset, {
      predicate: col("id").ge(4000).and(col("id").lt(4100)),
      columns: ["name", "id"],
    });
    const rows = await rowsOf(scan);
    expect(rows).toHaveLength(100);
    expect(rows[0]).toEqual({ name: "n04000", id: 4000 });
    expect(scan.effectiveness.rowGroups).toEqual({ total: 4, read: 2, skipped: 2 });
    expect(scan.effectiveness.rows).toEqual({ scanned: 4096, matched: 100, deleted: 0, skipped: 4096 });
    expect(scan.effectiveness.complete).toBe(true);
    // In range, but no row is it: no column beside the predicate's is read.
    const nothing = scanBatches(dataset, { predicate: col("noise").eq(5000.5) });
    expect(await rowsOf(nothing)).toEqual([]);
    const noise = scanBatches(dataset, { columns: ["noise"] });
    await rowsOf(noise);
    expect(nothing.effectiveness.bytes.data).toBe(noise.effectiveness.bytes.data);
  });

  it("counts from metadata where statistics prove all rows of a row group", async () => {
    const dataset = await openDataset(duck.path("numbers.parquet"));
    await countRows(dataset);
    const all = await countedRows(dataset, { predicate: col("id").ge(0) });
    expect([all.rows, all.effectiveness.bytes.read, all.effectiveness.rowGroupsSkippedBy.certain]).toEqual([
      8192, 0, 4,
    ]);
    const some = await countedRows(dataset, { predicate: col("maybe").lt(2048) });
    expect([some.rows, some.effectiveness.rowGroups.read]).toEqual([1843, 1]);
    expect(await countRows(dataset, { predicate: col("maybe").isNull() })).toBe(820);
    expect(await countRows(dataset, { predicate: col("id").eq(-1) })).toBe(0);
  });

  it("refuses columns and literals that the dataset has not", async () => {
    const dataset = await openDataset(duck.path("numbers.parquet"));
    expect(() => scanBatches(dataset, { columns: ["nope"] })).toThrow(/no column: "nope"/);
    expect(() => scanBatches(dataset, { columns: ["id", "id"] })).toThrow(/twice/);
    expect(() => scanBatches(dataset, { predicate: col("nope").eq(1) })).toThrow(
      /no column of the predicate/,
    );
    await expect(countRows(dataset, { predicate: col("id").eq("1") })).rejects.toThrow(/whole number/);
  });

  it("stops early and when it is told to", async () => {
    const dataset = await openDataset(duck.path("numbers.parquet"));
    const scan = scanBatches(dataset);
    for await (const batch of scan) {
      expect(batch.numRows).toBe(2048);
      break;
    }
    expect(scan.effectiveness.complete).toBe(false);
    expect(scan.effectiveness.rowGroups.read).toBeLessThan(4);
    const controller = new AbortController();
    const cancelled = scanBatches(dataset, { signal: controller.signal });
    await expect(
      (async () => {
        for await (const _ of cancelled) controller.abort(new Error("enough"));
      })(),
    ).rejects.toThrow("enough");
  });
});
