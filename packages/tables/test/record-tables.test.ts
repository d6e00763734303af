import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diag } from "@opentelemetry/api";
import {
  configureRecording,
  DiagnosticsCollector,
  finishRun,
  startRun,
  type PipelineRun,
  type QualityRow,
} from "@pitot/core";
import { readRun, SnapshotStore } from "@pitot/snapshot";
import { createTelemetryHarness } from "@pitot/testing";
import {
  type Data,
  Dictionary,
  Field,
  Float64,
  Int32,
  Int64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  concatQualityTables,
  QUALITY_SCHEMA,
  qualityFromIds,
  recordDatasets,
  recordQualityTable,
  schemaFingerprint,
} from "../src/index.ts";

let folder: string;
let telemetry: ReturnType<typeof createTelemetryHarness>;
let undo: () => void;
let store: SnapshotStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pitot-tables-"));
  telemetry = createTelemetryHarness();
  store = new SnapshotStore({ directory: folder });
  undo = configureRecording({ targets: [store] });
});
afterEach(async () => {
  undo();
  await telemetry.shutdown();
  rmSync(folder, { recursive: true, force: true });
});

const rowsOf = (table: Table | undefined): Record<string, unknown>[] =>
  (table?.toArray() ?? []).map((row) => (row as { toJSON(): Record<string, unknown> }).toJSON());
const nodes = new Table({
  id: vectorFromArray([1, 0, null], new Int32()),
  name: vectorFromArray(["a", null, "c"], new Utf8()),
});

async function recorded(
  body: (run: PipelineRun) => void,
): Promise<{ run: PipelineRun; table: (name: string) => Promise<Record<string, unknown>[]> }> {
  const run = startRun({ label: "tables" });
  body(run);
  const ended = finishRun(run);
  await store.close();
  return { run: ended, table: async (name) => rowsOf(await readRun(folder, run.runId).table(name)) };
}

/** Events of spans ended since there were `from` of them. */
const eventsOf = (name: string, from = 0): Record<string, unknown>[] =>
  telemetry
    .spans()
    .slice(from)
    .flatMap((span) =>
      span.events
        .filter((event) => event.name === name)
        .map(({ attributes }) => ({ ...attributes, span: span.spanContext().spanId })),
    );

