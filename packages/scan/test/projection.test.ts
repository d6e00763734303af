import { mkdirSync } from "node:fs";
import { typeString } from "@pitot/tables";
import {
  Field,
  Int32,
  Schema,
  Struct,
  Table,
  tableFromIPC,
  tableToIPC,
  Utf8,
  type RecordBatch,
} from "apache-arrow";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  col,
  fileSource,
  openDataset,
  readFooter,
  scanBatches,
  type Dataset,
  type Scan,
} from "../src/index.ts";
import { duckFiles, type DuckFiles } from "./duckdb-files.ts";

let duck: DuckFiles;
let people: Dataset;
beforeAll(async () => {
  duck = await duckFiles();
  await duck.run(`copy (select i as id,
      case when i % 7 = 0 then null else {
        'name': 'n' || i,
        'home': case when i % 5 = 0 then null else {'street': repeat('s', 20) || i, 'zip': i // 3} end,
        'tags': [i, null]
      } end as person,
      [{'p': i, 'q': 'q' || i}] as list
    from range(5000) t(i)) to '$DIR/people.parquet' (row_group_size 2048, compression uncompressed)`);
  people = await openDataset(duck.path("people.parquet"));
});
afterAll(async () => await duck[Symbol.asyncDispose]());

async function rowsOf(scan: Scan): Promise<unknown[]> {
  const batches: RecordBatch[] = [];
  for await (const batch of scan) batches.push(batch);
  // What is given out is whole: it can be written and read back.
  if (batches.length > 0) void tableFromIPC(tableToIPC(new Table(batches))).toArray();
  return batches.flatMap((batch) => batch.toArray().map((row) => JSON.parse(text(row)) as unknown));
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? Number(part) : part));

/** Bytes of the chunks of some leaves, in all row groups. */
async function bytesOf(...paths: string[]): Promise<number> {
  const { metadata } = await readFooter(fileSource(duck.path("people.parquet")));
  return metadata.rowGroups
    .flatMap(({ columns }) => columns)
    .filter(({ pathInSchema }) => paths.includes(pathInSchema.join(".")))
    .reduce((sum, { totalCompressedSize }) => sum + totalCompressedSize, 0);
}

it("reads the chosen parts of a struct, and the bytes of no other", async () => {
  for (const [columns, types, leaves] of [
    [["person.home.zip"], "person: struct<home: struct<zip: int64>>", ["person.home.zip"]],
    [
      ["person.tags", "person.name", "id"],
      "person: struct<tags: list<element: int64>, name: string>, id: int64",
      ["person.tags.list.element", "person.name", "id"],
    ],
    [
      ["person.home", "person.home.zip"],
      "person: struct<home: struct<street: string, zip: int64>>",
      ["person.home.street", "person.home.zip"],
    ],
  ] as const) {
    const scan = scanBatches(people, { columns });
    expect(scan.schema.fields.map(({ name, type }) => `${name}: ${typeString(type)}`).join(", ")).toBe(types);
    const rows = await rowsOf(scan);
    const selected =
      columns[0] === "person.home.zip"
        ? "case when person is null then null else {'home': case when person.home is null then null else {'zip': person.home.zip} end} end as person"
        : columns[0] === "person.tags"
          ? "case when person is null then null else {'tags': person.tags, 'name': person.name} end as person, id"
          : "case when person is null then null else {'home': person.home} end as person";
    const expected = await duck.rows(
      `select to_json(t)::varchar from (select ${selected} from '$DIR/people.parquet') t`,
    );
    expect(rows).toEqual(expected.map(([row]) => JSON.parse(String(row)) as unknown));
    expect(scan.effectiveness.bytes.data).toBe(await bytesOf(...leaves));
  }
});

it("reads for a predicate only the part that it asks for", async () => {
  const scan = scanBatches(people, { columns: ["person.name"], predicate: col("person.home.zip").eq(4) });
  expect(await rowsOf(scan)).toEqual([{ person: { name: "n12" } }, { person: { name: "n13" } }]);
  expect(scan.effectiveness.rowGroups).toMatchObject({ read: 1, skipped: 2 });
  const none = scanBatches(people, {
    columns: ["id"],
    predicate: col("person.home.zip").isNull().and(col("person.name").eq("n1")),
  });
  expect(await rowsOf(none)).toEqual([]);
  expect(none.effectiveness.bytes.data).toBeLessThan((await bytesOf("person.home.zip", "person.name")) + 1);
});

it("knows where a struct is null though a file has none of the chosen parts", async () => {
  const person = people.schema.fields.find(({ name }) => name === "person")!;
  const later = new Field(
    "person",
    new Struct([...(person.type as Struct).children, new Field("later", new Utf8(), true)]),
    true,
  );
  const dataset = await openDataset(duck.path("people.parquet"), { schema: new Schema([later]) });
  const scan = scanBatches(dataset, { columns: ["person.later"] });
  const rows = await rowsOf(scan);
  expect(rows.slice(0, 8)).toEqual([
    { person: null },
    ...Array.from({ length: 6 }, () => ({ person: { later: null } })),
    { person: null },
  ]);
  // One leaf, the smallest, tells.
  expect(scan.effectiveness.bytes.data).toBeLessThanOrEqual(await bytesOf("person.home.zip"));
});

it("refuses parts that are not there, by name", () => {
  for (const [path, message] of [
    ["person.nope", /no column: "person\.nope"\. Choose from person\.name, person\.home, person\.tags/],
    ["person.home.zip.x", /no column: "person\.home\.zip\.x"/],
    ["list.p", /no column: "list\.p".*lists and maps are read whole/],
    ["person.", /no column/],
    ["", /no column: ""/],
  ] as const)
    expect(() => scanBatches(people, { columns: [path] }), path).toThrow(message);
  expect(() => scanBatches(people, { columns: ["person.name", "person.name"] })).toThrow(
    /twice: "person\.name"/,
  );
  // A whole column does not make a part of it right that is not there.
  expect(() => scanBatches(people, { columns: ["person", "person.nope"] })).toThrow(/no column/);
});

it("takes names with dots at their word, at every level", async () => {
  mkdirSync(duck.path("dots"));
  await duck.run(
    `copy (select {'x.y': 1::integer, 'x': {'y': 2::integer}} as s, 3::integer as "s.x.y") to '$DIR/dots/a.parquet'`,
  );
  const dataset = await openDataset(duck.path("dots"));
  expect(await rowsOf(scanBatches(dataset, { columns: ["s.x.y"] }))).toEqual([{ "s.x.y": 3 }]);
  const inner = new Schema(dataset.schema.fields.filter(({ name }) => name === "s"));
  const within = await openDataset(duck.path("dots"), { schema: inner });
  expect(await rowsOf(scanBatches(within, { columns: ["s.x.y"], predicate: col("s.x.y").eq(1) }))).toEqual([
    { s: { "x.y": 1 } },
  ]);
  expect(await rowsOf(scanBatches(within, { predicate: col("s.x.y").eq(2) }))).toEqual([]);
});

it("keeps parts whose name means something to JavaScript", async () => {
  await duck.run(
    `copy (select {'__proto__': 1::integer, 'constructor': 2::integer} as s) to '$DIR/proto.parquet'`,
  );
  const found: unknown[] = [];
  for await (const batch of scanBatches(await openDataset(duck.path("proto.parquet"))))
    found.push(
      ...batch.data.children[0]!.children.map(({ type, values }) => [
        type instanceof Int32,
        [...(values as Int32Array)],
      ]),
    );
  expect(found).toEqual([
    [true, [1]],
    [true, [2]],
  ]);
});
