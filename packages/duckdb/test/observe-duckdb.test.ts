import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { DuckDBDataChunk, DuckDBInstance, INTEGER, type DuckDBConnection } from "@duckdb/node-api";
import { DiagnosticsCollector, trackedRun } from "@pitot/core";
import { observeDuckDB, observeDuckDBInstance, type ObserveDuckDBOptions } from "@pitot/duckdb";
import { createTelemetryHarness, printTrace, type TelemetryHarness } from "@pitot/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let telemetry: TelemetryHarness;
let instance: DuckDBInstance;
const opened: DuckDBConnection[] = [];

beforeEach(async () => {
  telemetry = createTelemetryHarness();
  instance = await DuckDBInstance.create(":memory:");
});
afterEach(async () => {
  for (const connection of opened.splice(0)) connection.disconnectSync();
  instance.closeSync();
  await telemetry.shutdown();
});

async function connect(options?: ObserveDuckDBOptions): Promise<DuckDBConnection> {
  const connection = observeDuckDB(await instance.connect(), options);
  opened.push(connection);
  return connection;
}

const names = (): string[] => telemetry.spans().map(({ name }) => name);
const attributes = (index: number) => telemetry.spans()[index]?.attributes ?? {};

describe("statements", () => {
  it("are one CLIENT span each, whatever is called on the way", async () => {
    const connection = await connect();
    await connection.run("CREATE TABLE t AS SELECT range AS a FROM range(10)");
    await connection.runAndReadAll("SELECT * FROM t WHERE a > 6");
    await connection.runAndReadAll("SELECT * FROM t WHERE a > ?", [6]);
    await connection.runAndRead("SELECT a FROM t");
    await connection.runAndReadUntil("SELECT a FROM t", 3);
    await connection.run("INSERT INTO t VALUES (1), (2)");
    await connection.startThenReadAll("SELECT a FROM t");
    await connection.streamAndReadAll("SELECT a FROM t");
    await connection.startStreamThenReadAll("SELECT a FROM t");
    expect(names()).toEqual([
      "CREATE TABLE t range",
      "SELECT t",
      "SELECT t",
      "SELECT t",
      "SELECT t",
      "INSERT t",
      "SELECT t",
      "SELECT t",
      "SELECT t",
    ]);
    expect(telemetry.spans().map(({ attributes }) => attributes["db.response.returned_rows"])).toEqual([
      undefined,
      3,
      3,
      10,
      10,
      undefined,
      12,
      12,
      12,
    ]);
    expect(attributes(5)["pitot.query.changed_rows"]).toBe(2);
  });

  it("print as a trace", async () => {
    const connection = await connect({ namespace: "memory" });
    await trackedRun({ label: "report" }, async (run) =>
      run.stage("query", async () => {
        await connection.run("CREATE TABLE flights (origin VARCHAR, delay INTEGER)");
        await connection.run("INSERT INTO flights VALUES ('ABQ', 3), ('DAL', 70)");
        await connection.runAndReadAll(
          "SELECT origin FROM flights WHERE delay > 60 AND origin IN ('A', 'B', 'C')",
        );
        await connection.run("SELECT 1; SELECT 2");
        const bad = connection.run("SELECT CAST('secret' AS INTEGER)");
        await expect(bad).rejects.toThrow("secret");
      }),
    );
    const tree = printTrace(telemetry.spans());
    await expect(tree).toMatchFileSnapshot("golden/statements.txt");
    expect(tree).not.toContain("secret");
    expect(tree).not.toContain("ABQ");
  });

  it("show their literals on request", async () => {
    const connection = await connect({ literals: true });
    await connection.run("SELECT 'abc'");
    await connection.run("SELECT 'https://me:pw@host/x'");
    await expect(connection.run("SELECT CAST('secret' AS INTEGER)")).rejects.toThrow();
    expect(attributes(0)["db.query.text"]).toBe("SELECT 'abc'");
    expect(attributes(1)["db.query.text"]).not.toContain("me:pw");
    expect(telemetry.spans()[2]?.status.message).toContain("secret");
  });

  it("pass results, readers and errors unchanged", async () => {
    const connection = await connect();
    const plain = await instance.connect();
    opened.push(plain);
    for (const sql of [
      "SELECT 42 AS a, [1, NULL] AS b, {'x': 'ü'} AS c",
      "SELECT 1 WHERE false",
      "SELECT NULL",
    ]) {
      const [ours, theirs] = [await connection.runAndReadAll(sql), await plain.runAndReadAll(sql)];
      expect(ours.getRowObjectsJson()).toEqual(theirs.getRowObjectsJson());
      expect(ours.constructor).toBe(theirs.constructor);
      expect((await connection.stream(sql)).constructor).toBe((await plain.stream(sql)).constructor);
    }
    for (const sql of ["SELEC 1", "SELECT * FROM nope", "SELECT error('x')", "", "-- nothing"]) {
      const outcome = (on: DuckDBConnection) =>
        on.run(sql).then(String, (error: Error) => [error.constructor, error.message]);
      expect(await outcome(connection)).toEqual(await outcome(plain));
    }
    expect(Object.keys(connection)).toEqual(Object.keys(plain));
    await expect(connection.run(5 as never)).rejects.toThrow();
  });

  it("fail with the engine's class of error on span and metrics", async () => {
    const connection = await connect();
    await expect(connection.run("SELECT * FROM nope")).rejects.toThrow("does not exist");
    const [span] = telemetry.spans();
    expect(span?.attributes["error.type"]).toBe("Catalog Error");
    expect(span?.events).toHaveLength(1);
    const points = await telemetry.metrics();
    for (const name of ["pitot.query.duration", "db.client.operation.duration"]) {
      const point = points.find((one) => one.name === name);
      expect(point).toMatchObject({
        unit: "s",
        attributes: { "db.operation.name": "SELECT", "error.type": "Catalog Error" },
      });
    }
  });

  it("that are interrupted fail as such, and the connection goes on", async () => {
    const connection = await connect();
    const long = connection.run("SELECT count(*) FROM range(100000000000) a");
    const timer = setInterval(() => connection.interrupt(), 20);
    await expect(long).rejects.toThrow("Interrupted");
    clearInterval(timer);
    expect(attributes(0)["error.type"]).toBe("INTERRUPT Error");
    await connection.run("SELECT 1");
    expect(telemetry.spans()).toHaveLength(2);
  });

  it("of an observed instance are observed, and once", async () => {
    observeDuckDBInstance(instance);
    const connection = observeDuckDB(observeDuckDB(await instance.connect()));
    opened.push(connection);
    await connection.run("SELECT 1");
    expect(names()).toEqual(["SELECT"]);
  });

  it("leave what is no connection alone", () => {
    const stranger = { run: 1 } as never;
    expect(observeDuckDB(stranger)).toBe(stranger);
  });
});

