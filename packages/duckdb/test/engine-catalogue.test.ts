import { decode } from "@msgpack/msgpack";
import { DuckDBInstance, DuckDBScalarFunction, INTEGER, type DuckDBConnection } from "@duckdb/node-api";
import {
  DiagnosticsCollector,
  PitotError,
  recordRustUdfSnapshot,
  recordViewUdfParity,
  trackedRun,
} from "@pitot/core";
import {
  checkTableContract,
  describeTable,
  engineFunctions,
  engineViews,
  featureStates,
  observeDuckDB,
  parquetScans,
  parsePlan,
  operatorProfile,
  queryPlan,
  recordDuckDBSession,
  runtimeProfile,
  viewArtifact,
  type ParquetScan,
} from "@pitot/duckdb";
import { typeString } from "@pitot/tables";
import { createTelemetryHarness } from "@pitot/testing";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let instance: DuckDBInstance;
let connection: DuckDBConnection;
const folder = mkdtempSync(join(tmpdir(), "pitot-duckdb-test-"));

beforeAll(async () => {
  instance = await DuckDBInstance.create(":memory:");
  connection = observeDuckDB(await instance.connect());
  await connection.run(`
    CREATE TABLE flights (id INTEGER NOT NULL, origin VARCHAR, delay INTEGER, PRIMARY KEY (id));
    INSERT INTO flights SELECT range, 'A' || range % 7, range % 90 FROM range(1000);
    CREATE VIEW late AS SELECT upper(origin) AS origin, count(*) AS n FROM flights WHERE delay > 60 AND origin <> 'A1' GROUP BY ALL;
    CREATE VIEW "odd name" AS WITH x AS (SELECT * FROM late) SELECT row_number() OVER () AS r, n + 1 AS m FROM x;
    CREATE SCHEMA other; CREATE VIEW other.v AS SELECT 1 AS one;`);
});
afterAll(() => {
  connection.disconnectSync();
  instance.closeSync();
  rmSync(folder, { recursive: true });
});

