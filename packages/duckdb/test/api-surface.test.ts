import {
  DuckDBConnection,
  DuckDBInstance,
  DuckDBPendingResult,
  DuckDBPendingResultState,
  DuckDBPreparedStatement,
  type DuckDBResult,
  type DuckDBResultReader,
} from "@duckdb/node-api";
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { observeDuckDB } from "@pitot/duckdb";
import { createTelemetryHarness, type TelemetryHarness } from "@pitot/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

// Every way to run SQL that the installed @duckdb/node-api has: observed and not, it must do the same, and be one span.

let telemetry: TelemetryHarness;
let instance: DuckDBInstance;
beforeAll(async () => {
  instance = await DuckDBInstance.create(":memory:");
});
afterAll(() => instance.closeSync());
beforeEach(() => {
  telemetry = createTelemetryHarness();
});
afterEach(() => telemetry.shutdown());

type Way = (connection: DuckDBConnection, sql: string, values?: number[]) => Promise<unknown>;
const all = async (result: DuckDBResult): Promise<unknown> => await result.getRowObjectsJson();
const read = (reader: DuckDBResultReader): unknown => reader.getRowObjectsJson();
const readAll = async (reader: DuckDBResultReader): Promise<unknown> => {
  await reader.readAll();
  return read(reader);
};

/** By method: `DuckDBConnection`'s, then those of prepared statements, then of pending results. */
const ways: Readonly<Record<string, Way>> = {
  run: async (c, sql, values) => all(await c.run(sql, values)),
  runAndRead: async (c, sql, values) => readAll(await c.runAndRead(sql, values)),
  runAndReadAll: async (c, sql, values) => read(await c.runAndReadAll(sql, values)),
  runAndReadUntil: async (c, sql, values) => readAll(await c.runAndReadUntil(sql, 1, values)),
  stream: async (c, sql, values) => all(await c.stream(sql, values)),
  streamAndRead: async (c, sql, values) => readAll(await c.streamAndRead(sql, values)),
  streamAndReadAll: async (c, sql, values) => read(await c.streamAndReadAll(sql, values)),
  streamAndReadUntil: async (c, sql, values) => readAll(await c.streamAndReadUntil(sql, 1, values)),
  start: async (c, sql, values) => all(await (await c.start(sql, values)).getResult()),
  startThenRead: async (c, sql, values) => readAll(await c.startThenRead(sql, values)),
  startThenReadAll: async (c, sql, values) => read(await c.startThenReadAll(sql, values)),
  startThenReadUntil: async (c, sql, values) => readAll(await c.startThenReadUntil(sql, 1, values)),
  startStream: async (c, sql, values) => all(await (await c.startStream(sql, values)).getResult()),
  startStreamThenRead: async (c, sql, values) => readAll(await c.startStreamThenRead(sql, values)),
  startStreamThenReadAll: async (c, sql, values) => read(await c.startStreamThenReadAll(sql, values)),
  startStreamThenReadUntil: async (c, sql, values) =>
    readAll(await c.startStreamThenReadUntil(sql, 1, values)),
};
const prepared =
  (body: (statement: DuckDBPreparedStatement) => Promise<unknown>): Way =>
  async (c, sql, values) => {
    const statement = await c.prepare(sql);
    if (values !== undefined) statement.bind(values);
    return body(statement);
  };
const preparedWays: Readonly<Record<string, Way>> = {
  run: prepared(async (s) => all(await s.run())),
  runAndRead: prepared(async (s) => readAll(await s.runAndRead())),
  runAndReadAll: prepared(async (s) => read(await s.runAndReadAll())),
  runAndReadUntil: prepared(async (s) => readAll(await s.runAndReadUntil(1))),
  stream: prepared(async (s) => all(await s.stream())),
  streamAndRead: prepared(async (s) => readAll(await s.streamAndRead())),
  streamAndReadAll: prepared(async (s) => read(await s.streamAndReadAll())),
  streamAndReadUntil: prepared(async (s) => readAll(await s.streamAndReadUntil(1))),
  start: prepared(async (s) => all(await s.start().getResult())),
  startStream: prepared(async (s) => all(await s.startStream().getResult())),
};
const pending =
  (body: (result: DuckDBPendingResult) => Promise<unknown>): Way =>
  async (c, sql, values) =>
    body(await c.startStream(sql, values));