describe("streaming results", () => {
  const SQL = "SELECT * FROM range(100000) t(a)";

  it("end with their last chunk", async () => {
    const connection = await connect();
    const result = await connection.stream(SQL);
    await result.fetchChunk();
    expect(names()).toEqual([]);
    while (((await result.fetchChunk())?.rowCount ?? 0) > 0);
    expect(attributes(0)).toMatchObject({
      "db.response.returned_rows": 100000,
      "pitot.query.complete": true,
      "pitot.query.streaming": true,
    });
  });

  it("end where a loop is left early", async () => {
    const connection = await connect();
    const result = await connection.stream(SQL);
    for await (const rows of result.yieldRows()) {
      expect(rows.length).toBeGreaterThan(0);
      break;
    }
    expect(attributes(0)).toMatchObject({ "db.response.returned_rows": 2048, "pitot.query.complete": false });
    const whole = await connection.stream(SQL);
    let count = 0;
    for await (const chunk of whole) count += chunk.rowCount;
    expect(count).toBe(100000);
    expect(attributes(1)).toMatchObject({
      "db.response.returned_rows": 100000,
      "pitot.query.complete": true,
    });
  });

  it("that fail before their first chunk fail", async () => {
    const connection = await connect();
    await expect(connection.stream("SELECT error('no') FROM range(3)")).rejects.toThrow("no");
    expect(attributes(0)["error.type"]).toBe("Invalid Input Error");
    expect(telemetry.spans()).toHaveLength(1);
  });

  it("are incomplete where another statement, or an interrupt, ends them", async () => {
    const connection = await connect();
    const first = await connection.stream(SQL);
    await first.fetchChunk();
    await connection.run("SELECT 1");
    expect((await first.fetchChunk())?.rowCount).toBe(0);
    const second = await connection.stream(SQL);
    connection.interrupt();
    expect((await second.fetchChunk())?.rowCount).toBe(0);
    const third = await connection.stream(SQL);
    await connection.prepare("SELECT 2");
    expect((await third.fetchChunk())?.rowCount).toBe(0);
    const streams = telemetry.spans().filter(({ attributes }) => attributes["pitot.query.streaming"]);
    expect(
      streams.map(({ attributes }) => [
        attributes["db.response.returned_rows"],
        attributes["pitot.query.complete"],
      ]),
    ).toEqual([
      [2048, false],
      [0, false],
      [0, false],
    ]);
  });

  it("end when nobody holds them any more", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const connection = await connect();
    await connection.run("CREATE TABLE t (a INTEGER)");
    await (async () => {
      (await connection.createAppender("t")).closeSync();
      const appender = await connection.createAppender("t");
      appender.appendInteger(1);
      appender.endRow();
      await (await connection.stream(SQL)).fetchChunk();
    })();
    for (let i = 0; i < 50 && names().length < 4; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      collect();
    }
    expect(names().sort()).toEqual(["APPEND t", "APPEND t", "CREATE TABLE t", "SELECT range"]);
    expect(telemetry.spans().filter((one) => one.attributes["pitot.query.complete"] === false)).toHaveLength(
      2,
    );
  });

  it("end with their connection at the latest", async () => {
    const connection = observeDuckDB(await instance.connect());
    const result = await connection.stream(SQL);
    await result.fetchChunk();
    const pending = await connection.start("SELECT 1");
    connection.closeSync();
    expect(telemetry.spans().map(({ attributes }) => attributes["pitot.query.complete"])).toEqual([
      false,
      false,
    ]);
    expect(pending).toBeDefined();
  });
});

