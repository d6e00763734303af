import { decode } from "@msgpack/msgpack";
import { configureRecording, DiagnosticsCollector, trackedRun, type RecordBatch } from "@pitot/core";
import { createTelemetryHarness } from "@pitot/testing";
import { tableFromIPC, tableToIPC } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  col,
  decodeScanTelemetry,
  encodeScanTelemetry,
  encodeScanTelemetryRows,
  fragmentTelemetry,
  listFragments,
  openDataset,
  recordScan,
  rowGroupStats,
  SCAN_TELEMETRY_SCHEMA,
  scanTelemetryTable,
  trackedScan,
  type ScanTelemetry,
} from "../src/index.ts";
import { typeString } from "@pitot/tables";
import { duckFiles, type DuckFiles } from "./duckdb-files.ts";

let duck: DuckFiles;
beforeAll(async () => {
  duck = await duckFiles();
  await duck.run(`copy (select i as id, {'low': i // 2048, 'price': (i / 4)::decimal(9,2)} as info, i % 2 = 0 as even
    from range(8192) t(i)) to '$DIR/items.parquet' (row_group_size 2048)`);
});
afterAll(async () => await duck[Symbol.asyncDispose]());

const telemetry = async (): Promise<ScanTelemetry> =>
  await fragmentTelemetry(await openDataset(duck.path("items.parquet")), {
    predicate: col("id").lt(3000),
    requiredColumns: ["even"],
    scanProfile: { batch: 1 },
    hintLimit: 1,
  });

describe("scan telemetry", () => {
  it("tells of the pruned part", async () => {
    const all = await telemetry();
    expect(all).toMatchObject({
      fragmentCount: 1,
      rowGroupCount: 2,
      countRows: 3000,
      estimatedRows: 4096,
      fileHints: [duck.path("items.parquet")],
      partitionExpressions: ["true"],
      requiredColumns: ["even"],
      scanColumns: ["even", "id"],
      scanProfile: { batch: 1 },
      discoveryPolicy: { kind: "file", files: 1 },
    });
    expect((all.projectedSchema as { fields: { name: string }[] }).fields.map(({ name }) => name)).toEqual([
      "even",
      "id",
    ]);
    const uncounted = await fragmentTelemetry(await openDataset(duck.path("items.parquet")), {
      countRows: false,
    });
    expect([uncounted.countRows, uncounted.estimatedRows, uncounted.rowGroupCount]).toEqual([null, 8192, 4]);
  });

  it("is an array of thirteen in MessagePack, and comes back", async () => {
    const all = await telemetry();
    const bytes = encodeScanTelemetry(all);
    const plain = decode(bytes) as unknown[];
    expect(plain).toHaveLength(13);
    expect(plain.slice(0, 4)).toEqual([1, 2, 3000, 4096]);
    expect(decodeScanTelemetry(bytes)).toEqual(all);
    expect(() => decodeScanTelemetry(Uint8Array.of(0x80))).toThrow(/no scan telemetry/);
    expect(() => decodeScanTelemetry(new Uint8Array())).toThrow(/no scan telemetry/);
  });

  it("is a table of the fourteen columns, also without rows", async () => {
    const all = await telemetry();
    const table = tableFromIPC(tableToIPC(scanTelemetryTable([{ dataset: "items", telemetry: all }])));
    expect(table.schema.fields.map(({ name, type }) => `${name}: ${typeString(type)}`)).toEqual(
      SCAN_TELEMETRY_SCHEMA.fields.map(({ name, type }) => `${name}: ${typeString(type)}`),
    );
    const row = table.get(0)?.toJSON() ?? {};
    expect([row["dataset"], row["count_rows"], [...row["scan_columns"]]]).toEqual([
      "items",
      3000n,
      ["even", "id"],
    ]);
    expect(decode(row["scan_profile_msgpack"])).toEqual({ batch: 1 });
    expect(scanTelemetryTable([]).numRows).toBe(0);
    expect(
      encodeScanTelemetryRows([
        { dataset: "x", telemetry: { ...all, countRows: null, scanProfile: null } },
      ])[0],
    ).toMatchObject({
      count_rows: null,
      scan_profile_msgpack: null,
    });
  });
});

describe("row-group statistics", () => {
  it("finds columns by leaf path, exactly, as far as asked", async () => {
    const dataset = await openDataset(duck.path("items.parquet"));
    const stats = await rowGroupStats(await listFragments(dataset, { predicate: col("id").ge(2048) }), {
      schema: dataset.schema,
      columns: ["id", "info"],
      maxRowGroups: 2,
    });
    expect(stats.map(({ rowGroup, numRows }) => [rowGroup, numRows])).toEqual([
      [1, 2048],
      [2, 2048],
    ]);
    expect(stats[0]?.columns).toEqual({
      id: { type: "int64", nullCount: 0, distinctCount: null, min: 2048n, max: 4095n },
      "info.low": { type: "int64", nullCount: 0, distinctCount: 1, min: 1n, max: 1n },
      "info.price": {
        type: "decimal128(9, 2)",
        nullCount: 0,
        distinctCount: null,
        min: "512.00",
        max: "1023.75",
      },
    });
    await expect(rowGroupStats([], { schema: dataset.schema, columns: ["nope"] })).rejects.toThrow(
      /no column: "nope"/,
    );
  });
});

