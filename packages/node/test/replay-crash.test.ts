import { cpSync, mkdtempSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExportResultCode } from "@opentelemetry/core";
import { LoggerProvider, type LogRecordExporter } from "@opentelemetry/sdk-logs";
import { TracerProvider, type SpanExporter } from "@opentelemetry/sdk-trace";
import { SnapshotStore } from "@pitot/snapshot";
import { startOtlpSink, type OtlpSink } from "@pitot/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { watchDisk } from "../../snapshot/test/watched-disk.ts";
import { replay, SnapshotLogProcessor, SnapshotSpanProcessor } from "../src/index.ts";
import { MetricCheckpoint } from "../src/metric-checkpoint.ts";
import { Outbox } from "../src/outbox.ts";

const COUNT = 600;
const BATCH = 512;
let root: string;
let original: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "pitot-replay-crash-"));
  original = join(root, "original");
  const store = new SnapshotStore({ directory: original, delivery: "otlp", logDelivery: "otlp" });
  const spans = new TracerProvider({ spanProcessors: [new SnapshotSpanProcessor(store)] });
  const logs = new LoggerProvider({ processors: [new SnapshotLogProcessor(store)] });
  for (let i = 0; i < COUNT; i++) {
    spans.getTracer("t").startSpan(`s${i}`).end();
    logs.getLogger("t").emit({ body: `l${i}` });
  }
  await store.close();
  new Outbox(original, "t").add("json", Buffer.from('{"resourceMetrics":[]}'));
  // As a process that is dead has left it: without its claim.
  const checkpoint = new MetricCheckpoint({
    directory: original,
    serviceName: "t",
    encoding: "json",
    cumulative: true,
    serialize: () => Buffer.from('{"resourceMetrics":[{"scopeMetrics":[]}]}'),
  });
  checkpoint.write({ resource: {}, scopeMetrics: [{ metrics: [{ dataPoints: [{ value: 1 }] }] }] } as never);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Copies without claims: as the next process finds it, the one that replayed being dead. */
function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith(".claim") });
}

/** What a back end has taken: names of spans and bodies of log records, each time that it took them. */
interface Taken {
  readonly spans: string[];
  readonly logs: string[];
}

function exporters(taken: Taken): { exporter: SpanExporter; logExporter: LogRecordExporter } {
  return {
    exporter: {
      export: (spans, done) => {
        taken.spans.push(...spans.map(({ name }) => name));
        done({ code: ExportResultCode.SUCCESS });
      },
      shutdown: async () => {},
    },
    logExporter: {
      export: (records, done) => {
        taken.logs.push(...records.map(({ body }) => JSON.stringify(body)));
        done({ code: ExportResultCode.SUCCESS });
      },
      forceFlush: async () => {},
      shutdown: async () => {},
    },
  };
}

function metricRequests({ requests }: OtlpSink): number {
  return requests.filter(({ signal }) => signal === "metrics").length;
}

it("a crash of a replay, ahead of any of its operations on the disk, loses nothing and sends one request again at most", async () => {
  const victim = join(root, "victim");
  copy(original, victim);
  const points: { folder: string; taken: Taken; requests: number }[] = [];
  const all: Taken = { spans: [], logs: [] };
  await using sink = await startOtlpSink();
  const undo = await watchDisk(() => {
    const folder = join(root, `point-${points.length}`);
    copy(victim, folder);
    points.push({
      folder,
      taken: { spans: [...all.spans], logs: [...all.logs] },
      requests: metricRequests(sink),
    });
  });
  try {
    await replay({ directory: victim, endpoint: sink.url, ...exporters(all) });
  } finally {
    undo();
  }
  expect([all.spans.length, all.logs.length, metricRequests(sink)]).toEqual([COUNT, COUNT, 2]);
  expect(points.length).toBeGreaterThan(15);
  let sentAgain = 0;
  for (const [i, { folder, taken, requests }] of points.entries()) {
    const later: Taken = { spans: [], logs: [] };
    await using next = await startOtlpSink();
    const report = await replay({ directory: folder, endpoint: next.url, ...exporters(later) });
    for (const kind of ["spans", "logs"] as const) {
      const whole = [...taken[kind], ...later[kind]];
      expect([i, kind, new Set(whole).size]).toEqual([i, kind, COUNT]);
      expect(whole.length - COUNT).toBeLessThanOrEqual(BATCH);
      sentAgain += whole.length - COUNT;
    }
    expect([i, requests + metricRequests(next) >= 2]).toEqual([i, true]);
    expect(requests + metricRequests(next)).toBeLessThanOrEqual(3);
    // What was adopted or delivered before the crash is no part of a report that had nothing to send.
    expect(report.requests).toMatchObject({ delivered: metricRequests(next), refused: 0 });
    const again = await replay({ directory: folder, endpoint: next.url, ...exporters(later) });
    expect(again).toMatchObject({ scopes: [], sent: 0, requests: { waiting: 0 } });
    // Half a claim is no request; it goes when it is a minute old.
    const left = readdirSync(join(folder, "outbox"));
    for (const name of left) utimesSync(join(folder, "outbox", name), 0, Date.now() / 1000 - 61);
    expect(left.filter((name) => !name.endsWith(".tmp"))).toEqual([]);
    await replay({ directory: folder, endpoint: next.url, ...exporters(later) });
    expect(readdirSync(join(folder, "outbox"))).toEqual([]);
  }
  // The moment between an answer and the ledger is among the points.
  expect(sentAgain).toBeGreaterThan(0);
});
