import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from "@duckdb/node-api";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { BatchEncoder, TABLE_SCHEMAS } from "../src/index.ts";
import type { ColumnSchema, ColumnType } from "../src/index.ts";
import { writeParquet } from "../src/export-parquet.ts";

let folder: string;
let connection: DuckDBConnection;
let files = 0;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pitot-parquet-"));
  connection = await (await DuckDBInstance.create()).connect();
});
afterAll(() => {
  connection.closeSync();
  rmSync(folder, { recursive: true, force: true });
});

const TEXT = fc.string({ unit: "grapheme", maxLength: 70 });
const INT64 = fc.oneof(
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  fc.constantFrom(0n, -1n, 2n ** 32n, -(2n ** 32n), -(2n ** 63n), 2n ** 63n - 1n),
);
/** Values of each type, as DuckDB gives them; of times it knows microseconds. */
const VALUES: Readonly<Record<ColumnType, fc.Arbitrary<unknown>>> = {
  utf8: TEXT,
  "dictionary<utf8>": fc.oneof(fc.constantFrom("x", "yy", "é", ""), TEXT),
  int32: fc.integer(),
  int64: INT64,
  float64: fc.double(),
  bool: fc.boolean(),
  binary: fc.uint8Array({ maxLength: 70 }),
  "list<utf8>": fc.array(fc.option(TEXT), { maxLength: 4 }),
  "timestamp[ns, UTC]": fc.bigInt(-(4n * 10n ** 15n), 4n * 10n ** 15n).map((micros) => micros * 1000n),
};

interface Sample {
  readonly columns: readonly ColumnSchema[];
  readonly batches: readonly (readonly unknown[])[][];
}

function samples(types: readonly ColumnType[]): fc.Arbitrary<Sample> {
  return fc
    .array(fc.record({ type: fc.constantFrom(...types), nullable: fc.boolean() }), {
      minLength: 1,
      maxLength: 6,
    })
    .chain((shapes) => {
      const columns = shapes.map(({ type, nullable }, i) => ({ name: `c${i} ✓`, type, nullable }));
      const batch = fc.integer({ min: 0, max: 40 }).chain((rows) =>
        fc.tuple(
          ...columns.map(({ type, nullable }) =>
            fc.array(nullable ? fc.option(VALUES[type], { freq: 2 }) : VALUES[type], {
              minLength: rows,
              maxLength: rows,
            }),
          ),
        ),
      );
      return fc.record({
        columns: fc.constant(columns),
        batches: fc.array(batch, { minLength: 1, maxLength: 4 }),
      });
    });
}

/** Writes a stream of Arrow, then Parquet from it. */
async function written({ columns, batches }: Sample): Promise<{ path: string; rows: number }> {
  const encoder = new BatchEncoder({ columns, metadata: {} });
  const parts = batches.map((batch) => {
    const given = Object.fromEntries(columns.map(({ name }, i) => [name, batch[i]!]));
    const bytes = Buffer.from(encoder.encode(batch[0]!.length, given as never));
    encoder.commit();
    return bytes;
  });
  // DuckDB remembers what it has read of a path.
  const source = join(folder, `${files++}.arrows`);
  const path = source.replace(/arrows$/, "parquet");
  writeFileSync(source, Buffer.concat(parts));
  return { path, rows: await writeParquet(source, path) };
}

function plain(value: DuckDBValue): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("micros" in value) return (value.micros as bigint) * 1000n;
  if ("items" in value) return (value.items as DuckDBValue[]).map(plain);
  if ("bytes" in value) return Uint8Array.from(value.bytes as Uint8Array);
  return value;
}

