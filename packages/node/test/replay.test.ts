import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  createTraceState,
  ROOT_CONTEXT,
} from "@opentelemetry/api";
import { ExportResultCode } from "@opentelemetry/core";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  TracerProvider,
  SimpleSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
} from "@opentelemetry/sdk-trace";
import { listScopes, SnapshotStore } from "@pitot/snapshot";
import { startOtlpSink } from "@pitot/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { replay, SnapshotSpanProcessor } from "../src/index.ts";
import { otlpExporters } from "../src/otlp-exporters.ts";
import { Outbox } from "../src/outbox.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pitot-replay-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A snapshot of spans that nobody delivered, and the spans. */
async function undelivered(count: number): Promise<ReadableSpan[]> {
  const store = new SnapshotStore({ directory, serviceName: "test", delivery: "otlp" });
  const spans: ReadableSpan[] = [];
  const keep: SpanExporter = {
    export: (ended, done) => {
      spans.push(...ended);
      done({ code: ExportResultCode.SUCCESS });
    },
    shutdown: async () => {},
  };
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": "test", "host.cpu": 2 }),
    spanProcessors: [new SnapshotSpanProcessor(store), new SimpleSpanProcessor({ exporter: keep })],
  });
  const tracer = provider.getTracer("a scope", "1.2.3");
  for (let i = 0; i < count; i++) {
    const remote = trace.setSpanContext(ROOT_CONTEXT, {
      traceId: "ab".repeat(16),
      spanId: "cd".repeat(8),
      traceFlags: TraceFlags.SAMPLED,
      traceState: createTraceState("a=1,b=2"),
    });
    const span = tracer.startSpan(
      `odd 😀 ${i}`,
      {
        kind: SpanKind.CONSUMER,
        attributes: {
          int: 42,
          float: 0.1,
          yes: true,
          text: "é\u0000\n",
          list: ["a", "b"],
          empty: [],
          negative: -7,
        },
        links: [
          {
            context: { traceId: "12".repeat(16), spanId: "34".repeat(8), traceFlags: 1 },
            attributes: { l: 1 },
          },
        ],
        startTime: [1_700_000_000, 123_456_789],
      },
      remote,
    );
    span.addEvent("event", { n: i }, [1_700_000_000, 987_654_321]);
    span.setStatus({ code: SpanStatusCode.ERROR, message: "odd" });
    span.end([1_700_000_001, 1]);
  }
  await provider.forceFlush();
  await store.close();
  return spans;
}

it("sends spans exactly as they would have been sent", async () => {
  const spans = await undelivered(3);
  await using direct = await startOtlpSink();
  await using replayed = await startOtlpSink();
  const { traces } = otlpExporters({ endpoint: direct.url });
  await new Promise((resolve) => traces.export(spans, resolve));
  await replay({ directory, endpoint: replayed.url });
  const body = ({ body: sent }: (typeof direct.requests)[number]): unknown => sent;
  // Whether the parent was remote is the one thing that is not kept.
  const text = (value: unknown): string => JSON.stringify(value).replaceAll('"flags":769', '"flags":257');
  expect(JSON.parse(text(replayed.requests.map(body)))).toEqual(JSON.parse(text(direct.requests.map(body))));
});

it("keeps what is not a finite number as text", async () => {
  const store = new SnapshotStore({ directory, delivery: "otlp" });
  const provider = new TracerProvider({ spanProcessors: [new SnapshotSpanProcessor(store)] });
  provider
    .getTracer("t")
    .startSpan("s", { attributes: { nan: Number.NaN, list: [1, Infinity] } })
    .end();
  await store.close();
  await using sink = await startOtlpSink();
  await replay({ directory, endpoint: sink.url });
  expect(JSON.stringify(sink.spans[0]?.attributes)).toContain('"NaN"');
});

