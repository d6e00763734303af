import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { trace } from "@opentelemetry/api";
import type { Logger } from "@opentelemetry/api-logs";
import { ExportResultCode } from "@opentelemetry/core";
import { TracerProvider, type ReadableSpan, type SpanExporter } from "@opentelemetry/sdk-trace";
import { configureRecording, finishRun, startRun, trackedRun } from "@pitot/core";
import { deliveryStatus, listScopes, prune, readManifest, readRun, SnapshotStore } from "@pitot/snapshot";
import { startOtlpSink, type OtlpAnswer, type OtlpRequest } from "@pitot/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { logs } from "../src/logs-api.ts";
import { DeliverySpanProcessor, replay, SnapshotSpanProcessor, startPitot } from "../src/index.ts";
import { deliveryResult } from "../src/otlp-delegate.ts";
import { otlpExporters } from "../src/otlp-exporters.ts";
import { retryAfter } from "../src/otlp-sender.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pitot-delivery-"));
});
afterEach(() => {
  for (const name of [
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_PROTOCOL",
    "OTEL_EXPORTER_OTLP_COMPRESSION",
    "OTEL_TRACES_EXPORTER",
  ])
    delete process.env[name];
  rmSync(directory, { recursive: true, force: true });
});

/** Records 1,000 spans in a run and some outside, while the Collector answers as told. */
async function pipeline(url: string, shutdownMs: number = 60_000): Promise<void> {
  process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = url;
  const pitot = await startPitot({ snapshot: directory, serviceName: "delivery", shutdownMs });
  const tracer = trace.getTracer("test");
  trackedRun({ label: "delivery" }, () => {
    for (let i = 0; i < 1000; i++) tracer.startSpan(`s${i}`).end();
  });
  tracer.startSpan("outside").end();
  await pitot.shutdown();
}

async function status(): Promise<{ spans: number; delivered: number; rejected: number }> {
  const sum = { spans: 0, delivered: 0, rejected: 0 };
  for (const { folder } of listScopes(directory)) {
    const { spans, delivered, rejected } = await deliveryStatus(folder, readManifest(folder));
    sum.spans += spans;
    sum.delivered += delivered;
    sum.rejected += rejected;
  }
  return sum;
}

const TOTAL = 1003;

const ANSWERS: readonly (readonly [name: string, answer: OtlpAnswer | undefined])[] = [
  ["is absent", undefined],
  ["answers 400", { status: 400 }],
  ["answers 429 and wants a minute", { status: 429, headers: { "retry-after": "60" } }],
  ["answers 503", { status: 503 }],
  ["hangs", "hang"],
  ["cuts the connection", "reset"],
];