describe("plans", () => {
  it("have a fingerprint that literals and data do not change, and operators and filters do", async () => {
    const of = async (sql: string, values?: unknown[]) =>
      (await queryPlan(connection, sql, values)).fingerprint;
    const first = await of("SELECT * FROM flights WHERE delay > 60");
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await of("SELECT *  FROM flights -- again\nWHERE delay > 61")).toBe(first);
    expect(await of("SELECT * FROM flights WHERE delay < 60")).not.toBe(first);
    expect(await of("SELECT * FROM flights WHERE delay > 60 AND origin <> 'x'")).not.toBe(first);
    await connection.run("INSERT INTO flights SELECT range + 1000, 'B', 1 FROM range(5)");
    expect(await of("SELECT * FROM flights WHERE delay > 60")).toBe(first);
    expect(await of("SELECT * FROM flights WHERE delay > ?", [3])).toMatch(/^[0-9a-f]{64}$/);
  });

  it("hold no literals", async () => {
    const plan = await queryPlan(
      connection,
      "SELECT origin || 'secret', delay + 4711 FROM flights WHERE origin > 'Ahidden'",
    );
    const text = JSON.stringify(plan);
    for (const literal of ["secret", "hidden", "4711", "Cardinality"]) expect(text).not.toContain(literal);
    expect(text).toContain("flights");
  });

  it("name the Parquet scans for whoever knows the files", async () => {
    const file = join(folder, "f.parquet");
    await connection.run(`COPY flights TO '${file}' (FORMAT parquet)`);
    const plan = await queryPlan(connection, `SELECT origin FROM '${file}' WHERE delay > 5`);
    expect(parquetScans(plan.operators)).toEqual([{ columns: ["origin"], filters: ["delay>?"] }]);
    const seen: ParquetScan[] = [];
    const other = observeDuckDB(await instance.connect(), {
      plans: true,
      onParquetScan: (scan) => void seen.push(scan),
    });
    await other.run(`SELECT origin FROM '${file}' WHERE delay > 5`);
    other.closeSync();
    expect(seen).toHaveLength(1);
  });

  it("are asked for again when the schema has changed, and never for a parameter without a value", async () => {
    await using telemetry = createTelemetryHarness();
    const other = observeDuckDB(await instance.connect(), { plans: true });
    await expect(other.run("FROM later")).rejects.toThrow("later");
    await other.run("CREATE TEMP TABLE later AS SELECT 1 AS a");
    await other.run("FROM later");
    await other.run("CREATE OR REPLACE TEMP VIEW flights AS SELECT * FROM range(3)");
    await other.run("DROP TABLE later");
    await other.run("CREATE TEMP VIEW later AS SELECT * FROM range(7) WHERE range > 2");
    await other.run("FROM later");
    await other.run("BEGIN");
    const prepared = await other.prepare("SELECT * FROM range($1)");
    prepared.bindInteger(1, 3);
    expect((await prepared.runAndReadAll()).currentRowCount).toBe(3);
    expect((await other.runAndReadAll("SELECT 1 WHERE ?", [true])).currentRowCount).toBe(1);
    await other.run("COMMIT");
    other.closeSync();
    const plans = telemetry
      .spans()
      .map(({ name, attributes }) => [name, attributes["pitot.plan.fingerprint"]]);
    const later = plans.filter(([name]) => name === "SELECT later").map(([, plan]) => plan);
    expect(later).toEqual([undefined, expect.any(String), expect.any(String)]);
    expect(later[1]).not.toBe(later[2]);
    expect(plans.find(([name]) => name === "SELECT range")?.[1]).toBeUndefined();
    expect(plans.find(([name]) => name === "SELECT")?.[1]).toBeDefined();
  });

  it("refuse what is none", () => {
    expect(() => parsePlan("nope")).toThrow(PitotError);
    expect(() => parsePlan("{}")).toThrow(/EXPLAIN/);
    expect(() => operatorProfile("[]")).toThrow(PitotError);
  });

  it("and profiles are recorded on request, once per text and every time", async () => {
    await using telemetry = createTelemetryHarness();
    const sink = new DiagnosticsCollector();
    const other = observeDuckDB(await instance.connect(), { plans: true, profile: true, sink });
    for (const delay of [60, 70])
      expect(
        (await other.runAndReadAll(`SELECT origin, count(*) FROM flights WHERE delay > ${delay} GROUP BY 1`))
          .currentRowCount,
      ).toBe(7);
    await Promise.all([1, 2, 3].map((n) => other.run(`SELECT ${n} AS a_${n} FROM range(${n * 1000})`)));
    await expect(other.run("SELECT * FROM nope")).rejects.toThrow("nope");
    await other.run("CREATE TABLE made (a INTEGER); SELECT 1");
    const made = readdirSync(tmpdir()).filter(
      (name) => name.startsWith("pitot-duckdb-") && existsSync(join(tmpdir(), name, "profile.json")),
    );
    expect(made.length).toBeGreaterThan(0);
    other.closeSync();
    const spans = telemetry.spans();
    expect(spans).toHaveLength(7);
    expect(spans[0]?.attributes["pitot.plan.fingerprint"]).toBe(
      spans[1]?.attributes["pitot.plan.fingerprint"],
    );
    expect(spans[0]?.attributes["pitot.query.rows_scanned"]).toBeGreaterThanOrEqual(1000);
    const { query_plan_v1: plans = [], query_profile_v1: profiles = [] } = sink.artifactsSnapshot();
    expect(plans).toHaveLength(4);
    expect(profiles).toHaveLength(6);
    expect(profiles[0]).toMatchObject({ rows_returned: 7 });
    expect(JSON.stringify(profiles)).toContain("GROUP_BY");
    expect(JSON.stringify([plans, profiles])).not.toMatch(/>\s*60/);
  });
});