describe("prepared statements", () => {
  it("have a span each time that they run, and are recorded once", async () => {
    const sink = new DiagnosticsCollector();
    const connection = await connect({ sink });
    await connection.run("CREATE TABLE t (a INTEGER, b VARCHAR)");
    const prepared = await connection.prepare("INSERT INTO t VALUES ($1, $2)");
    await connection.prepare("INSERT INTO t VALUES ($1, $2)");
    for (let i = 0; i < 3; i++) {
      prepared.bindInteger(1, i);
      prepared.bindVarchar(2, "x");
      await prepared.runAndReadAll();
    }
    const select = await connection.prepare("SELECT * FROM t WHERE b = 'x'");
    await select.streamAndReadAll();
    await select.start().readAll();
    await select.startStream().readAll();
    expect(names().slice(1)).toEqual([
      "INSERT t",
      "INSERT t",
      "INSERT t",
      "SELECT t",
      "SELECT t",
      "SELECT t",
    ]);
    expect(attributes(1)["pitot.query.changed_rows"]).toBe(1);
    expect(
      telemetry
        .spans()
        .slice(4)
        .map(({ attributes }) => attributes["db.response.returned_rows"]),
    ).toEqual([3, 3, 3]);
    expect(sink.artifactsSnapshot()["prepared_statements_v1"]).toEqual([
      { name: "INSERT t", sql: "INSERT INTO t VALUES ($1, $2)", param_types: ["INTEGER", "VARCHAR"] },
      { name: "SELECT t", sql: "SELECT * FROM t WHERE b = ?", param_types: [] },
    ]);
  });

  it("fail where they cannot be prepared", async () => {
    const connection = await connect();
    await expect(connection.prepare("SELECT nope")).rejects.toThrow("nope");
    expect(attributes(0)["error.type"]).toBe("Binder Error");
  });

  it("come from extracted statements too, each with its own text", async () => {
    const connection = await connect();
    const extracted = await connection.extractStatements(
      "CREATE TABLE a (x VARCHAR); -- one; two\nINSERT INTO a VALUES (';')",
    );
    for (let i = 0; i < extracted.count; i++) {
      const prepared = await extracted.prepare(i);
      await prepared.run().catch(() => undefined);
    }
    expect(names()).toEqual(["CREATE TABLE a", "INSERT a"]);
  });
});

