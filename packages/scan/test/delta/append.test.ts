import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DateDay,
  DateMillisecond,
  Dictionary,
  Int32,
  makeData,
  makeVector,
  Table,
  tableFromArrays,
  TimestampMillisecond,
  TimestampNanosecond,
  Uint32,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import { DiagnosticsCollector, PitotError } from "@pitot/core";
import { afterAll, describe, expect, it } from "vitest";
import { appendDelta } from "../../src/delta/append-delta.ts";
import { deltaSource } from "../../src/delta/delta-source.ts";
import { findOrphans } from "../../src/delta/find-orphans.ts";
import { col } from "../../src/predicate/column.ts";
import { everyType, MICROS } from "./every-type.ts";
import { tableRows } from "./stored-rows.ts";

const folder = mkdtempSync(join(tmpdir(), "pitot-delta-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
const newTable = (): string => join(folder, `table-${count++}`);
const ids = (...values: number[]): Table => new Table({ id: vectorFromArray(values, new Int32()) });
const commit = (table: string, version: number): Record<string, Record<string, unknown>>[] =>
  readFileSync(join(table, "_delta_log", `${String(version).padStart(20, "0")}.json`), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, Record<string, unknown>>);

const python = process.env["PITOT_PYTHON"];
if (python === undefined) console.warn("PITOT_PYTHON is not set: deltalake does not check what was written");

/** At once: threads of its pools, still running when the interpreter ends, would abort the process. */
const LEAVE = "import os\nsys.stdout.flush()\nos._exit(0)";

/** Runs deltalake over a table; the script prints JSON. */
function deltalake(table: string, script: string): unknown {
  const code = `import json,sys\nfrom deltalake import DeltaTable\nt=DeltaTable(sys.argv[1])\n${script}\n${LEAVE}`;
  return JSON.parse(execFileSync(python!, ["-c", code, table], { encoding: "utf8" }));
}

describe("appendDelta", () => {
  it("makes a table, and writes a version of an application once", async () => {
    const table = newTable();
    const first = await appendDelta(table, ids(1, 2), { appId: "nightly", version: 0 });
    expect(first).toMatchObject({ outcome: "committed", version: 0, files: 1, rows: 2, attempts: 1 });
    expect(await appendDelta(table, ids(1, 2), { appId: "nightly", version: 0 })).toMatchObject({
      outcome: "skipped_duplicate",
      version: undefined,
      files: 0,
    });
    expect(await appendDelta(table, ids(3), { appId: "nightly", version: 1 })).toMatchObject({ version: 1 });
    expect(await appendDelta(table, ids(9), { appId: "nightly", version: 0 })).toMatchObject({
      outcome: "skipped_duplicate",
    });
    expect(await appendDelta(table, ids(4), { appId: "other", version: 0 })).toMatchObject({ version: 2 });
    const source = await deltaSource(table);
    expect(await tableRows(source)).toEqual([1, 2, 3, 4].map((id) => ({ id })));
    expect([...source.transactions]).toEqual(
      expect.arrayContaining([
        ["nightly", 1n],
        ["other", 0n],
      ]),
    );
    expect(await findOrphans(table, { minimumAgeMs: 0 })).toEqual([]);
  });

  it("keeps values of every type exactly", async () => {
    const table = newTable();
    await appendDelta(table, everyType(), { appId: "types", version: 0 });
    const source = await deltaSource(table);
    const [first, second, third] = (await tableRows(source)) as Record<string, unknown>[];
    expect(first).toMatchObject({
      string: "ä",
      long: 9007199254740993n,
      list: [1, null],
      point: { x: 1, label: "a" },
    });
    expect(second).toMatchObject({ string: null, long: null, list: null, point: null });
    expect(third).toMatchObject({ integer: -2147483648, list: [], point: { x: null, label: null } });
    const [fragment] = (await source.plan()).fragments;
    expect(fragment?.statistics?.get("long")).toMatchObject({
      min: -(2n ** 63n),
      max: 9007199254740993n,
      nullCount: 1,
    });
    expect(fragment?.statistics?.get("small")).toMatchObject({ min: -99999n, minExact: true });
    // Of long decimals the last digits are not taken for certain.
    expect(fragment?.statistics?.get("wide")?.min).toBeLessThan(-12345678901234567890123456n);
    expect(fragment?.statistics?.get("wide")).toMatchObject({ minExact: false });
    expect(fragment?.statistics?.get("timestamp")?.max).toBeGreaterThanOrEqual(MICROS);
    expect(fragment?.statistics?.get("double")).toMatchObject({ min: 0.1 });
    expect(fragment?.statistics?.get("double")?.max).toBeUndefined();
    expect(fragment?.statistics?.get("point.x")).toMatchObject({ min: 1, max: 1, nullCount: 2 });
    if (python === undefined) return;
    const script =
      "from decimal import Decimal\nr=t.to_pyarrow_table().to_pylist()\nprint(json.dumps([[str(v) for v in x.values()] for x in r]))";
    expect(deltalake(table, script)).toEqual([
      [
        "ä",
        "9007199254740993",
        "1",
        "1",
        "1",
        "1.5",
        "0.1",
        "True",
        "b'\\x00\\xff'",
        "2022-01-08",
        "2023-11-14 22:13:20.123456+00:00",
        "2023-11-14 22:13:20.123456",
        "123.45",
        "12345678901234567890.123456",
        "{'x': 1, 'label': 'a'}",
        "[1, None]",
        "[('a', 1)]",
      ],
      [
        "None",
        "None",
        "None",
        "None",
        "None",
        "None",
        "None",
        "None",
        "None",
        "1970-01-01",
        "1970-01-01 00:00:00+00:00",
        "1970-01-01 00:00:00",
        "0.00",
        "0.000000",
        "None",
        "None",
        "[]",
      ],
      [
        "z".repeat(40),
        "-9223372036854775808",
        "-2147483648",
        "-32768",
        "-128",
        "-0.25",
        "nan",
        "False",
        "b''",
        "1969-12-31",
        "1969-12-31 23:59:59.999999+00:00",
        "1969-12-31 23:59:59.999999",
        "-999.99",
        "-12345678901234567890.123456",
        "{'x': None, 'label': None}",
        "[]",
        "[('b', 2), ('c', 3)]",
      ],
    ]);
  });

  it("writes types that Delta has no name for as the next ones", async () => {
    const table = newTable();
    const nanos = makeVector(
      makeData({ type: new TimestampNanosecond(), length: 1, data: BigInt64Array.of(5_000n) }),
    );
    await appendDelta(
      table,
      new Table({
        unsigned: vectorFromArray([4294967295], new Uint32()),
        word: vectorFromArray(["a"], new Dictionary(new Utf8(), new Int32())),
        day: vectorFromArray([new Date("2024-02-29")], new DateMillisecond()),
        millis: vectorFromArray(
          [new Date("2024-02-29T01:02:03.004Z")],
          new TimestampMillisecond("Europe/Berlin"),
        ),
        nanos,
      }),
      { appId: "a", version: 0 },
    );
    const source = await deltaSource(table);
    expect(source.schema.fields.map(({ type }) => String(type))).toEqual([
      "Int64",
      "Utf8",
      "Date32<DAY>",
      "Timestamp<MICROSECOND, UTC>",
      "Timestamp<MICROSECOND>",
    ]);
    expect(await tableRows(source)).toEqual([
      {
        unsigned: 4294967295n,
        word: "a",
        day: new Date("2024-02-29"),
        millis: new Date("2024-02-29T01:02:03.004Z"),
        nanos: new Date(0),
      },
    ]);
    const fine = makeVector(
      makeData({ type: new TimestampNanosecond(), length: 1, data: BigInt64Array.of(5_001n) }),
    );
    await expect(appendDelta(newTable(), new Table({ fine }), { appId: "a", version: 0 })).rejects.toThrow(
      /nanoseconds/,
    );
  });

  it("parts a table, and prunes it by its log", async () => {
    const table = newTable();
    const rows = new Table({
      region: vectorFromArray(["a/b", null, "ü x%", "a/b"], new Utf8()),
      day: makeVector(makeData({ type: new DateDay(), length: 4, data: Int32Array.of(0, 1, 2, 0) })),
      id: vectorFromArray([1, 2, 3, 4], new Int32()),
    });
    await appendDelta(table, rows, { appId: "p", version: 0, partitionBy: ["region", "day"] });
    await appendDelta(table, rows, { appId: "p", version: 1 });
    const source = await deltaSource(table);
    expect(source.partitionColumns).toEqual(["region", "day"]);
    expect((await tableRows(source)).length).toBe(8);
    const plan = await source.plan(col("region").eq("a/b").and(col("id").gt(3)));
    expect(plan.fragments.map(({ path }) => path.split("/").slice(0, -1).join("/"))).toEqual(
      Array(2).fill("region=a%2Fb/day=1970-01-01"),
    );
    expect(plan.skipped.map(({ reason }) => reason)).toEqual(Array(4).fill("partition"));
    expect((await source.plan(col("id").gt(4))).skipped.map(({ reason }) => reason)).toEqual(
      Array(6).fill("delta_statistics"),
    );
    expect((await source.plan(col("region").isNull())).fragments.length).toBe(2);
    await expect(appendDelta(table, rows, { appId: "p", version: 2, partitionBy: ["day"] })).rejects.toThrow(
      /other partition columns/,
    );
    await expect(
      appendDelta(newTable(), new Table({ key: vectorFromArray([""]), id: vectorFromArray([1]) }), {
        appId: "p",
        version: 0,
        partitionBy: ["key"],
      }),
    ).rejects.toThrow(/empty text/);
    if (python === undefined) return;
    const script =
      "r=t.to_pyarrow_table().to_pylist()\nprint(json.dumps(sorted([[str(x['region']),str(x['day']),x['id']] for x in r])))";
    expect(deltalake(table, script)).toEqual(
      [
        ["None", "1970-01-02", 2],
        ["a/b", "1970-01-01", 1],
        ["a/b", "1970-01-01", 4],
        ["ü x%", "1970-01-03", 3],
      ].flatMap((row) => [row, row]),
    );
    const actions =
      "import pyarrow as pa\na=pa.table(t.get_add_actions(flatten=True)).to_pylist()\nprint(json.dumps([[x['num_records'],x['min.id'],x['max.id'],x['null_count.id']] for x in a]))";
    expect(deltalake(table, actions)).toEqual(expect.arrayContaining([[2, 1, 4, 0]]));
    expect(deltalake(table, "print(json.dumps(t.transaction_version('p')))")).toBe(1);
  });

  it("refuses rows that do not fit, says how, and writes nothing", async () => {
    const table = newTable();
    await appendDelta(table, ids(1), { appId: "a", version: 0 });
    const sink = new DiagnosticsCollector();
    const other = new Table({
      id: vectorFromArray(["x"], new Utf8()),
      more: vectorFromArray([1], new Int32()),
    });
    const error = await appendDelta(table, other, { appId: "a", version: 1, sink }).catch(
      (cause: unknown) => cause,
    );
    expect(error).toBeInstanceOf(PitotError);
    expect((error as PitotError).cause).toMatchObject([
      { violationType: "type_mismatch", columnName: "id", expected: "int32", actual: "string" },
      { violationType: "extra_column", columnName: "more" },
    ]);
    expect(sink.eventsSnapshot()["delta_commit_v1"]).toMatchObject([
      {
        outcome: "failed",
        app_version: 1,
        violations: [{ violation_type: "type_mismatch" }, { violation_type: "extra_column" }],
      },
    ]);
    expect(readdirSync(table).filter((name) => name.endsWith(".parquet")).length).toBe(1);
    // A column that may be null may be left out.
    const wide = newTable();
    await appendDelta(wide, tableFromArrays({ a: Int32Array.of(1), b: Int32Array.of(2) }), {
      appId: "a",
      version: 0,
    });
    await appendDelta(wide, tableFromArrays({ b: Int32Array.of(3) }), { appId: "a", version: 1 });
    expect(await tableRows(await deltaSource(wide))).toEqual([
      { a: 1, b: 2 },
      { a: null, b: 3 },
    ]);
  });

  it("commits the run that wrote, and an append without rows", async () => {
    const table = newTable();
    await appendDelta(table, ids(), { appId: "a", version: 0, runId: "run-1" });
    await appendDelta(table, ids(), { appId: "a", version: 1 });
    expect(await tableRows(await deltaSource(table))).toEqual([]);
    const [info, ...rest] = commit(table, 0);
    expect(info?.["commitInfo"]).toMatchObject({
      engineInfo: "pitot",
      "pitot.run.id": "run-1",
      isBlindAppend: true,
    });
    expect(rest.map((action) => Object.keys(action)[0])).toEqual(["protocol", "metaData", "txn"]);
  });

  it.each([
    ["delta.constraints.positive", { configuration: { "delta.constraints.positive": "id > 0" } }],
    ["delta.invariants of column id", { metadata: { "delta.invariants": "{}" } }],
    ["delta.generationExpression of column id", { metadata: { "delta.generationExpression": "1" } }],
    [
      "rowTracking",
      { protocol: { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ["rowTracking"] } },
    ],
    [
      "catalogManaged",
      {
        protocol: {
          minReaderVersion: 3,
          minWriterVersion: 7,
          readerFeatures: ["catalogManaged"],
          writerFeatures: [],
        },
      },
    ],
    ["writer version", { protocol: { minReaderVersion: 1, minWriterVersion: 5 } }],
  ] as const)("refuses a table with %s by name", async (named, change) => {
    const table = newTable();
    await appendDelta(table, ids(1), { appId: "a", version: 0 });
    const path = join(table, "_delta_log", "00000000000000000000.json");
    const lines = commit(table, 0).map((action) => {
      if (action["protocol"] !== undefined && "protocol" in change) return { protocol: change.protocol };
      if (action["metaData"] === undefined) return action;
      const metaData = { ...action["metaData"] };
      if ("configuration" in change) metaData["configuration"] = change.configuration;
      if ("metadata" in change)
        metaData["schemaString"] = String(metaData["schemaString"]).replace(
          '"metadata":{}',
          `"metadata":${JSON.stringify(change.metadata)}`,
        );
      return { metaData };
    });
    writeFileSync(path, lines.map((line) => JSON.stringify(line)).join("\n"));
    await expect(appendDelta(table, ids(2), { appId: "a", version: 1 })).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining(named) as string,
    });
  });

  it("refuses object stores and options that make no sense", async () => {
    await expect(appendDelta("s3://bucket/table", ids(1), { appId: "a", version: 0 })).rejects.toThrow(
      /local file systems/,
    );
    await expect(appendDelta(newTable(), ids(1), { appId: "", version: 0 })).rejects.toThrow(/appId/);
    await expect(appendDelta(newTable(), ids(1), { appId: "a", version: -1 })).rejects.toThrow(/0 or more/);
  });

  it("refuses what is no table, and columns that differ by case alone", async () => {
    const append = { appId: "a", version: 0 };
    await expect(appendDelta(newTable(), {} as Table, append)).rejects.toThrow(/needs an Arrow table/);
    await expect(appendDelta(newTable(), new Table({}), append)).rejects.toThrow(/"no column"/);
    const twins = new Table({ id: vectorFromArray([1]), ID: vectorFromArray([2]) });
    await expect(appendDelta(newTable(), twins, append)).rejects.toThrow(/differ by more than case: "ID"/);
  });

  it("parts a table by dates of any year, into many files at once", async () => {
    const table = newTable();
    const days = [-719_162, -719_163 + 36_525, -141_428, 0, 2_932_896];
    const day = makeVector(makeData({ type: new DateDay(), length: 5, data: Int32Array.from(days) }));
    const rows = new Table({ day, id: vectorFromArray([0, 1, 2, 3, 4], new Int32()) });
    await appendDelta(table, rows, { appId: "a", version: 0, partitionBy: ["day"] });
    const found = (await tableRows(await deltaSource(table))) as { day: Date; id: number }[];
    expect(
      found.map(({ day, id }) => [id, day.getTime() / 86_400_000]).toSorted(([a], [b]) => a! - b!),
    ).toEqual(days.map((value, id) => [id, value]));
  });

  it("rebases on what others wrote, and tells a conflict", async () => {
    const table = newTable();
    await appendDelta(table, ids(1), { appId: "a", version: 0 });
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, i) => appendDelta(table, ids(10 + i), { appId: `w${i}`, version: 0 })),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(Array(8).fill("committed"));
    expect(results.map(({ version }) => version).toSorted((a, b) => a! - b!)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8,
    ]);
    expect(results.some(({ attempts }) => attempts > 1)).toBe(true);
    // The same write, eight times at once: one of them is it.
    const same = await Promise.all(
      Array.from({ length: 8 }, () => appendDelta(table, ids(99), { appId: "same", version: 0 })),
    );
    expect(same.filter(({ outcome }) => outcome === "committed").length).toBe(1);
    expect(same.filter(({ outcome }) => outcome === "skipped_duplicate").length).toBe(7);
    expect((await tableRows(await deltaSource(table))).length).toBe(10);
    // Several begin one table with different columns: whoever is first makes it.
    const race = newTable();
    const made = await Promise.all(
      ["x", "y"].map((name) =>
        appendDelta(race, new Table({ [name]: vectorFromArray([1], new Int32()) }), {
          appId: name,
          version: 0,
        }),
      ),
    ).catch((error: unknown) => error);
    if (Array.isArray(made))
      expect(made.map(({ outcome }: { outcome: string }) => outcome).sort()).toEqual([
        "committed",
        "conflict",
      ]);
    else expect(made).toMatchObject({ code: "INVALID_DATA" });
    expect((await tableRows(await deltaSource(race))).length).toBe(1);
    expect(await findOrphans(table, { minimumAgeMs: 0 })).toEqual([]);
  });

  it.each([
    ["a data file", ".parquet", /data file of the Delta table cannot be written/],
    ["the commit", ".tmp", /commit cannot be written to the Delta log/],
  ])(
    "leaves nothing behind where the disk is full at %s, and a retry writes once",
    async (_, end, message) => {
      const table = newTable();
      await appendDelta(table, ids(1), { appId: "a", version: 0 });
      const before = readdirSync(table, { recursive: true });
      const { open } = fs;
      Object.assign(fs, {
        open: (path: string, ...rest: [string]) =>
          path.endsWith(end)
            ? Promise.reject(Object.assign(new Error("full"), { code: "ENOSPC" }))
            : open(path, ...rest),
      });
      syncBuiltinESMExports();
      try {
        await expect(appendDelta(table, ids(2), { appId: "a", version: 1 })).rejects.toMatchObject({
          code: "IO",
          message: expect.stringMatching(message) as string,
          cause: { code: "ENOSPC" },
        });
      } finally {
        Object.assign(fs, { open });
        syncBuiltinESMExports();
      }
      expect(readdirSync(table, { recursive: true })).toEqual(before);
      expect(await appendDelta(table, ids(2), { appId: "a", version: 1 })).toMatchObject({
        outcome: "committed",
      });
      expect(await tableRows(await deltaSource(table))).toEqual([{ id: 1 }, { id: 2 }]);
    },
  );

  it("finds the files that a killed process left, and only those", async () => {
    const table = newTable();
    await appendDelta(table, ids(1), { appId: "a", version: 0 });
    writeFileSync(join(table, "part-left.parquet"), "x");
    writeFileSync(join(table, "_delta_log", ".00000000000000000001.json.0.tmp"), "x");
    expect((await findOrphans(table, { minimumAgeMs: 0 })).map(({ path }) => path)).toEqual([
      "_delta_log/.00000000000000000001.json.0.tmp",
      "part-left.parquet",
    ]);
    expect(await findOrphans(table)).toEqual([]);
  });
});
