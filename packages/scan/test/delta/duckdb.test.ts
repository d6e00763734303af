// What DuckDB's own Delta reader makes of tables that were written here.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Int32, Table, Utf8, vectorFromArray } from "apache-arrow";
import { afterAll, expect, it } from "vitest";
import { appendDelta } from "../../src/delta/append-delta.ts";
import { checkpointName, commitName, listLog } from "../../src/delta/log-listing.ts";
import { writeCheckpoint } from "../../src/delta/write-checkpoint.ts";
import { everyType } from "./every-type.ts";

const folder = mkdtempSync(join(tmpdir(), "pitot-delta-duckdb-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const python = process.env["PITOT_PYTHON"];
const hasExtension = python !== undefined && runs("import duckdb, duckdb_extension_delta");
if (!hasExtension)
  console.warn("PITOT_PYTHON has no duckdb_extension_delta: DuckDB does not check what was written");

function runs(code: string): boolean {
  return spawnSync(python!, ["-c", code]).status === 0;
}

/** Rows of a query; `$TABLE` is the table's folder. The extension's package has one file for the DuckDB version that it was built for. */
function duckdb(table: string, query: string): unknown[][] {
  const code = `
import duckdb, duckdb_extension_delta, json, os, sys
extension = os.path.join(os.path.dirname(duckdb_extension_delta.__file__), "extensions", "v" + duckdb.__version__, "delta.duckdb_extension")
connection = duckdb.connect()
connection.execute("SET TimeZone = 'UTC'; LOAD '" + extension + "'; ATTACH '" + sys.argv[1] + "' AS attached (TYPE delta)")
rows = connection.execute(sys.argv[2].replace("$TABLE", "'" + sys.argv[1] + "'")).fetchall()
with os.fdopen(3, "w") as answer:
  json.dump([[value if value is None or isinstance(value, int) and abs(value) < 2**53 else str(value) for value in row] for row in rows], answer)
os._exit(0)`;
  // Not by the standard output, on which the extension logs; and without the end of its threads, which is no part of the answer.
  const { output, status, signal } = spawnSync(python!, ["-c", code, table, query], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  expect([status, signal], output.join("\n")).toEqual([0, null]);
  return JSON.parse(output[3]!) as unknown[][];
}

it.skipIf(!hasExtension)("reads every type exactly", async () => {
  const table = join(folder, "types");
  await appendDelta(table, everyType(), { appId: "types", version: 0 });
  const columns =
    'string, long, integer, short, byte, "float", "double", "binary", "date", "timestamp"::text, ntz, small, wide, point, list, map';
  expect(duckdb(table, `select ${columns} from delta_scan($TABLE) order by integer nulls last`)).toEqual([
    [
      "z".repeat(40),
      "-9223372036854775808",
      -2147483648,
      -32768,
      -128,
      "-0.25",
      "nan",
      "b''",
      "1969-12-31",
      "1969-12-31 23:59:59.999999+00",
      "1969-12-31 23:59:59.999999",
      "-999.99",
      "-12345678901234567890.123456",
      "{'x': None, 'label': None}",
      "[]",
      "{'b': 2, 'c': 3}",
    ],
    [
      "ä",
      "9007199254740993",
      1,
      1,
      1,
      "1.5",
      "0.1",
      "b'\\x00\\xff'",
      "2022-01-08",
      "2023-11-14 22:13:20.123456+00",
      "2023-11-14 22:13:20.123456",
      "123.45",
      "12345678901234567890.123456",
      "{'x': 1, 'label': 'a'}",
      "[1, None]",
      "{'a': 1}",
    ],
    [
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      "1970-01-01",
      "1970-01-01 00:00:00+00",
      "1970-01-01 00:00:00",
      "0.00",
      "0.000000",
      null,
      null,
      "{}",
    ],
  ]);
});

it.skipIf(!hasExtension)("prunes by its statistics and partitions, and knows who wrote", async () => {
  const table = join(folder, "parts");
  for (let version = 0; version < 4; version++) {
    const rows = new Table({
      part: vectorFromArray(["a b", null, "ü/%"], new Utf8()),
      id: vectorFromArray([version * 10, version * 10 + 1, version * 10 + 2], new Int32()),
    });
    await appendDelta(table, rows, { appId: "nightly", version, partitionBy: ["part"] });
  }
  expect(
    duckdb(table, "select part, sum(id)::int from delta_scan($TABLE) group by part order by part"),
  ).toEqual([
    ["a b", 60],
    ["ü/%", 68],
    [null, 64],
  ]);
  const plan = String(
    duckdb(table, "explain analyze select * from delta_scan($TABLE) where id > 30")[0]?.[1],
  );
  expect(plan).toMatch(/Scanning Files: 2\/12/);
  expect(duckdb(table, "select * from delta_get_transaction_version('attached', 'nightly')")).toEqual([[3]]);
  expect(duckdb(table, "select count(*) from delta_scan($TABLE, version = 1)")).toEqual([[6]]);
});

it.skipIf(!hasExtension)("reads a log that begins with a checkpoint", async () => {
  const table = join(folder, "checkpoint");
  for (let version = 0; version < 12; version++) {
    const rows = new Table({
      part: vectorFromArray(["a b", null], new Utf8()),
      id: vectorFromArray([version * 10, version * 10 + 1], new Int32()),
    });
    await appendDelta(table, rows, { appId: "nightly", version, partitionBy: ["part"] });
  }
  for (let version = 0; version <= 10; version++) rmSync(join(table, "_delta_log", commitName(version)));
  expect(
    duckdb(table, "select part, count(*), sum(id)::int from delta_scan($TABLE) group by part order by part"),
  ).toEqual([
    ["a b", 12, 660],
    [null, 12, 672],
  ]);
  const plan = String(
    duckdb(table, "explain analyze select * from delta_scan($TABLE) where id > 90")[0]?.[1],
  );
  expect(plan).toMatch(/Scanning Files: 5\/24/);
  expect(duckdb(table, "select * from delta_get_transaction_version('attached', 'nightly')")).toEqual([[11]]);
});

const data = process.env["PITOT_CONFORMANCE_DATA"];
it.skipIf(!hasExtension || data === undefined)("reads deletion vectors of a checkpoint", async () => {
  const golden = join(data!, "delta", "dv-partitioned-with-checkpoint");
  const table = join(folder, "vectors");
  cpSync(join(golden, "delta"), table, { recursive: true });
  const query = "select count(*), count(distinct columns(*)) from delta_scan($TABLE)";
  const before = duckdb(table, query);
  const log = join(table, "_delta_log");
  const { latest } = await listLog(table);
  for (const name of readdirSync(log)) if (name.startsWith(checkpointName(latest))) rmSync(join(log, name));
  await writeCheckpoint(table, latest, { removedAfter: 0 });
  for (const name of readdirSync(log))
    if (name !== checkpointName(latest)) rmSync(join(log, name), { recursive: true });
  expect(duckdb(table, query)).toEqual(before);
});
