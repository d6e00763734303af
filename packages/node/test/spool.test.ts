import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { trace } from "@opentelemetry/api";
import type { Logger } from "@opentelemetry/api-logs";
import { ExportResultCode } from "@opentelemetry/core";
import { detectResources } from "@opentelemetry/resources";
import { TracerProvider, type ReadableSpan, type SpanExporter } from "@opentelemetry/sdk-trace";
import { configureRecording, finishRun, startRun } from "@pitot/core";
import { deliveryStatus, listScopes, readManifest, SnapshotStore } from "@pitot/snapshot";
import { startOtlpSink } from "@pitot/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  DeliverySpanProcessor,
  replay,
  SnapshotSpanProcessor,
  startPitot,
  type DeliveryOptions,
} from "../src/index.ts";
import { logs } from "../src/logs-api.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pitot-spool-"));
});
afterEach(() => {
  for (const name of ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_BSP_MAX_QUEUE_SIZE", "OTEL_BSP_SCHEDULE_DELAY"])
    delete process.env[name];
  rmSync(directory, { recursive: true, force: true });
});

async function status(): Promise<{ spans: number; delivered: number; logs: number; deliveredLogs: number }> {
  const sum = { spans: 0, delivered: 0, logs: 0, deliveredLogs: 0 };
  for (const { folder } of listScopes(directory)) {
    const of = await deliveryStatus(folder, readManifest(folder));
    sum.spans += of.spans;
    sum.delivered += of.delivered;
    sum.logs += of.logs.records;
    sum.deliveredLogs += of.logs.delivered;
  }
  return sum;
}

/** A back end that can be away, refuse, and says what it took. */
function backEnd(): { exporter: SpanExporter; state: "up" | "away" | "refuses"; readonly taken: string[] } {
  const taken: string[] = [];
  const self = {
    state: "up" as "up" | "away" | "refuses",
    taken,
    exporter: {
      export: (spans: ReadableSpan[], done: Parameters<SpanExporter["export"]>[1]) => {
        setImmediate(() => {
          if (self.state === "up") {
            taken.push(...spans.map(({ name }) => name));
            done({ code: ExportResultCode.SUCCESS });
          } else if (self.state === "away")
            done({ code: ExportResultCode.FAILED, retryAfterMs: 20 } as never);
          else done({ code: ExportResultCode.FAILED, refused: true } as never);
        });
      },
      shutdown: async () => {},
    },
  };
  return self;
}

/** A pipeline whose spans go to the snapshot, and to an exporter through a queue of these bounds. */
function spooling(
  exporter: SpanExporter,
  bounds: DeliveryOptions = {},
): {
  readonly store: SnapshotStore;
  readonly delivery: DeliverySpanProcessor;
  readonly provider: TracerProvider;
} {
  const store = new SnapshotStore({ directory, delivery: "otlp" });
  const delivery = new DeliverySpanProcessor(exporter, { store, batchSpans: 10, delayMs: 5, ...bounds });
  const provider = new TracerProvider({ spanProcessors: [new SnapshotSpanProcessor(store), delivery] });
  return { store, delivery, provider };
}

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `s${i}`);