describe("datasets", () => {
  it("become events, gauges and tables that lead to each other by seq", async () => {
    const { table } = await recorded((run) =>
      recordDatasets(run, { nodes, gone: null, broken: new Uint8Array(3) }),
    );
    const stats = await table("dataset_stats");
    expect(stats).toMatchObject([
      {
        dataset_name: "nodes",
        rows: 3n,
        columns: 2,
        schema_fingerprint: schemaFingerprint(nodes.schema),
        seq: 0n,
      },
    ]);
    const columns = await table("column_stats");
    expect(columns).toMatchObject([
      { dataset_name: "nodes", column_name: "id", type: "int32", null_count: 1n, seq: 0n },
      { dataset_name: "nodes", column_name: "name", type: "string", null_count: 1n, seq: 1n },
    ]);
    expect(
      (await table("events")).map(({ properties }) => JSON.parse(String(properties)) as unknown),
    ).toMatchObject([
      { dataset: "gone", reason: "null" },
      { dataset: "broken", reason: expect.stringContaining("These are not whole Arrow IPC bytes") },
    ]);
    expect(eventsOf("pitot.dataset")).toMatchObject([
      {
        "pitot.dataset.name": "nodes",
        "pitot.dataset.rows": 3,
        "pitot.dataset.columns": 2,
        "pitot.columns.total": 2,
        "pitot.columns.exported": 2,
        "pitot.record.seq": 0,
        span: stats.at(0)?.["span_id"],
      },
    ]);
    expect(eventsOf("pitot.column").map((event) => event["pitot.record.seq"])).toEqual(
      columns.map(({ seq }) => Number(seq)),
    );
    const gauges = (await table("metrics")).map(({ name, value, attributes }) => [
      name,
      value,
      JSON.parse(String(attributes)) as unknown,
    ]);
    expect(gauges).toEqual([
      ["pitot.dataset.rows", 3, { "pitot.dataset.name": "nodes" }],
      ["pitot.dataset.columns", 2, { "pitot.dataset.name": "nodes" }],
      ["pitot.dataset.bytes", expect.any(Number), { "pitot.dataset.name": "nodes" }],
      ["pitot.column.nulls", 1, { "pitot.dataset.name": "nodes", "pitot.column.name": "id" }],
      ["pitot.column.nulls", 1, { "pitot.dataset.name": "nodes", "pitot.column.name": "name" }],
    ]);
  });

  it("with many columns are bounded on the way out, and whole in the snapshot", async () => {
    const wide = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`c${i}`, Int32Array.of(i)]));
    const { run, table } = await recorded((live) => recordDatasets(live, { wide }, { columns: 7 }));
    expect(await table("column_stats")).toHaveLength(300);
    expect(eventsOf("pitot.column")).toHaveLength(7);
    expect(eventsOf("pitot.dataset")).toMatchObject([
      { "pitot.columns.total": 300, "pitot.columns.exported": 7 },
    ]);
    expect(readRun(folder, run.runId).manifest.records["column_stats"]).toMatchObject({
      exported: 7,
      snapshot_only: 293,
      dropped: 0,
    });
  });

  it("are recorded as by default, and told of once, where columns are to be no number of them", async () => {
    const told: unknown[] = [];
    diag.setLogger(
      {
        error: () => {},
        warn: (_, ...of) => told.push(...of),
        info: () => {},
        debug: () => {},
        verbose: () => {},
      },
      { suppressOverrideMessage: true },
    );
    const { run } = await recorded((live) => {
      for (const columns of [Number.NaN, -1, 2.5, "7"] as number[])
        recordDatasets(live, { nodes }, { columns });
      recordDatasets(live, { nodes }, null as never);
    });
    diag.disable();
    expect(told).toMatchObject([{ code: "INVALID_ARGUMENT", value: Number.NaN }]);
    expect(readRun(folder, run.runId).manifest.records["column_stats"]).toMatchObject({ exported: 10 });
  });

  it("reach a sink without columns as rows, and never throw", () => {
    const sink = new DiagnosticsCollector();
    recordDatasets(sink, { nodes });
    expect(sink.eventsSnapshot()["dataset_stats_v1"]).toMatchObject([{ dataset_name: "nodes", rows: 3 }]);
    expect(sink.eventsSnapshot()["column_stats_v1"]).toHaveLength(2);
    expect(() => recordDatasets(sink, undefined as never)).not.toThrow();
    expect(() => recordQualityTable(sink, nodes)).not.toThrow();
    expect(() => recordQualityTable(sink, null as never)).not.toThrow();
    expect(sink.qualitySnapshot()).toEqual([]);
  });
});