describe("appenders", () => {
  it("are one span with their rows", async () => {
    const connection = await connect();
    await connection.run("CREATE TABLE t (a INTEGER)");
    const appender = await connection.createAppender("t");
    expect(appender.connection).toBe(connection);
    for (let i = 0; i < 5; i++) {
      appender.appendInteger(i);
      appender.endRow();
    }
    const chunk = DuckDBDataChunk.create([INTEGER], 3);
    chunk.setColumnValues(0, [7, 8, 9]);
    appender.appendDataChunk(chunk);
    appender.flushSync();
    appender.closeSync();
    expect(names()).toEqual(["CREATE TABLE t", "APPEND t"]);
    expect(attributes(1)).toMatchObject({ "db.collection.name": "t", "pitot.query.changed_rows": 8 });
    expect((await connection.runAndReadAll("FROM t")).currentRowCount).toBe(8);
  });

  it("fail where the table is not there, and where rows break a constraint", async () => {
    const connection = await connect();
    await expect(connection.createAppender("nope")).rejects.toThrow("nope");
    await connection.run("CREATE TABLE t (a INTEGER PRIMARY KEY)");
    const appender = await connection.createAppender("t");
    for (let i = 0; i < 2; i++) {
      appender.appendInteger(1);
      appender.endRow();
    }
    expect(() => appender.flushSync()).toThrow();
    expect(telemetry.spans().map(({ status }) => status.code)).toEqual([2, 0, 2]);
  });
});

describe("at once", () => {
  it("200 runs on connections of their own keep their statements apart", async () => {
    observeDuckDBInstance(instance);
    await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        trackedRun({ label: "parallel", metadata: { i } }, async (run) => {
          const connection = await instance.connect();
          await run.stage("work", async () => {
            await connection.runAndReadAll(`SELECT ${i} AS a, * FROM range(${i})`);
            await connection.streamAndReadAll(`SELECT * FROM range(${i + 1})`);
          });
          connection.closeSync();
        }),
      ),
    );
    const spans = telemetry.spans();
    const byId = new Map(spans.map((span) => [span.spanContext().spanId, span]));
    const statements = spans.filter(({ attributes }) => attributes["db.system.name"] === "duckdb");
    expect(statements).toHaveLength(400);
    const rows = new Map<string, number[]>();
    for (const span of statements) {
      const parent = byId.get(span.parentSpanContext?.spanId ?? "")!;
      expect(parent.name).toBe("stage work");
      const of = String(parent.attributes["pitot.run.id"]);
      rows.set(of, [...(rows.get(of) ?? []), span.attributes["db.response.returned_rows"] as number]);
    }
    expect(rows.size).toBe(200);
    for (const [first, second] of rows.values()) expect(second).toBe((first ?? Number.NaN) + 1);
  });

  it("200 statements on one connection", async () => {
    const connection = await connect();
    await Promise.all(Array.from({ length: 200 }, (_, i) => connection.runAndReadAll("FROM range(?)", [i])));
    const rows = telemetry.spans().map(({ attributes }) => attributes["db.response.returned_rows"] as number);
    expect(rows.sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });
});