describe("spans that the queue had no room for while the Collector was away", () => {
  it("are sent in the middle of the run, once it answers, each once, in a queue that stays as small", async () => {
    const far = backEnd();
    far.state = "away";
    const { store, delivery, provider } = spooling(far.exporter, {
      queueSpans: 100,
      batchSpans: 20,
      concurrency: 2,
    });
    const tracer = provider.getTracer("test");
    for (const name of names(3000)) tracer.startSpan(name).end();
    // All but what waits and what is under way.
    expect(delivery.counts).toMatchObject({ spooled: 3000 - 100 - 2 * 20, dropped: 0 });
    // While it is away, what follows finds no room either.
    await new Promise((resolve) => setTimeout(resolve, 50));
    tracer.startSpan("s3000").end();
    far.state = "up";
    await expect.poll(() => far.taken.length).toBe(3001);
    expect(new Set(far.taken)).toEqual(new Set(names(3001)));
    await expect.poll(() => delivery.counts.replayed).toBe(delivery.counts.spooled);
    // The run lives: its folder is still claimed, and its ledger says it all.
    await expect.poll(status).toMatchObject({ spans: 3001, delivered: 3001 });
    expect(await replay({ directory, exporter: far.exporter })).toMatchObject({ scopes: [], sent: 0 });
    await provider.shutdown();
    await store.close();
    expect(await replay({ directory, exporter: far.exporter })).toMatchObject({ scopes: [], sent: 0 });
    expect(far.taken).toHaveLength(3001);
  });

  it("over several outages, some of them in the middle of the reading back, are sent once each", async () => {
    const far = backEnd();
    const { store, delivery, provider } = spooling(far.exporter, {
      queueSpans: 50,
      concurrency: 3,
    });
    const tracer = provider.getTracer("test");
    const all = names(6000);
    for (let i = 0; i < all.length; i += 300) {
      far.state = i % 900 === 0 ? "up" : "away";
      for (const name of all.slice(i, i + 300)) tracer.startSpan(name).end();
      await new Promise((resolve) => setTimeout(resolve, 15));
      // Who flushes while it is away leaves to the snapshot what waits.
      if (i % 1200 === 300) await provider.forceFlush();
    }
    far.state = "up";
    tracer.startSpan("s6000").end();
    await expect.poll(() => far.taken.length).toBe(6001);
    expect(new Set(far.taken).size).toBe(6001);
    await expect.poll(status).toMatchObject({ spans: 6001, delivered: 6001 });
    const { delivered, spooled, replayed, dropped, rejected } = delivery.counts;
    expect([delivered + replayed, spooled - replayed, dropped, rejected]).toEqual([6001, 0, 0, 0]);
    await provider.shutdown();
    await store.close();
  });

  it("and that a back end refuses are not asked for again while the run lives, and kept", async () => {
    const far = backEnd();
    far.state = "refuses";
    const { store, provider } = spooling(far.exporter);
    for (const name of names(100)) provider.getTracer("test").startSpan(name).end();
    await provider.forceFlush();
    far.state = "up";
    provider.getTracer("test").startSpan("s100").end();
    await provider.forceFlush();
    expect(far.taken).toEqual(["s100"]);
    expect(await status()).toMatchObject({ spans: 101, delivered: 1 });
    await provider.shutdown();
    await store.close();
    expect(await replay({ directory, exporter: far.exporter })).toMatchObject({ sent: 100, delivered: 101 });
  });

  it("and whose run has ended meanwhile are left to a replay", async () => {
    const far = backEnd();
    far.state = "away";
    let woken = 0;
    const { store, delivery, provider } = spooling(far.exporter, {
      queueSpans: 10,
      onSpooled: () => woken++,
    });
    const restore = configureRecording({ targets: [store] });
    const tracer = provider.getTracer("test");
    const run = startRun({ label: "short" });
    for (const name of names(100))
      tracer.startSpan(name, { attributes: { "pitot.run.id": run.runId } }).end();
    finishRun(run);
    await store.close();
    far.state = "up";
    await expect.poll(() => far.taken.length).toBeGreaterThanOrEqual(10);
    await provider.forceFlush();
    await delivery.leaveSpool();
    expect(woken).toBeGreaterThan(0);
    await replay({ directory, exporter: far.exporter });
    expect(far.taken.filter((name) => name.startsWith("s")).toSorted()).toEqual(names(100).toSorted());
    restore();
    await provider.shutdown();
  });

  it("and that are being read back are nobody else's, also when their run has ended", async () => {
    const taken: string[] = [];
    const answers: (() => void)[] = [];
    const slow: SpanExporter = {
      export: (spans, done) => {
        answers.push(() => {
          taken.push(...spans.map(({ name }) => name));
          done({ code: ExportResultCode.SUCCESS });
        });
      },
      shutdown: async () => {},
    };
    const { store, delivery, provider } = spooling(slow, {
      queueSpans: 20,
      concurrency: 1,
    });
    const restore = configureRecording({ targets: [store] });
    const run = startRun({ label: "short" });
    const attributes = { "pitot.run.id": run.runId };
    for (const name of names(100)) provider.getTracer("test").startSpan(name, { attributes }).end();
    // Ten under way, twenty that wait, and the others in the snapshot, until there is room.
    const answered = async (): Promise<void> => {
      await expect.poll(() => answers.length).toBeGreaterThan(0);
      answers.shift()!();
    };
    for (let i = 0; i < 4; i++) await answered();
    await expect.poll(() => delivery.counts.replayed).toBeGreaterThan(0);
    finishRun(run);
    await store.close();
    const other: string[] = [];
    const exporter: SpanExporter = {
      export: (spans, done) => {
        other.push(...spans.map(({ name }) => name));
        done({ code: ExportResultCode.SUCCESS });
      },
      shutdown: async () => {},
    };
    const replayed = async (): Promise<unknown> =>
      (await replay({ directory, runs: [run.runId], exporter })).scopes.map(({ outcome }) => outcome);
    expect(await replayed()).toEqual(["busy"]);
    while (taken.length < 90) await answered();
    await expect.poll(() => answers.length).toBe(1);
    expect([await replayed(), other]).toEqual([["busy"], []]);
    await answered();
    await expect.poll(async () => (await replay({ directory, exporter })).scopes).toEqual([]);
    expect([new Set(taken).size, taken.length, other]).toEqual([100, 100, []]);
    restore();
  });

  it("and that nobody sent before the process gave up are sent by the next one, and only those", async () => {
    const far = backEnd();
    far.state = "away";
    const { store, delivery, provider } = spooling(far.exporter, {
      queueSpans: 100,
      concurrency: 1,
    });
    for (const name of names(3000)) provider.getTracer("test").startSpan(name).end();
    far.state = "up";
    await expect.poll(() => far.taken.length).toBeGreaterThan(300);
    delivery.giveUp();
    await delivery.leaveSpool();
    await store.close();
    const before = far.taken.length;
    await expect.poll(status).toMatchObject({ spans: 3000, delivered: before });
    await replay({ directory, exporter: far.exporter });
    expect(far.taken).toHaveLength(3000);
    expect(new Set(far.taken).size).toBe(3000);
  });
});