const pendingWays: Readonly<Record<string, Way>> = {
  runTask: pending(async (p) => {
    while (p.runTask() !== DuckDBPendingResultState.RESULT_READY) await new Promise(setImmediate);
    return all(await p.getResult());
  }),
  runAllTasks: pending(async (p) => {
    await p.runAllTasks();
    return all(await p.getResult());
  }),
  getResult: pending(async (p) => all(await p.getResult())),
  read: pending(async (p) => readAll(await p.read())),
  readAll: pending(async (p) => read(await p.readAll())),
  readUntil: pending(async (p) => readAll(await p.readUntil(1))),
};
const cases = [
  ...Object.entries(ways).map(([name, way]) => [`connection.${name}`, way] as const),
  ...Object.entries(preparedWays).map(([name, way]) => [`prepared.${name}`, way] as const),
  ...Object.entries(pendingWays).map(([name, way]) => [`pending.${name}`, way] as const),
];

/** What a program sees: its value, or the error's class and text. */
async function outcome(way: Way, observed: boolean, sql: string, values?: number[]): Promise<unknown> {
  const connection = await instance.connect();
  if (observed) observeDuckDB(connection);
  try {
    return { value: await way(connection, sql, values) };
  } catch (error) {
    return { error: `${(error as object).constructor.name}: ${(error as Error).message}` };
  } finally {
    connection.closeSync();
  }
}

const statements: readonly (readonly [what: string, sql: string, values?: number[]])[] = [
  ["rows", "SELECT range AS i, 'ü' || range AS t FROM range(5000)"],
  ["a parameter", "SELECT $1::INTEGER + 1 AS n", [41]],
  ["no rows", "SELECT 1 AS n WHERE false"],
  ["an error of the parser", "SELEC 1"],
  ["an error of the catalogue", "SELECT * FROM no_such_table"],
  ["an error of the first row", "SELECT ('x' || range)::INTEGER AS n FROM range(1)"],
  ["a change", "CREATE OR REPLACE TEMP TABLE t AS SELECT range AS i FROM range(3)"],
  ["unicode", `SELECT '🦆 \u0301' AS "sch\u00f6n"`],
  ["a comment alone", "-- nothing"],
  ["nothing", ""],
  ["a null byte", "SELECT 1 AS a\u0000, 2 AS b"],
];

describe.each(cases)("%s", (_, way) => {
  for (const [what, sql, values] of statements)
    it(`does the same with ${what}`, async () => {
      const bare = await outcome(way, false, sql, values);
      expect(telemetry.spans()).toEqual([]);
      expect(await outcome(way, true, sql, values)).toEqual(bare);
      const spans = telemetry.spans();
      expect(spans.map(({ kind }) => kind)).toEqual([SpanKind.CLIENT]);
      expect(spans[0]?.status.code === SpanStatusCode.ERROR).toBe("error" in (bare as object));
    });
});

it("covers every method of the installed version that runs SQL", () => {
  const methods = (prototype: object): string[] =>
    Object.entries(Object.getOwnPropertyDescriptors(prototype))
      .filter(([name, { value }]) => typeof value === "function" && name !== "constructor")
      .map(([name]) => name)
      .sort();
  // What runs no SQL of the application's, or is covered by what it calls.
  const others = (...names: string[]): string[] => names;
  expect(methods(DuckDBConnection.prototype)).toEqual(
    [
      ...Object.keys(ways),
      ...others("closeSync", "disconnectSync", "interrupt", "getClientContext", "getTableNames"),
      ...others("prepare", "createPrepared", "extractStatements", "runUntilLast", "createAppender"),
      ...others("registerScalarFunction", "registerTableFunction"),
    ].sort(),
  );
  expect(
    methods(DuckDBPreparedStatement.prototype).filter((name) => !/^(bind|column|parameter)/.test(name)),
  ).toEqual([...Object.keys(preparedWays), ...others("destroySync", "clearBindings")].sort());
  expect(methods(DuckDBPendingResult.prototype)).toEqual(Object.keys(pendingWays).sort());
});