it("sends nothing twice from two processes at once", async () => {
  await undelivered(3000);
  await using sink = await startOtlpSink();
  const script = `
    import { replay } from ${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)};
    const { sent } = await replay({ directory: process.argv[1], endpoint: process.argv[2] });
    console.log(sent);`;
  const run = async (): Promise<number> =>
    await new Promise((resolve) => {
      const child = spawn(process.execPath, ["--input-type=module", "-e", script, directory, sink.url], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let output = "";
      child.stdout.on("data", (part: Buffer) => (output += part.toString()));
      child.once("close", () => resolve(Number(output)));
    });
  const sent = await Promise.all([run(), run(), run()]);
  expect(sent.reduce((sum, count) => sum + count, 0)).toBe(3000);
  expect(sink.spans).toHaveLength(3000);
});

it("goes on where it was cut off, and sends what was confirmed no more", async () => {
  await undelivered(3000);
  const taken: ReadableSpan[] = [];
  let requests = 0;
  const exporter: SpanExporter = {
    export: (spans, done) => {
      if (++requests === 3) {
        done({ code: ExportResultCode.FAILED, error: new Error("away") });
        return;
      }
      taken.push(...spans);
      done({ code: ExportResultCode.SUCCESS });
    },
    shutdown: async () => {},
  };
  const first = await replay({ directory, exporter });
  expect(first).toMatchObject({ spans: 3000, sent: 1024, delivered: 1024 });
  expect(first.scopes[0]).toMatchObject({ outcome: "undelivered", error: new Error("away") });
  const second = await replay({ directory, exporter });
  expect(second).toMatchObject({ spans: 3000, sent: 1976, delivered: 3000 });
  expect(new Set(taken.map((span) => span.spanContext().spanId)).size).toBe(taken.length);
});

it("has nothing to tell of a run that another process removes meanwhile", async () => {
  await undelivered(3);
  await undelivered(3);
  const [first, second] = listScopes(directory);
  const exporter: SpanExporter = {
    export: (_, done) => {
      rmSync(second!.folder, { recursive: true, force: true });
      done({ code: ExportResultCode.SUCCESS });
    },
    shutdown: async () => {},
  };
  const { scopes } = await replay({ directory, exporter });
  expect(scopes.map(({ id, outcome }) => [id, outcome])).toEqual([[first!.id, "delivered"]]);
});

it("ends when it is told to", async () => {
  await undelivered(1000);
  await using sink = await startOtlpSink({
    answer: () => ({ status: 429, headers: { "retry-after": "36000" } }),
  });
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 200);
  const report = await replay({ directory, endpoint: sink.url, signal: stop.signal, patienceMs: 1e9 });
  expect(report).toMatchObject({ sent: 0, spans: 1000 });
});

it("names runs, and refuses those that are not there", async () => {
  await undelivered(10);
  await using sink = await startOtlpSink();
  const [scope] = listScopes(directory);
  await expect(replay({ directory, endpoint: sink.url, runs: ["nothing"] })).rejects.toThrow(
    "There is no such run",
  );
  expect(await replay({ directory, endpoint: sink.url, runs: [scope?.id ?? ""] })).toMatchObject({
    sent: 10,
  });
  expect(await replay({ directory, endpoint: sink.url, runs: [scope?.id ?? ""] })).toMatchObject({
    sent: 0,
    delivered: 10,
  });
});

it("leaves alone what a living process is still sending", async () => {
  const store = new SnapshotStore({ directory, delivery: "otlp" });
  const provider = new TracerProvider({ spanProcessors: [new SnapshotSpanProcessor(store)] });
  provider.getTracer("t").startSpan("s").end();
  store.flush();
  await using sink = await startOtlpSink();
  expect(await replay({ directory, endpoint: sink.url })).toMatchObject({ sent: 0, scopes: [] });
  const [scope] = listScopes(directory);
  const { scopes } = await replay({ directory, endpoint: sink.url, runs: [scope?.id ?? ""] });
  expect(scopes[0]?.outcome).toBe("busy");
  await store.close();
});

it("tells of all that waits where the back end is away, and asks it once", async () => {
  for (const count of [3, 4, 5]) await undelivered(count);
  new Outbox(directory, "test").add("json", Buffer.from('{"resourceMetrics":[]}'));
  let asked = 0;
  const exporter: SpanExporter = {
    export: (_, done) => {
      asked++;
      done({ code: ExportResultCode.FAILED, error: new Error("away") });
    },
    shutdown: async () => {},
  };
  const report = await replay({ directory, exporter });
  expect(asked).toBe(1);
  expect(report).toMatchObject({ spans: 12, delivered: 0, sent: 0, requests: { waiting: 1, delivered: 0 } });
  expect(report.scopes.map(({ outcome, spans }) => [outcome, spans])).toEqual([
    ["undelivered", 3],
    ["undelivered", 4],
    ["undelivered", 5],
  ]);
  expect(await replay({ directory, exporter, background: true })).toMatchObject({ spans: 3 });
});

it("believes no damaged entry of a ledger, and tells of it", async () => {
  await undelivered(20);
  await using sink = await startOtlpSink();
  await replay({ directory, endpoint: sink.url });
  const [{ folder } = { folder: "" }] = listScopes(directory);
  const ledger = join(folder, "delivery.ledger");
  const entry = readFileSync(ledger, "utf8");
  expect(entry).toContain("0-19");
  writeFileSync(ledger, entry.replace("0-19", "0-99"));
  const report = await replay({ directory, endpoint: sink.url });
  expect(report.scopes).toMatchObject([{ outcome: "delivered", sent: 20, doubted: 1 }]);
  // It is proven now.
  expect(await replay({ directory, endpoint: sink.url })).toMatchObject({ scopes: [], sent: 0 });
});
