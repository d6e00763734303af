import { tableFromIPC, tableToIPC, Table, type Data, type RecordBatch } from "apache-arrow";
import { typeString } from "@pitot/tables";
import { afterAll, beforeAll, expect, it } from "vitest";
import { col, countRows, openDataset, scalarText, scanBatches, type Dataset } from "../src/index.ts";
import { scalarAt } from "../src/predicate/scalar-at.ts";
import { duckFiles, type DuckFiles } from "./duckdb-files.ts";

let duck: DuckFiles;
beforeAll(async () => {
  duck = await duckFiles();
});
afterAll(async () => await duck[Symbol.asyncDispose]());

async function batches(dataset: Dataset): Promise<RecordBatch[]> {
  const all: RecordBatch[] = [];
  for await (const batch of scanBatches(dataset)) all.push(batch);
  return all;
}

/** Every value as canonical text, exactly. */
function texts(all: readonly RecordBatch[], column: string): (string | null)[] {
  return all.flatMap((batch) => {
    const data = batch.getChild(column)?.data[0] as Data;
    return Array.from({ length: batch.numRows }, (_, i) => {
      const value = scalarAt(data, i);
      return value === null ? null : scalarText(value, data.type);
    });
  });
}

/** Type in DuckDB, values, what DuckDB prints them by, Arrow type. */
const CASES: readonly [type: string, values: string[], print: string, arrow: string][] = [
  ["BOOLEAN", ["true", "false"], "x::varchar", "bool"],
  ["TINYINT", ["-128", "127"], "x::varchar", "int8"],
  ["SMALLINT", ["-32768", "5"], "x::varchar", "int16"],
  ["INTEGER", ["-2147483648", "2147483647"], "x::varchar", "int32"],
  ["BIGINT", ["-9223372036854775808", "9007199254740993"], "x::varchar", "int64"],
  ["UTINYINT", ["255"], "x::varchar", "uint8"],
  ["USMALLINT", ["65535"], "x::varchar", "uint16"],
  ["UINTEGER", ["4294967295", "1"], "x::varchar", "uint32"],
  ["UBIGINT", ["18446744073709551615"], "x::varchar", "uint64"],
  ["DECIMAL(4,2)", ["-12.34", "0.01"], "x::varchar", "decimal128(4, 2)"],
  ["DECIMAL(18,6)", ["-123456789012.345678"], "x::varchar", "decimal128(18, 6)"],
  [
    "DECIMAL(38,10)",
    ["-1234567890123456789012345678.0123456789", "0.0000000001"],
    "x::varchar",
    "decimal128(38, 10)",
  ],
  ["VARCHAR", ["'grün \u{1F600}'", "''", "'a'"], "x", "string"],
  ["BLOB", ["'\\xFF\\x00\\xC3'::BLOB"], "lower(hex(x))", "binary"],
  [
    "DATE",
    ["'1969-12-31'", "'2024-02-29'", "'0001-01-01'"],
    "datediff('day', date '1970-01-01', x)::varchar",
    "date32[day]",
  ],
  ["TIME", ["'23:59:59.123456'"], "epoch_us(x)::varchar", "time64[us]"],
  [
    "TIMESTAMP",
    ["'1969-12-31 23:59:59.999999'", "'2024-01-01 00:00:00.000001'"],
    "epoch_us(x)::varchar",
    "timestamp[us]",
  ],
  ["TIMESTAMP_NS", ["'1969-12-31 23:59:59.999999999'"], "epoch_ns(x)::varchar", "timestamp[ns]"],
  ["TIMESTAMP_MS", ["'2024-01-01 00:00:00.123'"], "epoch_ms(x)::varchar", "timestamp[ms]"],
  ["TIMESTAMPTZ", ["'2024-01-01 00:00:00.000001+02'"], "epoch_us(x)::varchar", "timestamp[us, tz=UTC]"],
  [
    "UUID",
    ["'00112233-4455-6677-8899-aabbccddeeff'"],
    "replace(x::varchar, '-', '')",
    "fixed_size_binary[16]",
  ],
];

it.each(CASES)("reads %s exactly, nulls among them", async (type, values, print, arrow) => {
  const file = duck.path(`${type.replaceAll(/\W/g, "_")}.parquet`);
  await duck.run("drop table if exists v");
  await duck.run(
    `create table v as select * from (values (null::${type}), ${values.map((value) => `((${value})::${type})`).join(", ")}) t(x)`,
  );
  // Many of them, so that dictionaries and several pages occur, and a required column beside.
  await duck.run(`copy (select x, 1 as y from v, range(300)) to '${file}' (row_group_size 2048)`);
  const dataset = await openDataset(file);
  expect(typeString(dataset.schema.fields[0]?.type)).toBe(arrow);
  const expected = (await duck.rows(`select ${print} from read_parquet('${file}')`)).map(([text]) => text);
  const all = await batches(dataset);
  expect(texts(all, "x")).toEqual(expected);
  // What apache-arrow writes and reads back is the same.
  const again = tableFromIPC(tableToIPC(new Table(all)));
  expect(texts(again.batches, "x")).toEqual(expected);
});

it("reads nested values, empty and null ones apart", async () => {
  const file = duck.path("nested.parquet");
  await duck.run(`copy (select * from (values
    (1, [1, null, 3], {'a': 1, 'b': {'c': 'x'}}, map {'k': 1, 'l': null}, [[1], []], [{'p': 1, 'q': ['u']}]),
    (2, [], {'a': null, 'b': {'c': null}}, map {}, [], []),
    (3, null, null, null, null, null),
    (4, [9], {'a': 4, 'b': null}, map {'z': 26}, [null, [2, null]], [null, {'p': null, 'q': null}])
  ) t(id, list, struct, map, lists, structs)) to '${file}'`);
  const dataset = await openDataset(file);
  const rows = (await batches(dataset)).flatMap((batch) => batch.toArray().map((row) => row?.toJSON()));
  const plain = JSON.parse(
    JSON.stringify(rows, (_, value: unknown) => (value instanceof Map ? Object.fromEntries(value) : value)),
  );
  const expected = (await duck.rows(`select to_json(t)::varchar from read_parquet('${file}') t`)).map(
    ([text]) => JSON.parse(String(text)),
  );
  expect(plain).toEqual(expected);
  expect(await countRows(dataset, { predicate: col("struct.a").eq(4) })).toBe(1);
  expect(await countRows(dataset, { predicate: col("struct.b.c").isNull() })).toBe(3);
  expect(await countRows(dataset, { predicate: col("list").isNull() })).toBe(1);
  await expect(countRows(dataset, { predicate: col("list").eq(1) })).rejects.toThrow(/leaf column/);
});
