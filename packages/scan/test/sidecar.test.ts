import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Decimal,
  Field,
  Int32,
  List,
  Map_,
  Schema,
  Struct,
  TimestampMicrosecond,
  Utf8,
  Float16,
  Uint8,
  Bool,
  DateDay,
} from "apache-arrow";
import { asyncBufferFromFile, parquetMetadataAsync, parquetSchema, type SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  col,
  fileSource,
  listFragments,
  openDataset,
  parquetMetadataCollector,
  parquetMetadataFactory,
  ParquetMetadataSpec,
  readFooter,
  arrowSchema,
} from "../src/index.ts";
import { typeString } from "@pitot/tables";
import { duckFiles, type DuckFiles } from "./duckdb-files.ts";

const python = process.env["PITOT_PYTHON"];
if (python === undefined) console.warn("sidecars are not read by pyarrow: PITOT_PYTHON is not set");

let duck: DuckFiles;
beforeAll(async () => {
  duck = await duckFiles();
  mkdirSync(duck.path("out/part=1"), { recursive: true });
  await duck.run(
    `copy (select i as id, 'x' || i as name from range(5000) t(i)) to '$DIR/out/a.parquet' (row_group_size 2048)`,
  );
  await duck.run(
    `copy (select i as id, 'y' || i as name from range(5000, 6000) t(i)) to '$DIR/out/part=1/b.parquet'`,
  );
});
afterAll(async () => await duck[Symbol.asyncDispose]());

/** A map's entries are named as their writer liked. */
const described = (fields: readonly Field[]) =>
  fields.map(({ name, type, nullable }) => [name, typeString(type).replace(/ \('.*'\)/, ""), nullable]);

