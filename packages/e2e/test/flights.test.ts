import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { listRuns, readRun, type SnapshotRun } from "@pitot/snapshot";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { METRICS } from "@pitot/semconv";
import { jaegerTrace, spanEvents, type JaegerSpan } from "../src/jaeger-trace.ts";
import { prometheusLabel, prometheusName } from "../src/prometheus-name.ts";
import { buildBackends } from "../src/backends/build-backends.ts";
import { startBackends, type Backends } from "../src/backends/start-backends.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const run = promisify(execFile);
let backends: Backends;
const folders: string[] = [];
/** The snapshot folder of the demo's run. */
let demo = "";

beforeAll(async () => {
  backends = await startBackends({ ports: "free" });
});
afterAll(async () => {
  await backends?.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

async function pipeline(
  script: string,
  env: Record<string, string> = {},
): Promise<{ run: SnapshotRun; spans: JaegerSpan[] }> {
  const directory = mkdtempSync(join(tmpdir(), "pitot-e2e-"));
  folders.push(directory);
  await run(process.execPath, [script], {
    cwd: root,
    env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: backends.otlp, PITOT_DIR: directory, ...env },
    maxBuffer: 1 << 26,
  });
  const [id] = listRuns(directory);
  const snapshot = readRun(directory, id ?? "");
  const rows = (await snapshot.table("spans"))!;
  const traceId = rows.getChild("trace_id")!.get(0) as string;
  return { run: snapshot, spans: await jaegerTrace(backends.jaeger, traceId, rows.numRows) };
}

async function prometheus(
  query: string,
): Promise<{ metric: Record<string, string>; value: [number, string] }[]> {
  for (let tries = 0; tries < 100; tries++) {
    const response = await fetch(`${backends.prometheus}/api/v1/query?query=${encodeURIComponent(query)}`);
    const { data } = (await response.json()) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    if (data.result.length > 0) return data.result;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return [];
}

describe("the flights pipeline in the real back ends", () => {
  it("has every span and event of the snapshot in Jaeger, once", async () => {
    const { run: snapshot, spans } = await pipeline("examples/flights/demo.js");
    demo = folders.at(-1) ?? "";
    const rows = (await snapshot.table("spans"))!
      .toArray()
      .map((row) => row!.toJSON() as Record<string, unknown>);
    expect(new Set(spans.map((span) => span.spanID))).toEqual(new Set(rows.map((row) => row["span_id"])));
    expect(spans).toHaveLength(rows.length);
    for (const row of rows) {
      const span = spans.find(({ spanID }) => spanID === row["span_id"])!;
      expect(span.operationName).toBe(row["name"]);
      const expected = JSON.parse(row["events"] as string) as {
        name: string;
        attributes: Record<string, unknown>;
      }[];
      const seen = spanEvents(span);
      expect(seen.map((event) => event["event"])).toEqual(expected.map(({ name }) => name));
      expected.forEach(({ attributes }, i) => {
        // Jaeger shows lists as JSON text.
        for (const [key, value] of Object.entries(attributes))
          expect(seen[i]?.[key]).toEqual(Array.isArray(value) ? JSON.stringify(value) : value);
      });
      expect(Number(row["dropped_events_count"])).toBe(0);
    }
    const quality = spans.flatMap(spanEvents).filter((event) => event["event"] === "pitot.quality");
    expect(quality).toHaveLength((await snapshot.table("quality"))!.numRows);
    expect(quality.length).toBeGreaterThan(50);
    // From an event to its row, and from each row back to its event.
    const stored = (await snapshot.table("quality"))!
      .toArray()
      .map((row) => row!.toJSON() as Record<string, unknown>);
    for (const row of stored) {
      const found = quality.filter((event) => event["pitot.record.seq"] === Number(row["seq"]));
      expect(found).toHaveLength(1);
      expect(found[0]).toMatchObject({
        "pitot.quality.entity_id": row["entity_id"],
        "pitot.quality.issue": row["issue"],
        "pitot.quality.row_ordinal": Number(row["row_ordinal"]),
      });
    }
    for (const event of quality)
      expect(stored.filter(({ seq }) => Number(seq) === event["pitot.record.seq"])).toHaveLength(1);
    // And from there to the row of the user's own file: the airport 0E0, whose code the CSV parser takes for a zero.
    const airports = readFileSync(join(root, "node_modules/vega-datasets/data/airports.csv"), "utf8");
    const place = airports
      .split("\n")
      .slice(1)
      .findIndex((line) => /^0E\d,/.test(line));
    const invalid = quality.find((event) => event["pitot.quality.issue"] === "INVALID_ID");
    expect(place).toBeGreaterThan(0);
    expect(invalid?.["pitot.quality.row_ordinal"]).toBe(place);
    for (const [name, table] of [
      ["pitot.dataset", "dataset_stats"],
      ["pitot.column", "column_stats"],
    ] as const)
      expect(spans.flatMap(spanEvents).filter((event) => event["event"] === name)).toHaveLength(
        (await snapshot.table(table))!.numRows,
      );
  });

  it("has its metrics in Prometheus, by name, unit and label", async () => {
    const [finished] = await prometheus('pitot_run_duration_seconds_count{pitot_run_label="flight-delays"}');
    expect(finished?.metric).toMatchObject({ pitot_run_status: "completed", service_name: "flights" });
    const issues = await prometheus("pitot_quality_issues_total");
    expect(
      Object.fromEntries(issues.map(({ metric, value }) => [metric["pitot_quality_issue"], value[1]])),
    ).toEqual({
      INVALID_ID: "1",
      STATE_UNKNOWN: "37",
      MORE_THAN_AN_HOUR_EARLY: "34",
    });
    const [size] = await prometheus("flights_result_size_bytes");
    expect(Number(size?.value[1])).toBeGreaterThan(1000);
    const rows = await prometheus("flights_read_rows");
    expect(rows.find(({ metric }) => metric["dataset"] === "flights")?.value[1]).toBe("971842");
    const rowGroups = await prometheus('pitot_scan_row_groups_total{pitot_dataset_name="flights"}');
    expect(
      Object.fromEntries(rowGroups.map(({ metric, value }) => [metric["pitot_outcome"], value[1]])),
    ).toEqual({ read: "4", skipped: "7" });
    const datasets = await prometheus("pitot_dataset_rows");
    expect(
      Object.fromEntries(datasets.map(({ metric, value }) => [metric["pitot_dataset_name"], value[1]])),
    ).toEqual({ airports: "3375", flights: "971842", airport_delays: "224" });
    const nulls = await prometheus('pitot_column_nulls{pitot_dataset_name="flights"}');
    expect(nulls.map(({ metric }) => metric["pitot_column_name"]).toSorted()).toEqual([
      "date",
      "delay",
      "origin",
    ]);
    const stages = await prometheus('pitot_stage_duration_seconds_count{pitot_stage_name="aggregate"}');
    expect(stages).toHaveLength(1);
    const delivered = await prometheus('pitot_export_spans_total{pitot_outcome="delivered"}');
    expect(Number(delivered[0]?.value[1])).toBeGreaterThan(5);
  });

  it("has the value, unit and labels of every metric that was recorded", async () => {
    const [id] = listRuns(demo);
    const snapshot = readRun(demo, id ?? "");
    const rows = (await snapshot.table("metrics"))!
      .toArray()
      .map((row) => row!.toJSON() as Record<string, unknown>);
    expect(rows.length).toBeGreaterThan(2);
    // A later row of the same attribute set has the later value.
    const last = new Map(rows.map((row) => [`${String(row["name"])} ${String(row["attributes"])}`, row]));
    for (const row of last.values()) {
      const { name, unit, kind } = row as { name: string; unit: string; kind: string };
      const labels = Object.entries(JSON.parse(row["attributes"] as string) as Record<string, unknown>).map(
        ([key, value]) => [prometheusLabel(key), String(value)] as const,
      );
      const selector = labels.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(",");
      const [found] = await prometheus(
        `${prometheusName(name, unit, kind)}${kind === "histogram" ? "_sum" : ""}{${selector}}`,
      );
      expect(Number(found?.value[1]), `${name}{${selector}}`).toBeCloseTo(Number(row["value"]), 9);
    }
  });

  it("has Pitot's own instruments by the names, units and labels of the registry, and their totals agree with the manifest", async () => {
    const registered = new Map(
      Object.values(METRICS).map((metric) => [
        prometheusName(metric.name, metric.unit, metric.instrument),
        metric,
      ]),
    );
    // What the Collector itself makes of spans and events is not the SDK's.
    const made = "pitot_span_.+|pitot_.+_events_total";
    const series = await prometheus(`{__name__=~"pitot_.+",__name__!~"${made}",service_name="flights"}`);
    expect(series.length).toBeGreaterThan(10);
    for (const { metric } of series) {
      const name = (metric["__name__"] ?? "").replace(/_(bucket|count|sum)$/, "");
      const definition = registered.get(name);
      expect(definition, name).toBeDefined();
      const allowed = new Set(definition?.attributes.map(prometheusLabel));
      const own = Object.keys(metric).filter((label) => /^(pitot|db|error)_/.test(label));
      for (const label of own) expect(allowed, `${name}{${label}}`).toContain(label);
      expect(Object.keys(metric)).not.toContain("pitot_run_id");
    }
    const [id] = listRuns(demo);
    for (const [kind, counts] of Object.entries(readRun(demo, id ?? "").manifest.records))
      for (const [outcome, count] of Object.entries(counts)) {
        if (count === 0) continue;
        const [found] = await prometheus(
          `pitot_records_total{pitot_record_kind="${kind}",pitot_outcome="${outcome}",service_name="flights"}`,
        );
        expect(Number(found?.value[1]), `${kind} ${outcome}`).toBe(count);
      }
  });

  it.each([
    ["by default limits", {}],
    ["under OTEL_SPAN_EVENT_COUNT_LIMIT=10", { OTEL_SPAN_EVENT_COUNT_LIMIT: "10" }],
  ])("delivers 20,000 quality rows as 20,000 events %s", async (_, env) => {
    const { run: snapshot, spans } = await pipeline("packages/e2e/test/fixtures/many-rows.js", env);
    const ordinals = spans
      .flatMap(spanEvents)
      .filter((event) => event["event"] === "pitot.quality")
      .map((event) => Number(event["pitot.record.seq"]));
    expect(new Set(ordinals).size).toBe(20_000);
    expect(ordinals).toHaveLength(20_000);
    expect((await snapshot.table("quality"))!.numRows).toBe(20_000);
    const dropped = (await snapshot.table("spans"))!
      .getChild("dropped_events_count")!
      .toArray() as BigInt64Array;
    expect(dropped.every((count) => count === 0n)).toBe(true);
  });
});

describe("collector-config", () => {
  it("has alert rules that fire when they should", () => {
    const { promtool } = buildBackends();
    const output = execFileSync(promtool, ["test", "rules", join(root, "collector-config/rules.test.yaml")], {
      encoding: "utf8",
    });
    expect(output).toContain("SUCCESS");
  });

  it.each(["collector", "agent", "gateway"])("%s.yaml is valid", (name) => {
    const { collector } = buildBackends();
    execFileSync(collector, ["validate", "--config", join(root, `collector-config/${name}.yaml`)]);
  });
});