describe("a Collector", () => {
  it.each(ANSWERS)("that %s costs nothing: all is replayed, once", async (_, answer) => {
    const sink = await startOtlpSink(answer === undefined ? {} : { answer: () => answer });
    if (answer === undefined) await sink.close();
    await pipeline(sink.url, 400);
    expect(await status()).toEqual({ spans: TOTAL, delivered: 0, rejected: 0 });
    if (answer !== undefined) await sink.close();

    await using later = await startOtlpSink();
    const report = await replay({ directory, endpoint: later.url });
    expect(report).toMatchObject({ spans: TOTAL, delivered: TOTAL, sent: TOTAL, rejected: 0 });
    expect(later.spans).toHaveLength(TOTAL);
    expect(new Set(later.spans.map(({ spanId }) => spanId)).size).toBe(TOTAL);
    const again = await replay({ directory, endpoint: later.url });
    expect(again).toMatchObject({ scopes: [], sent: 0 });
    expect(later.spans).toHaveLength(TOTAL);
  });

  it.each(["http/protobuf", "http/json"])(
    "that refuses a part (%s) is believed: the numbers are exact",
    async (protocol) => {
      process.env["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol;
      let first = true;
      await using sink = await startOtlpSink({
        answer: ({ signal }) => {
          if (signal !== "traces" || !first) return { status: 200 };
          first = false;
          return { status: 200, rejected: 7, message: "too odd" };
        },
      });
      await pipeline(sink.url);
      expect(sink.spans).toHaveLength(TOTAL - 7);
      expect(await status()).toEqual({ spans: TOTAL, delivered: TOTAL - 7, rejected: 7 });
      // The specification forbids to send them again.
      expect(await replay({ directory, endpoint: sink.url })).toMatchObject({ sent: 0 });
    },
  );

  it.each([-5, 0.4, 1e30, "many"])("that has refused %s spans makes no sum wrong", async (rejectedSpans) => {
    const outcome = { kind: "accepted" as const, answer: Buffer.from("{}") };
    const { rejected } = deliveryResult(outcome, {
      deserializeResponse: () => ({ partialSuccess: { rejectedSpans } }),
    });
    expect(rejected).toBe({ "-5": 0, "0.4": 1, "1e+30": 1e30, many: 0 }[String(rejectedSpans)]);
  });

  it("that cuts its connection half-way through a success has taken the spans", async () => {
    await using sink = await startOtlpSink({ answer: () => "cut" });
    await pipeline(sink.url);
    expect(sink.spans).toHaveLength(TOTAL);
    expect(await status()).toMatchObject({ delivered: TOTAL });
  });

  it("that asks for a pause gets it, and the spans after it", async () => {
    const times: number[] = [];
    await using sink = await startOtlpSink({
      answer: ({ signal }) => {
        if (signal !== "traces") return { status: 200 };
        times.push(performance.now());
        return times.length <= 3 ? { status: 429, headers: { "retry-after": "1" } } : { status: 200 };
      },
    });
    await pipeline(sink.url);
    expect(sink.spans).toHaveLength(TOTAL);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it("that comes back is sent what it missed, by the process itself", async () => {
    let away = true;
    await using sink = await startOtlpSink({ answer: () => (away ? { status: 400 } : { status: 200 }) });
    process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = sink.url;
    const pitot = await startPitot({ snapshot: directory, serviceName: "delivery" });
    trackedRun({ label: "missed" }, () => {});
    await pitot.flush();
    expect(sink.spans).toHaveLength(0);
    away = false;
    await pitot.shutdown();
    expect(sink.spans.map(({ name }) => name).sort()).toEqual(["run missed", "run started missed"]);
    expect(await status()).toEqual({ spans: 2, delivered: 2, rejected: 0 });
  });

  it("that is away for a while is sent all by the process itself, in the middle of a run", async () => {
    let away = true;
    await using sink = await startOtlpSink({
      answer: () => (away ? { status: 503, headers: { "retry-after": "600" } } : { status: 200 }),
    });
    const store = new SnapshotStore({ directory, delivery: "otlp" });
    const { traces } = otlpExporters({ endpoint: sink.url });
    const delivery = new DeliverySpanProcessor(
      {
        // A back end that says for how long it is away is believed; this one is back sooner.
        export: (spans, done) => {
          traces.export(spans, ({ code, error }) => done(error === undefined ? { code } : { code, error }));
        },
        shutdown: async () => await traces.shutdown(),
      },
      { store, batchSpans: 10 },
    );
    const provider = new TracerProvider({ spanProcessors: [new SnapshotSpanProcessor(store), delivery] });
    for (let i = 0; i < 100; i++) provider.getTracer("test").startSpan(`s${i}`).end();
    await expect.poll(() => sink.requests.length).toBeGreaterThanOrEqual(4);
    away = false;
    // Spans are there before the answers are back.
    await expect
      .poll(() => delivery.counts)
      .toEqual({ delivered: 100, rejected: 0, spooled: 0, replayed: 0, dropped: 0 });
    expect(sink.spans).toHaveLength(100);
    expect(new Set(sink.spans.map(({ name }) => name)).size).toBe(100);
    await store.close();
    expect(await status()).toEqual({ spans: 100, delivered: 100, rejected: 0 });
  });

  it("is sent what an earlier process of the same service could not deliver, in the background", async () => {
    await pipeline("http://127.0.0.1:9", 300);
    await using sink = await startOtlpSink();
    process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = sink.url;
    const other = await startPitot({ snapshot: directory, serviceName: "another" });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await other.shutdown();
    expect(sink.spans).toHaveLength(0);
    const pitot = await startPitot({ snapshot: directory, serviceName: "delivery" });
    await expect.poll(() => sink.spans.length).toBe(TOTAL);
    await pitot.shutdown();
  });

  it("takes gzip", async () => {
    process.env["OTEL_EXPORTER_OTLP_COMPRESSION"] = "gzip";
    await using sink = await startOtlpSink();
    await pipeline(sink.url);
    expect(sink.spans).toHaveLength(TOTAL);
  });
});

describe("metrics and logs", () => {
  async function recorded(url: string, shutdownMs: number = 300): Promise<void> {
    process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = url;
    const pitot = await startPitot({ snapshot: directory, serviceName: "delivery", shutdownMs });
    for (let i = 0; i < 1200; i++) (logs.getLogger("test") as Logger).emit({ body: `line ${i}` });
    trackedRun({ label: "late" }, (run) => run.recordMetric("late.value", 42));
    await pitot.shutdown();
  }

  function bodies(requests: readonly OtlpRequest[], signal: string): string {
    return JSON.stringify(requests.filter((request) => request.signal === signal).map(({ body }) => body));
  }

  it.each(["http/protobuf", "http/json"])(
    "that no Collector took are sent later, as they were (%s)",
    async (protocol) => {
      process.env["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol;
      await recorded("http://127.0.0.1:9");
      await using sink = await startOtlpSink();
      const { requests, logs: records } = await replay({ directory, endpoint: sink.url });
      expect(requests.delivered).toBe(requests.waiting);
      expect(records).toEqual({ records: 1200, delivered: 1200, rejected: 0, sent: 1200 });
      expect(bodies(sink.requests, "metrics")).toContain("late.value");
      const lines = [...bodies(sink.requests, "logs").matchAll(/"line (\d+)"/g)].map(([, line]) =>
        Number(line),
      );
      expect(lines.sort((a, b) => a - b)).toEqual(Array.from({ length: 1200 }, (_, i) => i));
      const again = await replay({ directory, endpoint: sink.url });
      expect(again).toMatchObject({ scopes: [], requests: { waiting: 0 }, logs: { sent: 0 } });
    },
  );

  it("that a back end has refused in part are counted exactly, and not sent again", async () => {
    let first = true;
    await using sink = await startOtlpSink({
      answer: ({ signal }) => {
        if (signal !== "logs" || !first) return { status: 200 };
        first = false;
        return { status: 200, rejected: 7, message: "too odd" };
      },
    });
    await recorded(sink.url, 60_000);
    const [{ folder } = { folder: "" }] = listScopes(directory).filter(({ type }) => type === "session");
    expect((await deliveryStatus(folder, readManifest(folder))).logs).toEqual({
      records: 1200,
      delivered: 1193,
      rejected: 7,
    });
    expect(await replay({ directory, endpoint: sink.url })).toMatchObject({ logs: { sent: 0 } });
  });

  it("that a back end takes none of are tried twice, counted, and kept", async () => {
    await using sink = await startOtlpSink({
      answer: ({ signal }) => ({ status: signal === "logs" ? 404 : 200 }),
    });
    await recorded(sink.url, 60_000);
    const sessions = listScopes(directory).filter(({ type }) => type === "session");
    const [{ id, folder } = { id: "", folder: "" }] = sessions;
    expect((await deliveryStatus(folder, readManifest(folder))).logs).toEqual({
      records: 1200,
      delivered: 0,
      rejected: 1200,
    });
    // By its processor, and by the replay that ended it: each line twice.
    expect([...bodies(sink.requests, "logs").matchAll(/"line \d+"/g)]).toHaveLength(2400);
    expect(await replay({ directory, endpoint: sink.url })).toMatchObject({ scopes: [], logs: { sent: 0 } });
    expect((await readRun(directory, id).table("logs"))!.numRows).toBe(1200);
  });

  it("that were not let in wait, and are sent when they are", async () => {
    await recorded("http://127.0.0.1:9");
    await using sink = await startOtlpSink({
      answer: ({ signal }) => ({ status: signal === "logs" ? 401 : 200 }),
    });
    const first = await replay({ directory, endpoint: sink.url });
    expect(first.logs).toEqual({ records: 1200, delivered: 0, rejected: 0, sent: 0 });
    sink.answer(() => ({ status: 200 }));
    const second = await replay({ directory, endpoint: sink.url });
    expect(second.logs).toEqual({ records: 1200, delivered: 1200, rejected: 0, sent: 1200 });
  });

  it("are sent by the next process also where no traces are, and none has a name", async () => {
    process.env["OTEL_TRACES_EXPORTER"] = "none";
    const nameless = async (url: string): Promise<void> => {
      process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = url;
      const pitot = await startPitot({ snapshot: directory, shutdownMs: 300 });
      (logs.getLogger("test") as Logger).emit({ body: "line 0" });
      trackedRun({ label: "late" }, (run) => run.recordMetric("late.value", 42));
      await pitot.shutdown();
    };
    await nameless("http://127.0.0.1:9");
    // Undelivered log records are enough to be kept.
    const removable = await prune(directory, { maxRuns: 0, undelivered: false, dryRun: true });
    expect(removable.map(({ type }) => type)).toEqual(["run"]);
    const [session] = listScopes(directory).filter(({ type }) => type === "session");
    await using sink = await startOtlpSink();
    process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = sink.url;
    const pitot = await startPitot({ snapshot: directory });
    await expect
      .poll(() => [bodies(sink.requests, "logs"), bodies(sink.requests, "metrics")].join())
      .toMatch(/line 0[^]*late\.value/);
    await pitot.shutdown();
    const { logs: records, spans } = await deliveryStatus(session!.folder, readManifest(session!.folder));
    expect(records).toEqual({ records: 1, delivered: 1, rejected: 0 });
    expect([spans, sink.spans]).toEqual([0, []]);
  });

  it("are sent once from three processes at once", async () => {
    await recorded("http://127.0.0.1:9");
    await using sink = await startOtlpSink();
    const reports = await Promise.all(
      [1, 2, 3].map(async () => await replay({ directory, endpoint: sink.url })),
    );
    expect(reports.reduce((sum, { logs: records }) => sum + records.sent, 0)).toBe(1200);
    expect(reports.reduce((sum, { requests }) => sum + requests.delivered, 0)).toBeGreaterThan(0);
    expect([...bodies(sink.requests, "logs").matchAll(/"line \d+"/g)]).toHaveLength(1200);
    expect([...bodies(sink.requests, "metrics").matchAll(/"late\.value"/g)]).toHaveLength(1);
  });

  it("that a back end refuses as too old are counted, told and kept", async () => {
    await recorded("http://127.0.0.1:9");
    await using sink = await startOtlpSink({
      answer: ({ signal }) =>
        signal === "metrics" ? { status: 200, rejected: 1, message: "out of order" } : { status: 200 },
    });
    const { requests } = await replay({ directory, endpoint: sink.url });
    expect(requests.refused).toBeGreaterThan(0);
    expect(requests.delivered).toBe(requests.waiting - requests.refused);
    expect(readdirSync(join(directory, "outbox")).filter((name) => name.endsWith(".refused"))).toHaveLength(
      requests.refused,
    );
    expect((await replay({ directory, endpoint: sink.url })).requests.waiting).toBe(0);
  });
});

describe("DeliverySpanProcessor", () => {
  function exporter(taken: ReadableSpan[][], delayMs: number): SpanExporter {
    return {
      export: (spans, done) => {
        taken.push(spans);
        setTimeout(() => done({ code: ExportResultCode.SUCCESS }), delayMs);
      },
      shutdown: async () => {},
    };
  }

  it("leaves to the snapshot what its queue has no room for, and loses nothing", async () => {
    const store = new SnapshotStore({ directory, delivery: "otlp" });
    const taken: ReadableSpan[][] = [];
    const delivery = new DeliverySpanProcessor(exporter(taken, 5), {
      store,
      queueSpans: 600,
      concurrency: 1,
    });
    const provider = new TracerProvider({
      spanProcessors: [new SnapshotSpanProcessor(store), delivery],
    });
    const tracer = provider.getTracer("test");
    for (let i = 0; i < 5000; i++) tracer.startSpan(`s${i}`).end();
    await provider.forceFlush();
    const { delivered, spooled, dropped, rejected } = delivery.counts;
    expect([delivered + spooled, dropped, rejected]).toEqual([5000, 0, 0]);
    expect(spooled).toBeGreaterThan(3000);
    await delivery.leaveSpool();
    await store.close();
    const left = spooled - delivery.counts.replayed;
    await using sink = await startOtlpSink();
    expect(await replay({ directory, endpoint: sink.url })).toMatchObject(left > 0 ? { sent: left } : {});
    expect(await status()).toEqual({ spans: 5000, delivered: 5000, rejected: 0 });
    const names = [...taken.flat(), ...sink.spans].map(({ name }) => name);
    expect([names.length, new Set(names).size]).toEqual([5000, 5000]);
  });

  it("leaves alone what waited for longer than its run was held: it may be somebody else's by now", async () => {
    const store = new SnapshotStore({ directory, delivery: "otlp" });
    const restore = configureRecording({ targets: [store] });
    const waiting: ReadableSpan[] = [];
    const provider = new TracerProvider({
      spanProcessors: [
        new SnapshotSpanProcessor(store),
        // What delivers is not loaded yet.
        {
          onStart: () => {},
          onEnd: (span) => void waiting.push(span),
          forceFlush: async () => {},
          shutdown: async () => {},
        },
      ],
    });
    const run = startRun({ label: "short" });
    for (let i = 0; i < 10; i++)
      provider
        .getTracer("test")
        .startSpan(`s${i}`, { attributes: { "pitot.run.id": run.runId } })
        .end();
    finishRun(run);
    await store.close();
    const taken: ReadableSpan[][] = [];
    await replay({ directory, exporter: exporter(taken, 1) });
    const delivery = new DeliverySpanProcessor(exporter(taken, 1), { store });
    for (const span of waiting) delivery.onEnd(span);
    await delivery.forceFlush();
    expect(taken.flat().map(({ name }) => name)).toEqual(waiting.map(({ name }) => name));
    expect(delivery.counts).toMatchObject({ spooled: 10, delivered: 0 });
    restore();
  });

  it("drops the oldest, and counts them, where the disk has taken none", async () => {
    const file = join(directory, "file");
    writeFileSync(file, "");
    const store = new SnapshotStore({ directory: file, delivery: "otlp" });
    const taken: ReadableSpan[][] = [];
    const delivery = new DeliverySpanProcessor(exporter(taken, 1), { store, queueSpans: 10, batchSpans: 20 });
    const provider = new TracerProvider({ spanProcessors: [new SnapshotSpanProcessor(store), delivery] });
    for (let i = 0; i < 15; i++) provider.getTracer("test").startSpan(`s${i}`).end();
    await provider.forceFlush();
    expect(delivery.counts).toMatchObject({ delivered: 10, dropped: 5, spooled: 0 });
    expect(taken.flat().map(({ name }) => name)).toEqual(Array.from({ length: 10 }, (_, i) => `s${i + 5}`));
  });

  it("bounds its memory by bytes too", async () => {
    const store = new SnapshotStore({ directory, delivery: "otlp" });
    const delivery = new DeliverySpanProcessor(exporter([], 1), { store, queueBytes: 100_000 });
    const provider = new TracerProvider({
      spanProcessors: [new SnapshotSpanProcessor(store), delivery],
    });
    const tracer = provider.getTracer("test");
    for (let i = 0; i < 100; i++) tracer.startSpan("s", { attributes: { text: "x".repeat(10_000) } }).end();
    await provider.forceFlush();
    const { delivered, spooled } = delivery.counts;
    expect(delivered + spooled).toBe(100);
    expect(spooled).toBeGreaterThan(50);
    await store.close();
  });

  it("drops only where there is no snapshot, and counts it", async () => {
    const delivery = new DeliverySpanProcessor(exporter([], 5), { queueSpans: 10, batchSpans: 1000 });
    const provider = new TracerProvider({ spanProcessors: [delivery] });
    for (let i = 0; i < 100; i++) provider.getTracer("test").startSpan(`s${i}`).end();
    await provider.forceFlush();
    expect(delivery.counts).toEqual({ delivered: 10, rejected: 0, spooled: 0, replayed: 0, dropped: 90 });
  });

  it("outlives an exporter that throws, and one that answers twice", async () => {
    const store = new SnapshotStore({ directory, delivery: "otlp" });
    let call = 0;
    const odd: SpanExporter = {
      export: (_, done) => {
        if (call++ === 0) throw new Error("odd");
        done({ code: ExportResultCode.SUCCESS });
        done({ code: ExportResultCode.FAILED });
      },
      shutdown: async () => {},
    };
    const delivery = new DeliverySpanProcessor(odd, { store, batchSpans: 1, concurrency: 1 });
    const provider = new TracerProvider({
      spanProcessors: [new SnapshotSpanProcessor(store), delivery],
    });
    for (let i = 0; i < 3; i++) provider.getTracer("test").startSpan(`s${i}`).end();
    expect(delivery.counts).toEqual({ delivered: 0, rejected: 0, spooled: 0, replayed: 0, dropped: 0 });
    await provider.forceFlush();
    expect(delivery.counts).toEqual({ delivered: 3, rejected: 0, spooled: 0, replayed: 0, dropped: 0 });
    await store.close();
  });
});

it("splits what is over 4 MiB when it is encoded, whatever was estimated", async () => {
  await using sink = await startOtlpSink();
  process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = sink.url;
  const pitot = await startPitot({ snapshot: directory, shutdownMs: 60_000 });
  const tracer = trace.getTracer("test");
  // Three bytes for each character that was counted as one.
  for (let i = 0; i < 60; i++) tracer.startSpan(`s${i}`, { attributes: { text: "€".repeat(100_000) } }).end();
  await pitot.shutdown();
  expect(sink.spans).toHaveLength(60);
  expect(Math.max(...sink.requests.map(({ bytes }) => bytes))).toBeLessThanOrEqual(4 << 20);
});

it("reads Retry-After as seconds and as a date", () => {
  expect(retryAfter("3")).toBe(3000);
  expect(retryAfter(new Date(Date.now() + 600_000).toUTCString())).toBeGreaterThan(500_000);
  expect(retryAfter("0")).toBe(0);
  expect(retryAfter("soon")).toBeUndefined();
  expect(retryAfter(undefined)).toBeUndefined();
});