describe("views", () => {
  it("have what they depend on, functions, plan and policy", async () => {
    const views = await engineViews(connection);
    expect(views.map(({ name }) => name)).toEqual(["late", "odd name", "memory.other.v"]);
    const [late, odd] = views;
    expect(late).toMatchObject({ deps: ["flights"], requiredUdfs: ["count_star", "upper"] });
    expect(odd?.requiredUdfs).toContain("row_number");
    expect(late?.planFingerprint).toMatch(/^[0-9a-f]{64}$/);
    await connection.run("SET default_null_order = 'nulls_first'");
    const [again] = await engineViews(connection);
    await connection.run("RESET default_null_order");
    expect(again?.policyHash).not.toBe(late?.policyHash);
  });

  it("that are broken are there without a fingerprint", async () => {
    await connection.run("CREATE TABLE gone (a INT); CREATE VIEW broken AS FROM gone; DROP TABLE gone");
    const view = (await engineViews(connection)).find(({ name }) => name === "broken");
    expect(view).toBeDefined();
    expect(view?.planFingerprint).toBeUndefined();
    await expect(viewArtifact(connection, "broken")).rejects.toThrow(PitotError);
    await connection.run("DROP VIEW broken");
  });

  it("have an artifact that is the same each time", async () => {
    const [first, second] = [await viewArtifact(connection, "late"), await viewArtifact(connection, "late")];
    expect(first).toEqual(second);
    expect(first.referencedTables).toEqual(["flights"]);
    expect(decode(first.schemaMsgpack!)).toMatchObject({
      fields: [
        { name: "origin", type: "string" },
        { name: "n", type: "int64" },
      ],
    });
    expect(decode(first.schemaDescribeMsgpack!)).toHaveLength(2);
    await expect(viewArtifact(connection, "nope")).rejects.toThrow(/"nope"/);
    expect((await viewArtifact(connection, "memory.other.v")).planFingerprint).toBeDefined();
  });
});

describe("functions", () => {
  it("are those of the engine, the application and its macros", async () => {
    connection.registerScalarFunction(
      DuckDBScalarFunction.create({
        name: "twice",
        returnType: INTEGER,
        parameterTypes: [INTEGER],
        mainFunction: (_, input, output) => {
          for (let i = 0; i < input.rowCount; i++)
            output.setItem(i, 2 * Number(input.getColumnVector(0).getItem(i)));
          output.flush();
        },
      }),
    );
    await connection.run("CREATE MACRO thrice(a) AS 3 * a");
    const functions = await engineFunctions(connection);
    for (const name of ["twice", "thrice", "upper"]) expect(functions.scalar).toContain(name);
    expect(functions.aggregate).toContain("sum");
    expect(functions.window).toContain("row_number");
    expect(functions.table).toContain("read_parquet");
    expect(functions.user).toEqual(["thrice", "twice"]);
    await connection.run("CREATE VIEW doubled AS SELECT twice(delay) AS d FROM flights");
    const sink = new DiagnosticsCollector();
    const viewNodes = await engineViews(connection);
    recordViewUdfParity(sink, {
      snapshot: { ...functions, scalar: (functions.scalar ?? []).filter((name) => name !== "twice") },
      viewNodes,
    });
    expect(sink.artifactsSnapshot()["view_udf_parity_v1"]?.[0]).toMatchObject({
      missing_snapshot_views: 1,
      rows: expect.arrayContaining([
        expect.objectContaining({ view: "doubled", user_udfs: ["twice"], missing_snapshot_udfs: ["twice"] }),
        expect.objectContaining({ view: "late", user_udfs: [] }),
      ]) as unknown,
    });
    recordRustUdfSnapshot(sink, { snapshot: functions });
    expect(sink.artifactsSnapshot()["rust_udf_snapshot_v1"]?.[0]).toMatchObject({
      user: ["thrice", "twice"],
      user_count: 2,
    });
    await using telemetry = createTelemetryHarness();
    const observed = observeDuckDB(await instance.connect());
    expect((await engineFunctions(observed)).user).toEqual(["thrice", "twice"]);
    observed.disconnectSync();
    expect(telemetry.spans()).toEqual([]);
  });
});

