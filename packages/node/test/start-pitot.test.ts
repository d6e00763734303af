import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diag, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { listRuns, listScopes, readRun, type SnapshotRun } from "@pitot/snapshot";
import { session, startRun, trackedRun } from "@pitot/core";
import { createTelemetryHarness, startOtlpSink } from "@pitot/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startPitot } from "../src/index.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pitot-node-"));
});
afterEach(() => {
  for (const name of ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL"]) delete process.env[name];
  rmSync(folder, { recursive: true, force: true });
});

function onlyRun(): SnapshotRun {
  const ids = listRuns(folder);
  expect(ids).toHaveLength(1);
  return readRun(folder, ids[0] ?? "");
}

describe("startPitot", () => {
  it("keeps the resource whole where nothing exports, and tells no error of detectors at work", async () => {
    const told: unknown[] = [];
    diag.setLogger(
      { error: (...of) => told.push(of), warn: () => {}, info: () => {}, debug: () => {}, verbose: () => {} },
      { suppressOverrideMessage: true },
    );
    try {
      const pitot = await startPitot({ snapshot: folder, otlp: false, serviceName: "whole", flush: "every" });
      const tracer = trace.getTracer("user");
      const first = tracer.startSpan("at once");
      first.end();
      await (first as unknown as ReadableSpan).resource.waitForAsyncAttributes?.();
      tracer.startSpan("later").end();
      await pitot.shutdown();
    } finally {
      diag.disable();
    }
    expect(told).toEqual([]);
    const [scope] = listScopes(folder);
    const spans = await readRun(folder, scope?.id ?? "").table("spans");
    const resource = (i: number) =>
      JSON.parse(spans?.getChild("resource")?.get(i) as string) as Record<string, unknown>;
    expect(resource(0)["service.name"]).toBe("whole");
    expect(Object.keys(resource(1))).toEqual(
      expect.arrayContaining(["host.name", "process.pid", "service.name"]),
    );
    if (existsSync("/etc/machine-id") && readFileSync("/etc/machine-id", "utf8").trim() !== "")
      expect(resource(1)["host.id"]).toBeTypeOf("string");
  });

  it("has all that was recorded on disk after a flush", async () => {
    await using pitot = await startPitot({ snapshot: folder, otlp: false, flush: 3_600_000 });
    const run = startRun({ label: "flushed" });
    run.recordQualityRow("N", "1", "I");
    run.recordEvent("e", { n: 1 });
    run.recordMetric("m", 1);
    session.recordEvent("outside", {});
    await pitot.flush();
    const rows = async (id: string, table: string) => (await readRun(folder, id).table(table))?.numRows;
    for (const table of ["quality", "events", "metrics"]) expect(await rows(run.runId, table), table).toBe(1);
    const { id } = listScopes(folder).find(({ type }) => type === "session")!;
    expect(await rows(id, "events")).toBe(1);
  });

  it.each([Infinity, 1e12])(
    "waits for a back end as long as it is told, which may be for ever (%d)",
    async (shutdownMs) => {
      await using sink = await startOtlpSink({ answer: () => "hang" });
      process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = sink.url;
      process.env["OTEL_EXPORTER_OTLP_TIMEOUT"] = "300";
      const pitot = await startPitot({ snapshot: folder, shutdownMs });
      trackedRun({ label: "slow" }, () => {});
      const shutdown = pitot.shutdown();
      await expect.poll(() => sink.requests.length).toBeGreaterThan(0);
      sink.answer(() => ({ status: 200 }));
      await shutdown;
      delete process.env["OTEL_EXPORTER_OTLP_TIMEOUT"];
      expect(sink.spans.map(({ name }) => name).toSorted()).toEqual(["run slow", "run started slow"]);
    },
  );

  it("sends over OTLP/JSON what it keeps in the snapshot", async () => {
    await using sink = await startOtlpSink();
    process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = sink.url;
    process.env["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/json";
    const pitot = await startPitot({ snapshot: folder, serviceName: "test" });
    const id = trackedRun({ label: "sent" }, (run) => {
      trace.getTracer("user").startActiveSpan("of the user", (span) => span.end());
      run.recordQualityRow("N", "1", "I");
      return run.runId;
    });
    await pitot.shutdown();
    await pitot.shutdown();
    const rows = (await readRun(folder, id).table("spans"))!;
    const ids = Array.from({ length: rows.numRows }, (_, i) => rows.getChild("span_id")!.get(i) as string);
    expect(sink.spans.map(({ spanId }) => spanId).sort()).toEqual(ids.sort());
    expect(sink.spans.map(({ name }) => name)).toContain("of the user");
    expect(sink.requests.some(({ signal }) => signal === "metrics")).toBe(true);
  });

  it("sends protobuf by default", async () => {
    await using sink = await startOtlpSink();
    process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = sink.url;
    const pitot = await startPitot({ snapshot: false });
    trackedRun({ label: "proto" }, () => {});
    await pitot.shutdown();
    expect(new Set(sink.requests.map(({ contentType }) => contentType))).toEqual(
      new Set(["application/x-protobuf"]),
    );
  });

  it("delivers a burst of 20,000 spans whole", async () => {
    await using sink = await startOtlpSink();
    process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = sink.url;
    process.env["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/json";
    const pitot = await startPitot({ snapshot: false, shutdownMs: 60_000 });
    const tracer = trace.getTracer("burst");
    for (let i = 0; i < 20_000; i++) tracer.startSpan(`s${i % 10}`).end();
    await pitot.shutdown();
    expect(new Set(sink.spans.map(({ spanId }) => spanId)).size).toBe(20_000);
    expect(Math.max(...sink.requests.map(({ bytes }) => bytes))).toBeLessThan(4 << 20);
  });

  it.each([
    ["is absent", undefined],
    ["answers 400", { status: 400 }],
    ["answers 503", { status: 503, headers: { "retry-after": "1" } }],
    ["hangs", "hang"],
    ["cuts the connection", "reset"],
  ] as const)("keeps the run and its result when the Collector %s", async (_, answer) => {
    const sink = await startOtlpSink(answer === undefined ? {} : { answer: () => answer });
    process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = sink.url;
    if (answer === undefined) await sink.close();
    const pitot = await startPitot({ snapshot: folder, shutdownMs: 300 });
    expect(trackedRun({ label: "kept" }, () => 42)).toBe(42);
    const started = performance.now();
    await pitot.shutdown();
    // An exporter's own bound would be ten seconds.
    expect(performance.now() - started).toBeLessThan(8000);
    const run = onlyRun();
    expect(run.manifest.state).toBe("compacted");
    expect((await run.table("spans"))!.numRows).toBe(2);
    if (answer !== undefined) await sink.close();
  });

  it("attaches to a provider that is there", async () => {
    await using telemetry = createTelemetryHarness();
    const pitot = await startPitot({ snapshot: folder });
    expect(pitot.mode).toBe("attached");
    trackedRun({ label: "attached" }, (run) => run.recordEvent("e", {}));
    await pitot.shutdown();
    expect(telemetry.spans().map(({ name }) => name)).toContain("run attached");
    expect((await onlyRun().table("events"))!.numRows).toBe(1);
  });

  it("is one set-up per process, and starts anew after its shutdown", async () => {
    const [first, second] = await Promise.all([
      startPitot({ snapshot: folder, otlp: false }),
      startPitot({ otlp: false }),
    ]);
    expect(second).toBe(first);
    await second.shutdown();
    const told: unknown[] = [];
    const tell = (...of: unknown[]): void => void told.push(of);
    diag.setLogger(
      { error: tell, warn: tell, info: () => {}, debug: () => {}, verbose: () => {} },
      { suppressOverrideMessage: true },
    );
    const third = await startPitot({ snapshot: folder, otlp: false });
    diag.disable();
    expect([third === first, third.mode, told]).toEqual([false, "started", []]);
    await trackedRun({ label: "anew" }, async () => {
      await Promise.resolve();
      expect(trace.getActiveSpan()).toBeDefined();
    });
    await third.shutdown();
  });

  it("closes runs under way as aborted", async () => {
    const pitot = await startPitot({ snapshot: folder, otlp: false });
    const run = startRun({ label: "open" });
    await pitot.shutdown();
    expect(readRun(folder, run.runId).manifest.run?.status).toBe("aborted");
  });

  it.each([
    [{ exportRows: -1 }, "exportRows"],
    [{ records: "both!" as "both" }, "both!"],
    [{ shutdownMs: Number.NaN }, "shutdownMs"],
  ])("refuses wrong set-up %o by name", async (options, name) => {
    await expect(startPitot({ snapshot: false, ...options })).rejects.toThrow(name);
  });

  it("refuses a protocol that it does not speak", async () => {
    process.env["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
    await expect(startPitot({ snapshot: false, otlp: true })).rejects.toThrow(
      'OTEL_EXPORTER_OTLP_PROTOCOL has a value that it cannot have: "grpc"',
    );
  });
});
