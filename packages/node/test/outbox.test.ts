import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { metrics } from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { claimFolder } from "@pitot/snapshot/folder-claim";
import { startOtlpSink } from "@pitot/testing";
import { afterEach, beforeEach, expect, it, onTestFinished } from "vitest";
import { replay } from "../src/index.ts";
import { Outbox, outboxName, putRequest } from "../src/outbox.ts";

let directory: string;
let folder: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pitot-outbox-"));
  folder = join(directory, "outbox");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it("keeps its bound beside the checkpoints of living processes and the claim of one that replays", async () => {
  mkdirSync(join(folder, "open-1-aa"), { recursive: true });
  const claim = (await claimFolder(folder))!;
  const others = readdirSync(folder);
  putRequest(join(folder, `${outboxName("old", 1, 0, "metrics", "json")}.refused`), Buffer.alloc(100));
  const outbox = new Outbox(directory, "test", 1000);
  const dropped = droppedRequests();
  for (let i = 0; i < 20; i++) outbox.add("json", Buffer.alloc(100));
  const requests = readdirSync(folder).filter((name) => name.includes("metrics"));
  expect(requests.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)).toBe(1000);
  expect(requests.some((name) => /-19\.metrics/.test(name))).toBe(true);
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(others));
  claim.release();
  // The refused one is the oldest.
  expect(await dropped()).toBe(11);
  // One that cannot be written counts as well.
  rmSync(folder, { recursive: true });
  writeFileSync(folder, "");
  outbox.add("json", Buffer.alloc(100));
  expect(await dropped()).toBe(12);
  rmSync(folder);
});

/** What `pitot.records` says of the outbox from now on. */
function droppedRequests(): () => Promise<number> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const meters = new MeterProvider({ readers: [reader] });
  onTestFinished(async () => {
    metrics.disable();
    await meters.shutdown();
  });
  metrics.setGlobalMeterProvider(meters);
  return async () => {
    await meters.forceFlush();
    const all =
      exporter
        .getMetrics()
        .at(-1)
        ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
    const points = all.find(({ descriptor }) => descriptor.name === "pitot.records")?.dataPoints ?? [];
    const wanted = { "pitot.record.kind": "outbox_request", "pitot.outcome": "dropped" };
    const point = points.find(({ attributes }) => isDeepStrictEqual(attributes, wanted));
    return Number(point?.value ?? 0);
  };
}

it("is sent though a request makes room meanwhile", async () => {
  const outbox = new Outbox(directory, "test");
  for (let i = 0; i < 3; i++) outbox.add("json", Buffer.from('{"resourceMetrics":[]}'));
  const [, second] = readdirSync(folder).toSorted();
  await using sink = await startOtlpSink({
    answer: () => {
      rmSync(join(folder, second!), { force: true });
      return { status: 200 };
    },
  });
  const { requests } = await replay({ directory, endpoint: sink.url });
  expect(requests).toEqual({ waiting: 2, delivered: 2, refused: 0 });
});

it.each([401, 403, 302, 407])("waits where the back end lets nobody in (%d)", async (status) => {
  new Outbox(directory, "test").add("json", Buffer.from('{"resourceMetrics":[]}'));
  await using sink = await startOtlpSink({ answer: () => ({ status }) });
  expect((await replay({ directory, endpoint: sink.url })).requests).toEqual({
    waiting: 1,
    delivered: 0,
    refused: 0,
  });
  expect(sink.requests).toHaveLength(1);
  sink.answer(() => ({ status: 200 }));
  expect((await replay({ directory, endpoint: sink.url })).requests.delivered).toBe(1);
});