describe("recording", () => {
  it("tells a run of a scan: span, event, row, counters", async () => {
    await using harness = createTelemetryHarness();
    const rows: RecordBatch[] = [];
    using _ = configure(rows);
    const dataset = await openDataset(duck.path("items.parquet"), { name: "items" });
    await trackedRun({ label: "read" }, async (run) => {
      await run.stage("load", async () => {
        let count = 0;
        for await (const batch of trackedScan(run, dataset, {
          predicate: col("id").between(10, 20),
          columns: ["id"],
        }))
          count += batch.numRows;
        expect(count).toBe(11);
      });
    });
    const spans = harness.spans();
    const scan = spans.find(({ name }) => name === "scan items")!;
    const stage = spans.find(({ name }) => name === "stage load")!;
    expect(scan.parentSpanContext?.spanId).toBe(stage.spanContext().spanId);
    expect(scan.attributes).toMatchObject({
      "pitot.scan.dataset": "items",
      "pitot.scan.predicate": "((id >= 10) and (id <= 20))",
      "pitot.scan.row_groups.total": 4,
      "pitot.scan.row_groups.read": 1,
      "pitot.scan.row_groups.skipped_by.statistics": 3,
      "pitot.scan.rows.matched": 11,
      "pitot.scan.complete": true,
    });
    const event = scan.events.find(({ name }) => name === "pitot.scan")!;
    expect(event.attributes).toMatchObject({
      "pitot.scan.count_rows": 11,
      "pitot.scan.scan_columns": ["id"],
      "pitot.scan.fragment_count": 1,
      "pitot.record.seq": 0,
    });
    const points = (await harness.metrics()).filter(
      ({ name, attributes }) =>
        name.startsWith("pitot.scan.") && attributes["pitot.dataset.name"] === "items",
    );
    const value = (name: string, outcome: string) =>
      points.find((point) => point.name === name && point.attributes["pitot.outcome"] === outcome)?.value;
    expect([value("pitot.scan.row_groups", "read"), value("pitot.scan.row_groups", "skipped")]).toEqual([
      1, 3,
    ]);
    expect(value("pitot.scan.bytes", "footer")).toBeGreaterThan(0);
    expect(points.find(({ name }) => name === "pitot.scan.duration")?.value).toMatchObject({ count: 1 });
    // No span event holds a schema of a thousand columns.
    expect(JSON.stringify(event.attributes).length).toBeLessThan(32 * 1024);
    const [batch] = rows.filter(({ kind }) => kind === "scan_telemetry");
    expect(batch?.length).toBe(1);
    // The four documents come back as what they were.
    const document = (name: string): unknown => {
      const value = (batch?.columns[name] as readonly unknown[] | undefined)?.[0];
      return value === null || value === undefined ? value : decode(value as Uint8Array);
    };
    expect((document("dataset_schema_msgpack") as { fields: { name: string }[] }).fields[0]?.name).toBe("id");
    expect((document("projected_schema_msgpack") as { fields: unknown[] }).fields).toHaveLength(1);
    expect(document("discovery_policy_msgpack")).toMatchObject({ kind: "file", files: 1 });
    expect(document("scan_profile_msgpack")).toBeNull();
    expect(Object.keys(batch?.columns ?? {})).toEqual(
      expect.arrayContaining(SCAN_TELEMETRY_SCHEMA.fields.map(({ name }) => name)),
    );
  });

  it("marks a scan that failed, and one that was stopped", async () => {
    await using harness = createTelemetryHarness();
    const dataset = await openDataset(duck.path("items.parquet"), { name: "items" });
    await trackedRun({ label: "read" }, async (run) => {
      for await (const _ of trackedScan(run, dataset, { prefetch: 0 })) break;
      const cancelled = new AbortController();
      await expect(
        (async () => {
          for await (const _ of trackedScan(run, dataset, { signal: cancelled.signal }))
            cancelled.abort(Object.assign(new Error("enough"), { name: "Stop" }));
        })(),
      ).rejects.toThrow("enough");
    });
    const [stopped, failed] = harness.spans().filter(({ name }) => name === "scan items");
    expect([stopped?.attributes["pitot.scan.complete"], stopped?.status.code]).toEqual([false, 0]);
    expect([failed?.attributes["error.type"], failed?.status.code]).toEqual(["Stop", 2]);
    expect(stopped?.events[0]?.attributes).not.toHaveProperty("pitot.scan.count_rows");
  });

  it("never throws", async () => {
    const collector = new DiagnosticsCollector();
    recordScan(collector, { dataset: "x", telemetry: await telemetry() });
    expect(() => recordScan(collector, { dataset: "x", telemetry: undefined as never })).not.toThrow();
    expect(() =>
      recordScan(
        {
          recordColumns: () => {
            throw new Error("broken sink");
          },
        } as never,
        { dataset: "x", telemetry: {} as never },
      ),
    ).not.toThrow();
  });
});

function configure(rows: RecordBatch[]): Disposable {
  const restore = configureRecording({
    targets: [
      { open: () => ({ uri: "memory:", write: (batch) => void rows.push(batch), finish: () => undefined }) },
    ],
  });
  return { [Symbol.dispose]: restore };
}