describe("tables", () => {
  it("have Arrow types", async () => {
    await connection.run("CREATE TYPE mood AS ENUM ('sad', 'ok')");
    const columns: Record<string, string> = {
      BOOLEAN: "bool",
      TINYINT: "int8",
      UBIGINT: "uint64",
      HUGEINT: "decimal128(38, 0)",
      "DECIMAL(18, 3)": "decimal128(18, 3)",
      FLOAT: "float",
      DATE: "date32[day]",
      TIME: "time64[us]",
      TIMESTAMP: "timestamp[us]",
      TIMESTAMP_S: "timestamp[s]",
      TIMESTAMP_NS: "timestamp[ns]",
      TIMESTAMPTZ: "timestamp[us, tz=UTC]",
      INTERVAL: "month_day_nano_interval",
      VARCHAR: "string",
      JSON: "string",
      UUID: "string",
      BLOB: "binary",
      mood: "dictionary<values=string, indices=uint8, ordered=0>",
      "INTEGER[]": "list<l: int32>",
      "INTEGER[3]": "fixed_size_list<l: int32>[3]",
      'STRUCT(a INTEGER, "b c" VARCHAR[])': "struct<a: int32, b c: list<l: string>>",
      "MAP(VARCHAR, DOUBLE)": "map<string, double>",
      "UNION(n INTEGER, s VARCHAR)": "sparse_union<n: int32=0, s: string=1>",
    };
    const types = Object.keys(columns);
    await connection.run(`CREATE TABLE typed (${types.map((type, i) => `c${i} ${type}`).join(", ")})`);
    const table = await describeTable(connection, "typed");
    expect(
      Object.fromEntries((table?.schema.fields ?? []).map(({ type }, i) => [types[i], typeString(type)])),
    ).toEqual(columns);
  });

  it("meet or break their contract", async () => {
    const contract = {
      tableName: "flights",
      exact: true,
      columns: [
        { name: "id", type: "int32", nullable: false },
        { name: "origin", type: "int64", nullable: false },
        { name: "gone", type: "bool" },
      ],
    };
    expect(
      (await checkTableContract(connection, contract)).map(({ violationType, columnName }) => [
        violationType,
        columnName,
      ]),
    ).toEqual([
      ["type_mismatch", "origin"],
      ["nullability_mismatch", "origin"],
      ["missing_column", "gone"],
      ["extra_column", "delay"],
    ]);
    expect(await checkTableContract(connection, { tableName: "no.where", columns: [] })).toMatchObject([
      { violationType: "missing_table" },
    ]);
    expect(await describeTable(connection, "main.flights")).not.toBeNull();
  });
});

describe("a session", () => {
  it("is recorded whole, without spans of its own", async () => {
    await using telemetry = createTelemetryHarness();
    const sink = new DiagnosticsCollector();
    const session = await recordDuckDBSession(sink, connection, {
      contracts: [{ tableName: "late", columns: [{ name: "n", type: "int32" }] }],
    });
    expect(session.violations).toHaveLength(1);
    expect(Object.keys(sink.artifactsSnapshot()).sort()).toEqual([
      "engine_runtime_profile_v1",
      "feature_state_v1",
      "rust_udf_snapshot_v1",
      "view_artifact_v1",
      "view_contract_violations_v1",
      "view_udf_parity_v1",
    ]);
    expect(sink.eventsSnapshot()["view_fingerprints_v1"]?.length).toBe(session.views.length);
    expect(sink.artifactsSnapshot()["view_udf_parity_v1"]?.[0]).toMatchObject({
      missing_snapshot_views: 0,
      missing_catalog_views: 0,
    });
    expect(telemetry.spans()).toEqual([]);
    expect(await runtimeProfile(connection)).toMatchObject({
      engine: "duckdb",
      version: expect.stringMatching(/^v\d+\.\d+/),
    });
    expect((await featureStates(connection)).find(({ name }) => name === "json")).toMatchObject({
      loaded: true,
    });
  });

  it("keeps secrets of settings out of a run's records", async () => {
    await connection.run("SET http_proxy_password = 'hunter2'");
    const sink = new DiagnosticsCollector();
    await trackedRun({ label: "x", sink }, (run) => recordDuckDBSession(run, connection));
    await connection.run("RESET http_proxy_password");
    const [profile] = sink.artifactsSnapshot()["engine_runtime_profile_v1"] ?? [];
    expect(profile).toMatchObject({ settings: { TimeZone: expect.any(String) } });
    expect(JSON.stringify(profile)).not.toContain("hunter2");
  });

  it("never rejects", async () => {
    const dead = await instance.connect();
    dead.disconnectSync();
    const sink = new DiagnosticsCollector();
    const session = await recordDuckDBSession(sink, dead, { contracts: [{ tableName: "t", columns: [] }] });
    expect(session.views).toEqual([]);
  });
});