it.each([
  ["flat columns", (Object.keys(VALUES) as ColumnType[]).filter((type) => type !== "list<utf8>")],
  ["lists too", Object.keys(VALUES) as ColumnType[]],
])("DuckDB reads what was recorded, and finds it by its bounds: %s", async (_, types) => {
  await fc.assert(
    fc.asyncProperty(samples(types), async (sample) => {
      const { path, rows } = await written(sample);
      const expected = sample.columns.map((_column, i) => sample.batches.flatMap((batch) => batch[i]!));
      expect(rows).toBe(expected[0]!.length);
      if (rows === 0) return;
      const read = await connection.runAndReadAll(`select * from '${path}'`);
      expect(read.getColumns().map((column) => column.map(plain))).toEqual(expected);
      const bounds = await connection.runAndReadAll(
        `select path_in_schema, stats_null_count from parquet_metadata('${path}') where path_in_schema not like '%, %'`,
      );
      for (const [name, nulls] of bounds.getRowsJson())
        expect([name, Number(nulls)]).toEqual([
          name,
          expected[sample.columns.findIndex((column) => column.name === name)]!.filter((v) => v === null)
            .length,
        ]);
      for (const [i, { name, type }] of sample.columns.entries()) {
        const some = (expected[i] as DuckDBValue[]).find((value) => value !== null && !Number.isNaN(value));
        if (
          some === undefined ||
          !["utf8", "dictionary<utf8>", "int32", "int64", "float64", "bool"].includes(type)
        )
          continue;
        // A number as text is exact in SQL.
        const value = type === "float64" ? "$1::varchar::double" : "$1";
        const found = await connection.runAndReadAll(
          `select count(*) from '${path}' where "${name}" = ${value}`,
          [type === "float64" ? (some as number).toString() : some],
        );
        expect(found.getRows()).toEqual([[BigInt(expected[i]!.filter((one) => one === some).length)]]);
      }
    }),
    { numRuns: 60 },
  );
});

it("writes a row group at a time, of bounded rows and bytes, whose dictionaries have what occurs", async () => {
  const columns: ColumnSchema[] = [
    { name: "n", type: "int64", nullable: false },
    { name: "term", type: "dictionary<utf8>", nullable: true },
    { name: "text", type: "utf8", nullable: false },
  ];
  const batch = (first: number, rows: number, text: string): unknown[][] => [
    Array.from({ length: rows }, (_, i) => BigInt(first + i)),
    Array.from({ length: rows }, (_, i) => (i % 5 === 0 ? null : `term ${Math.floor((first + i) / 7)}`)),
    Array.from({ length: rows }, () => text),
  ];
  const batches = [
    ...Array.from({ length: 20 }, (_, i) => batch(i * 10_000, 10_000, "short")),
    ...Array.from({ length: 4 }, (_, i) => batch(200_000 + i * 1000, 1000, "long".repeat(5000))),
  ];
  const { path, rows } = await written({ columns, batches });
  expect(rows).toBe(204_000);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const ask = async (sql: string): Promise<unknown> => (await connection.runAndReadAll(sql)).getRowsJson();
  expect(
    await ask(
      `select count(*), sum(n), count(term), count(distinct term), sum(length(text)), bool_and(term is null or term = 'term ' || (n // 7)) from '${path}'`,
    ),
  ).toEqual([["204000", "20807898000", "163200", "29143", "81000000", true]]);
  expect(
    await ask(
      `select row_group_num_rows, stats_min_value, stats_max_value from parquet_metadata('${path}') where path_in_schema = 'n' order by row_group_id`,
    ),
  ).toEqual([
    ["70000", "0", "69999"],
    ["70000", "70000", "139999"],
    ["62000", "140000", "201999"],
    ["2000", "202000", "203999"],
  ]);
});

it("has all tables that a snapshot can have, those of lists included", async () => {
  for (const [name, { columns }] of Object.entries(TABLE_SCHEMAS)) {
    const values: Readonly<Record<ColumnType, unknown>> = {
      utf8: "t",
      "dictionary<utf8>": "d",
      int32: 1,
      int64: 2n,
      float64: 0.5,
      bool: true,
      binary: Uint8Array.of(1, 255),
      "list<utf8>": ["a", null],
      "timestamp[ns, UTC]": 1_700_000_000_000_001_000n,
    };
    const row = columns.map(({ type }) => [values[type]]);
    const empty = columns.map(({ type, nullable }) => [nullable ? null : values[type]]);
    const { path } = await written({ columns, batches: [row, empty] });
    const read = await connection.runAndReadAll(`select * from '${path}'`);
    expect([name, read.getColumns().map((column) => column.map(plain))]).toEqual([
      name,
      row.map((column, i) => [...column, ...empty[i]!]),
    ]);
  }
});