describe("a quality table", () => {
  const row = fc.record({
    entity_kind: fc.constantFrom("NODE", "EDGE", "é"),
    entity_id: fc.option(fc.constantFrom("0", "1", "\u{1f600}", "x".repeat(50))),
    issue: fc.constantFrom("INVALID_ID", "DUPLICATE"),
    source_table: fc.option(fc.constantFrom("nodes", "edges")),
    row_ordinal: fc.option(fc.maxSafeNat(), { freq: 20 }),
  });
  const tableOfRows = (rows: readonly QualityRow[], dictionaries: boolean, ordinals: boolean): Table => {
    const type = () => (dictionaries ? new Dictionary(new Utf8(), new Int32()) : new Utf8());
    return new Table(
      Object.fromEntries(
        ["entity_kind", "entity_id", "issue", "source_table", ...(ordinals ? ["row_ordinal"] : [])].map(
          (name) => [
            name,
            vectorFromArray(
              rows.map((each) => {
                const value = each[name as keyof QualityRow] ?? null;
                return typeof value === "number" ? BigInt(value) : value;
              }),
              name === "row_ordinal" ? new Int64() : type(),
            ),
          ],
        ),
      ) as never,
    );
  };

  it("is recorded as its rows would be, one by one (property)", async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 30, size: "max" }),
        fc.array(row, { minLength: 1, maxLength: 30, size: "max" }),
        fc.boolean(),
        fc.boolean(),
        fc.nat(5),
        async (first, second, dictionaries, ordinals, exportRows) => {
          const [a, b] = [first, second].map((rows) =>
            ordinals ? rows : rows.map(({ row_ordinal: _ordinal, ...each }) => each),
          ) as [QualityRow[], QualityRow[]];
          const results = [];
          for (const whole of [true, false]) {
            const path = join(folder, String(runs++));
            const own = new SnapshotStore({ directory: path });
            const restore = configureRecording({ targets: [own], exportRows });
            const from = telemetry.spans().length;
            const sink = new DiagnosticsCollector();
            const run = startRun({ label: "tables", sink });
            run.recordQualityRow("FIRST", "f", "BEFORE", null);
            if (whole) {
              const table = dictionaries
                ? tableOfRows(a, true, ordinals)
                : tableOfRows(a, false, ordinals)
                    .concat(tableOfRows(b, false, ordinals))
                    .slice(1);
              run.recordQuality(table as never);
            } else run.recordQuality(dictionaries ? a : [...a, ...b].slice(1));
            run.recordQualityRow("LAST", "l", "AFTER", null);
            finishRun(run);
            await own.close();
            restore();
            const snapshot = readRun(path, run.runId);
            results.push({
              rows: rowsOf(await snapshot.table("quality")).map(
                ({ entity_kind, entity_id, issue, source_table, seq, row_ordinal }) => ({
                  entity_kind,
                  entity_id,
                  issue,
                  source_table,
                  seq,
                  row_ordinal,
                }),
              ),
              counts: snapshot.manifest.records["quality"],
              sink: sink.qualitySnapshot(),
              events: eventsOf("pitot.quality", from).map(({ span: _span, ...attributes }) => attributes),
              summaries: eventsOf("pitot.quality.summary", from).map(
                ({ span: _span, "pitot.snapshot.uri": _uri, ...attributes }) => attributes,
              ),
            });
          }
          expect(results[0]).toEqual(results[1]);
          const stored = results.at(0)?.rows ?? [];
          expect(stored.map(({ seq }) => Number(seq))).toEqual(stored.map((_, i) => i));
          const given = (dictionaries ? a : [...a, ...b].slice(1)).map(({ row_ordinal }) => row_ordinal);
          expect(stored.slice(1, -1).map(({ row_ordinal }) => row_ordinal)).toEqual(
            given.map((ordinal) => (ordinal == null ? null : BigInt(ordinal))),
          );
        },
      ),
      { numRuns: 25 },
    );
  });

  it("leads from an event to its row of the snapshot, and from there to the row of the table that was checked", async () => {
    const checked = { id: [7, 0, 8, null, 0] };
    const spec = { idCol: "id", entityKind: "NODE", issue: "INVALID_ID", sourceTable: "nodes" };
    const { table } = await recorded((live) => {
      recordQualityTable(live, qualityFromIds(checked, spec));
      recordQualityTable(live, qualityFromIds(checked, spec, { ordinals: true }));
      live.recordQualityRow("NODE", "8", "UNKNOWN", "nodes", 2);
    });
    const rows = await table("quality");
    expect(rows.map(({ row_ordinal }) => row_ordinal)).toEqual([null, null, null, 1n, 3n, 4n, 2n]);
    const events = eventsOf("pitot.quality");
    expect(events).toHaveLength(7);
    for (const event of events) {
      const row = rows.find(({ seq }) => Number(seq) === event["pitot.record.seq"])!;
      const ordinal = event["pitot.quality.row_ordinal"];
      expect(ordinal).toBe(row["row_ordinal"] === null ? undefined : Number(row["row_ordinal"]));
      if (ordinal !== undefined)
        expect(String(checked.id[ordinal as number] ?? null)).toBe(String(row["entity_id"]));
    }
  });

  it.each([
    ["text", ["a", "1", null], new Utf8(), [null, null, null]],
    ["doubles", [1, 1.5, -1], new Float64(), [1n, null, null]],
    ["int32", [4, null, -4], new Int32(), [4n, null, null]],
    ["int64 with nulls", [2n ** 40n, null, -1n], new Int64(), [2n ** 40n, null, null]],
    ["int64 without nulls", [2n ** 53n - 1n, 2n ** 53n, -1n], new Int64(), [2n ** 53n - 1n, null, null]],
  ] as const)("loses no row over ordinals that are %s", async (_, values, type, expected) => {
    const quality = new Table({
      entity_kind: vectorFromArray(["NODE", "NODE", "NODE"], new Utf8()),
      issue: vectorFromArray(["ODD", "ODD", "ODD"], new Utf8()),
      row_ordinal: vectorFromArray(values as never, type as never),
    } as never);
    const { table } = await recorded((live) => {
      live.recordQuality(quality as never);
      for (const ordinal of values)
        live.recordQuality([{ entity_kind: "NODE", issue: "ODD", row_ordinal: ordinal as never }]);
    });
    expect((await table("quality")).map(({ row_ordinal }) => row_ordinal)).toEqual([
      ...expected,
      ...expected,
    ]);
  });

  it("has its ids redacted", async () => {
    undo();
    undo = configureRecording({
      targets: [store],
      redaction: [{ path: "pitot.quality.entity_id", dataset: "people", action: "mask" }],
    });
    const make = (sourceTable: string) =>
      qualityFromIds(
        { id: [0, null] },
        { idCol: "id", entityKind: "PERSON", issue: "INVALID_ID", sourceTable },
      );
    const { run, table } = await recorded((live) =>
      recordQualityTable(live, concatQualityTables([make("people"), make("animals")])),
    );
    expect((await table("quality")).map(({ entity_id }) => entity_id)).toEqual([
      "[redacted]",
      null,
      "0",
      null,
    ]);
    expect(eventsOf("pitot.quality").map((event) => event["pitot.quality.entity_id"])).toEqual([
      "[redacted]",
      undefined,
      "0",
      undefined,
    ]);
    expect(readRun(folder, run.runId).manifest.records["quality"]).toMatchObject({ redacted: 1 });
  });

  it("of a million rows is stored whole, with its events bounded", async () => {
    const id = new Int32Array(1_000_000);
    const { run, table } = await recorded((live) =>
      recordQualityTable(
        live,
        qualityFromIds(
          { id },
          { idCol: "id", entityKind: "NODE", issue: "INVALID_ID", sourceTable: "nodes" },
        ),
      ),
    );
    expect(eventsOf("pitot.quality")).toHaveLength(1000);
    expect(eventsOf("pitot.quality.summary")).toMatchObject([
      { "pitot.quality.total": 1_000_000, "pitot.quality.exported": 1000 },
    ]);
    const stored = (await readRun(folder, run.runId).table("quality"))!;
    expect(stored.numRows).toBe(1_000_000);
    expect(stored.get(999_999)!.toJSON()).toMatchObject({
      entity_kind: "NODE",
      entity_id: "0",
      issue: "INVALID_ID",
      source_table: "nodes",
      seq: 999_999n,
    });
    expect(await table("events")).toEqual([]);
  });

  it("shows nothing but its own bytes, whatever its offsets say", async () => {
    const { pool, around } = { pool: Buffer.from("secret abc secret"), around: 7 };
    const column = (...offsets: number[]) =>
      makeData({
        type: new Utf8(),
        length: 3,
        nullCount: 0,
        valueOffsets: Int32Array.from(offsets),
        data: pool.subarray(around, around + 3),
      });
    const whole = column(0, 1, 2, 3);
    const { type } = makeData({ type: new Struct(QUALITY_SCHEMA.fields), length: 3, children: [] });
    const tableWith = (broken: Data, at: number) =>
      new Table(
        QUALITY_SCHEMA,
        new RecordBatch(
          QUALITY_SCHEMA,
          makeData({
            type,
            length: 3,
            nullCount: 0,
            children: QUALITY_SCHEMA.fields.map((_, i) => (i === at ? broken : whole)),
          }),
        ),
      );
    const { table } = await recorded((live) => {
      for (const at of [0, 1, 2, 3])
        for (const offsets of [
          [0, 1, 99, 3],
          [0, -5, 2, 3],
          [0, 1, 2, 99],
        ])
          live.recordQuality(tableWith(column(...offsets), at) as never);
    });
    const rows = await table("quality");
    expect(rows).toHaveLength(36);
    for (const { entity_kind, entity_id, issue, source_table } of rows)
      expect([entity_kind, entity_id, issue, source_table].join("")).toMatch(/^([abc]|\(unnamed\))*$/);
    for (const event of eventsOf("pitot.quality")) expect(JSON.stringify(event)).not.toContain("secret");
  });

  const fails = (at: number) => (row: number) => {
    if (row === at) throw new Error(`row ${row} is gone`);
  };
  const rowsAre = (length: number, numRows: number, broken = "", at = length) => ({
    numRows,
    getChild: (name: string) => ({
      length,
      get(row: number) {
        if (name === broken) fails(at)(row);
        return name === "row_ordinal" ? row : name;
      },
    }),
  });
  const arrow = qualityFromIds(
    { id: [0, 0, 0] },
    { idCol: "id", entityKind: "NODE", issue: "INVALID_ID" },
    { ordinals: true },
  );
  it.each([
    ["tells of more rows than it has", rowsAre(3, 5), 3, 2],
    ["tells of less rows than it has", rowsAre(3, 2), 2, 1],
    ...[Number.NaN, -1, 0.5, Infinity].map(
      (numRows) => [`tells of ${numRows} rows`, rowsAre(3, numRows), 3, 0] as const,
    ),
    [
      "tells of more rows than its buffers have",
      { numRows: 5, getChild: (name: string) => arrow.getChild(name) },
      3,
      2,
    ],
    [
      "has buffers shorter than its columns say",
      {
        numRows: 5,
        getChild: (name: string) => ({ data: arrow.getChild(name)!.data, length: 5, get: () => null }),
      },
      3,
      2,
    ],
    ...["entity_kind", "entity_id", "issue", "source_table"].map(
      (name) => [`cannot be read in ${name} half-way`, rowsAre(3, 3, name, 1), 1, 2] as const,
    ),
    ["cannot be read at all", rowsAre(3, 3, "issue", 0), 0, 3],
    ["cannot be read in its second block", rowsAre(65_540, 65_540, "entity_id", 65_538), 65_538, 2],
    ["has ordinals that cannot be read", rowsAre(3, 3, "row_ordinal", 1), 3, 0],
  ] as const)("that %s has each row stored, or counted as dropped", async (_, quality, stored, dropped) => {
    const { run, table } = await recorded((live) => {
      live.recordQuality(quality as never);
      live.recordQualityRow("NODE", "1", "AFTER", null);
    });
    const rows = await table("quality");
    expect(rows).toHaveLength(stored + 1);
    expect(rows.map(({ seq }) => Number(seq))).toEqual(rows.map((__, i) => i));
    const counts = readRun(folder, run.runId).manifest.records["quality"]!;
    expect(counts.exported + counts.snapshot_only).toBe(stored + 1);
    expect(counts.dropped).toBe(dropped);
    const sink = new DiagnosticsCollector();
    sink.recordQuality(quality as never);
    expect(sink.dropped + sink.qualitySnapshot().length).toBe(stored + dropped);
  });

  it("that comes late, or is none, is counted as dropped", async () => {
    const quality = qualityFromIds({ id: [0] }, { idCol: "id", entityKind: "NODE", issue: "INVALID_ID" });
    const wrong = await recorded((live) => live.recordQuality(nodes as never));
    expect(readRun(folder, wrong.run.runId).manifest.records["quality"]).toMatchObject({
      exported: 0,
      snapshot_only: 0,
      dropped: 3,
    });
    const refused = await recorded((live) => recordQualityTable(live, nodes));
    expect(readRun(folder, refused.run.runId).manifest.records["quality"]).toMatchObject({ dropped: 3 });
    const run = startRun({ label: "late" });
    finishRun(run);
    expect(() => run.recordQuality(quality as never)).not.toThrow();
    const fields = [new Field("x", new Int32(), true)];
    expect(() => run.recordQuality(new Table(new Schema(fields)) as never)).not.toThrow();
  });
});