it("spans are sent when it is known whose process they are of", async () => {
  const finding: { resolve?: (id: string) => void } = {};
  const id = new Promise<string>((resolve) => (finding.resolve = resolve));
  const sent: unknown[] = [];
  const delivery = new DeliverySpanProcessor(
    {
      export: (spans, done) => {
        sent.push(...spans.map(({ resource }) => resource.attributes["host.id"]));
        done({ code: ExportResultCode.SUCCESS });
      },
      shutdown: async () => {},
    },
    { delayMs: 1 },
  );
  const resource = detectResources({ detectors: [{ detect: () => ({ attributes: { "host.id": id } }) }] });
  const provider = new TracerProvider({ resource, spanProcessors: [delivery] });
  provider.getTracer("test").startSpan("early").end();
  const flushed = delivery.forceFlush();
  finding.resolve!("a host");
  await flushed;
  expect(sent).toEqual(["a host"]);
});

it("spans and log records beyond the queues of startPitot arrive in the middle of the process, once the Collector answers", async () => {
  let away = true;
  const lines: string[] = [];
  await using sink = await startOtlpSink({
    answer: ({ signal, body }) => {
      if (signal === "logs" && !away) lines.push(...(JSON.stringify(body).match(/"line \d+"/g) ?? []));
      return { status: away ? 503 : 200 };
    },
  });
  process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = sink.url;
  process.env["OTEL_BSP_MAX_QUEUE_SIZE"] = "600";
  process.env["OTEL_BSP_SCHEDULE_DELAY"] = "50";
  const pitot = await startPitot({ snapshot: directory, serviceName: "spool" });
  try {
    const tracer = trace.getTracer("test");
    const logger = logs.getLogger("test") as Logger;
    for (const name of names(3000)) tracer.startSpan(name).end();
    for (let i = 0; i < 52_000; i++) logger.emit({ body: `line ${i}` });
    await expect.poll(() => sink.requests.length).toBeGreaterThan(0);
    away = false;
    await expect
      .poll(status, { timeout: 50_000, interval: 500 })
      .toEqual({ spans: 3000, delivered: 3000, logs: 52_000, deliveredLogs: 52_000 });
    expect(new Set(sink.spans.map(({ spanId }) => spanId)).size).toBe(3000);
    expect(sink.spans).toHaveLength(3000);
    expect([lines.length, new Set(lines).size]).toEqual([52_000, 52_000]);
  } finally {
    await pitot.shutdown();
  }
});