it("writes a folder's schema and row groups, which hyparquet and DuckDB read back", async () => {
  const dataset = await openDataset(duck.path("out"));
  const spec = await parquetMetadataFactory(dataset);
  expect(await spec.writeCommonMetadata(duck.path("out"))).toBe(duck.path("out/_common_metadata"));
  expect(await spec.writeMetadata(duck.path("out"))).toBe(duck.path("out/_metadata"));

  const common = await parquetMetadataAsync(await asyncBufferFromFile(duck.path("out/_common_metadata")));
  expect([common.row_groups.length, common.num_rows]).toEqual([0, 0n]);
  expect(parquetSchema(common).children.map(({ element }) => element.name)).toEqual(["id", "name"]);

  const metadata = await parquetMetadataAsync(await asyncBufferFromFile(duck.path("out/_metadata")));
  expect(metadata.num_rows).toBe(6000n);
  expect(metadata.row_groups.map(({ columns }) => columns.map(({ file_path }) => file_path))).toEqual([
    ["a.parquet", "a.parquet"],
    ["a.parquet", "a.parquet"],
    ["a.parquet", "a.parquet"],
    ["part=1/b.parquet", "part=1/b.parquet"],
  ]);
  expect(
    metadata.row_groups
      .map(({ ordinal }) => ordinal ?? null)
      .every((ordinal, i) => ordinal === null || ordinal === i),
  ).toBe(true);
  // Everything else is what the files say.
  const own = await parquetMetadataAsync(await asyncBufferFromFile(duck.path("out/part=1/b.parquet")));
  expect(metadata.row_groups[3]?.columns[0]?.meta_data).toEqual(own.row_groups[0]?.columns[0]?.meta_data);

  const [row] = await duck.rows(
    `select num_rows, num_row_groups from parquet_file_metadata('$DIR/out/_metadata')`,
  );
  expect(row?.map(Number)).toEqual([6000, 4]);
  const stats = await duck.rows(
    `select distinct row_group_id, stats_min, stats_max from parquet_metadata('$DIR/out/_metadata') where path_in_schema = 'id' order by 1`,
  );
  expect(stats.map((values) => values.map(String))).toEqual([
    ["0", "0", "2047"],
    ["1", "2048", "4095"],
    ["2", "4096", "4999"],
    ["3", "5000", "5999"],
  ]);
  // Sidecars are not data.
  expect(await listFragments(await openDataset(duck.path("out")))).toHaveLength(2);
  expect(readdirSync(duck.path("out")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

it("collects what a pipeline wrote, and row groups that a predicate leaves", async () => {
  const written = await openDataset([duck.path("out/a.parquet"), duck.path("out/part=1/b.parquet")], {
    partitioning: "none",
  });
  const collected = await parquetMetadataCollector(await listFragments(written));
  expect(collected.map(({ metadata }) => metadata.numRows)).toEqual([5000, 1000]);
  const pruned = await parquetMetadataFactory(written, { predicate: col("id").between(3000, 4000) });
  expect(pruned.fileMetadata.map(({ metadata }) => metadata.rowGroups.length)).toEqual([1]);
  expect(await new ParquetMetadataSpec(written.schema).writeMetadata(duck.folder)).toBeNull();
});

it("refuses files of other columns, and files elsewhere", async () => {
  mkdirSync(duck.path("odd"));
  await duck.run(`copy (select 1::integer as id, 'x' as name) to '$DIR/odd/c.parquet'`);
  const files = [duck.path("out/a.parquet"), duck.path("odd/c.parquet")];
  const dataset = await openDataset(files);
  await expect(parquetMetadataFactory(dataset)).rejects.toThrow(
    /id: int64 where .*c\.parquet has: "id: int32"/,
  );
  const spec = await parquetMetadataFactory(await openDataset(duck.path("out/a.parquet")));
  await expect(spec.writeMetadata(duck.path("odd"))).rejects.toThrow(/does not lie below/);
  // A folder where the sidecar should go.
  mkdirSync(duck.path("odd/_metadata"));
  writeFileSync(duck.path("odd/_metadata/keep"), "");
  const here = await parquetMetadataFactory(await openDataset(duck.path("odd/c.parquet")));
  await expect(here.writeMetadata(duck.path("odd"))).rejects.toMatchObject({ code: "IO" });
  expect(readdirSync(duck.path("odd"))).toEqual(["_metadata", "c.parquet"]);
});

it("refuses files that store the same columns in other bytes, which no one schema tells", async () => {
  mkdirSync(duck.path("stored"));
  const schema = (type: "INT32" | "INT64"): SchemaElement[] => [
    { name: "schema", num_children: 1 },
    { name: "price", type, converted_type: "DECIMAL", precision: 9, scale: 2, repetition_type: "REQUIRED" },
  ];
  for (const type of ["INT32", "INT64"] as const) {
    const columnData = [{ name: "price", data: [1.5] }];
    const file = parquetWriteBuffer({ schema: schema(type), columnData });
    writeFileSync(duck.path(`stored/${type}.parquet`), new Uint8Array(file));
  }
  await expect(parquetMetadataFactory(await openDataset(duck.path("stored")))).rejects.toThrow(
    /has price: decimal128\(9, 2\) stored as INT32 where .*INT64\.parquet has: "price: .* stored as INT64"/,
  );
});

it("writes the schema of a dataset that has no file yet", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pitot-sidecar-"));
  try {
    const fields = [
      new Field("id", new Int32(), false),
      new Field("small", new Uint8(), true),
      new Field("name", new Utf8(), true),
      new Field("flag", new Bool(), true),
      new Field("day", new DateDay(), true),
      new Field("half", new Float16(), true),
      new Field("price", new Decimal(2, 20, 128), true),
      new Field("at", new TimestampMicrosecond("UTC"), true),
      new Field("tags", new List(new Field("element", new Utf8(), true)), true),
      new Field("point", new Struct([new Field("x", new Int32(), true)]), true),
      new Field(
        "counts",
        new Map_(
          new Field(
            "entries",
            new Struct([
              new Field("key", new Utf8(), false),
              new Field("value", new Int32(), true),
            ] as never[]),
            false,
          ) as never,
        ),
        true,
      ),
    ];
    const path = await new ParquetMetadataSpec(new Schema(fields)).writeCommonMetadata(folder);
    const { metadata } = await readFooter(fileSource(path));
    expect(described(arrowSchema(metadata).fields)).toEqual(described(fields));
    const columns = await duck.rows(
      `select column_name, column_type from (describe select * from read_parquet('${path}'))`,
    );
    expect(columns.map(([name]) => name)).toEqual(fields.map(({ name }) => name));
  } finally {
    await rm(folder, { recursive: true });
  }
});

it.skipIf(python === undefined)("is read by pyarrow as a dataset: schema, rows and filters", async () => {
  const spec = await parquetMetadataFactory(await openDataset(duck.path("out"), { partitioning: "none" }));
  const [common, metadata] = [
    await spec.writeCommonMetadata(duck.path("out")),
    await spec.writeMetadata(duck.path("out")),
  ];
  const script = `
import sys, json, pyarrow.dataset as ds, pyarrow.parquet as pq
whole = ds.parquet_dataset(sys.argv[2])
print(json.dumps([pq.read_schema(sys.argv[1]).names, pq.read_metadata(sys.argv[2]).num_row_groups, whole.count_rows(),
  whole.count_rows(filter=ds.field("id") >= 4990), sorted(path.split("/out/")[1] for path in whole.files)]))`;
  const answer = execFileSync(python!, ["-c", script, common, metadata!], { encoding: "utf8" });
  expect(JSON.parse(answer)).toEqual([["id", "name"], 4, 6000, 1010, ["a.parquet", "part=1/b.parquet"]]);
});

it("is whole at any moment, whoever writes it", async () => {
  const folder = duck.path("out");
  const spec = await parquetMetadataFactory(await openDataset(folder));
  const half = await parquetMetadataFactory(await openDataset(duck.path("out/a.parquet")));
  await spec.writeMetadata(folder);
  const seen = new Set<number>();
  for (let turn = 0; turn < 20; turn++) {
    const writing = [
      spec.writeMetadata(folder),
      half.writeMetadata(folder),
      spec.writeCommonMetadata(folder),
    ];
    for (let look = 0; look < 5; look++)
      seen.add((await readFooter(fileSource(duck.path("out/_metadata")))).metadata.numRows);
    await Promise.all(writing);
  }
  expect([...seen].every((rows) => rows === 6000 || rows === 5000)).toBe(true);
  expect(readdirSync(folder).sort()).toEqual(["_common_metadata", "_metadata", "a.parquet", "part=1"]);
});

it("refuses footers that are signed", async () => {
  const dataset = await openDataset(duck.path("out"));
  const { fileMetadata, schema } = await parquetMetadataFactory(dataset);
  const signed = fileMetadata.map(({ location, metadata }) => ({
    location,
    metadata: { ...metadata, encryptionAlgorithm: "AES_GCM_V1" as const },
  }));
  await expect(
    new ParquetMetadataSpec(schema, signed as never).writeMetadata(duck.path("out")),
  ).rejects.toMatchObject({
    code: "UNSUPPORTED",
    message: expect.stringMatching(/signed.*a\.parquet/) as string,
  });
});
