import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DiagnosticsCollector, trackedRun } from "@pitot/core";
import { observeBullMqFlow, observeBullMqProcessor, type SpanStore } from "@pitot/pipeline";
import { createTelemetryHarness, type TelemetryHarness } from "@pitot/testing";
import { FlowProducer, QueueEvents, Worker, type Job } from "bullmq";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parseTraceparent, traceparent } from "../src/traceparent.ts";

const server = ["valkey-server", "redis-server"].find((name) => spawnSync(name, ["--version"]).status === 0);
if (server === undefined)
  console.warn(
    "BullMQ is not tested: there is neither valkey-server nor redis-server (apt-get install valkey-server)",
  );

describe.skipIf(server === undefined)("BullMQ on a real server", () => {
  let telemetry: TelemetryHarness;
  let process: ChildProcess;
  const folder = mkdtempSync(join(tmpdir(), "pitot-redis-"));
  // A socket in the folder: a port that is free may be somebody's a moment later.
  const connection = { path: join(folder, "socket"), maxRetriesPerRequest: null };
  const closing: { close(): Promise<unknown> }[] = [];

  beforeAll(async () => {
    const args = ["--port", "0", "--unixsocket", connection.path, "--save", "", "--dir", folder];
    process = spawn(server!, args, { stdio: "ignore" });
    const probe = new Redis({ ...connection, retryStrategy: () => 50 });
    probe.on("error", () => undefined);
    await probe.ping();
    probe.disconnect();
  });
  afterAll(async () => {
    process.kill();
    await new Promise((resolve) => process.once("exit", resolve));
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    telemetry = createTelemetryHarness();
  });
  afterEach(async () => {
    for (const one of closing.splice(0)) await one.close();
    await telemetry.shutdown();
  });

  const flow = {
    name: "report",
    queueName: "top",
    data: { n: 1 },
    opts: { attempts: 2 },
    children: [
      { name: "load", queueName: "below", data: { part: 1 } },
      { name: "check", queueName: "below", data: { part: 2 } },
    ],
  };

  async function runFlow(
    spans?: SpanStore,
    fails = 0,
  ): Promise<{ value: unknown; sink: DiagnosticsCollector }> {
    const sink = new DiagnosticsCollector();
    let failures = fails;
    const options = { sink, ...(spans === undefined ? {} : { spans }) };
    const below = new Worker(
      "below",
      observeBullMqProcessor(async (job: Job) => (job.data as { part: number }).part, options),
      { connection },
    );
    const top = new Worker(
      "top",
      observeBullMqProcessor(async (job: Job) => {
        if (failures-- > 0) throw new Error("once");
        return Object.values<number>(await job.getChildrenValues()).reduce((sum, n) => sum + n, 0);
      }, options),
      { connection },
    );
    const events = new QueueEvents("top", { connection });
    const producer = new FlowProducer({ connection });
    closing.push(below, top, events, producer);
    await events.waitUntilReady();
    const added = await trackedRun({ label: "producer" }, (run) =>
      run.stage("enqueue", () => producer.add(observeBullMqFlow(flow))),
    );
    return { value: await added.job.waitUntilFinished(events, 60_000), sink };
  }

  it("keeps a flow in the trace that added it, with links to what each job waited for", async () => {
    const { value, sink } = await runFlow();
    expect(value).toBe(3);
    await expect.poll(() => telemetry.spans().some(({ name }) => name === "run top")).toBe(true);
    const spans = telemetry.spans();
    const span = (name: string) => spans.find((one) => one.name === name)!;
    expect(new Set(spans.map((one) => one.spanContext().traceId)).size).toBe(1);
    expect(span("run top").parentSpanContext?.spanId).toBe(span("stage enqueue").spanContext().spanId);
    const linked = span("stage report").links.map(({ context }) => context.spanId);
    expect(linked.sort()).toEqual(
      ["stage load", "stage check"].map((name) => span(name).spanContext().spanId).sort(),
    );
    expect(span("stage load").attributes).toMatchObject({
      "pitot.stage.group": "below",
      "pitot.stage.queued_time": expect.any(Number),
    });
    expect(sink.eventsSnapshot()["node_finished_v1"]).toHaveLength(3);
    expect(flow.children[0]).not.toHaveProperty("opts");
  });

  it("links across processes by a store in the server", async () => {
    const redis = new Redis(connection);
    const keys: string[] = [];
    const spans: SpanStore = {
      get: (key) => redis.hget("spans", key),
      set: (key, value) => (keys.push(key), redis.hset("spans", key, value)),
    };
    expect((await runFlow(spans)).value).toBe(3);
    await expect.poll(() => keys.length === 3).toBe(true);
    await expect.poll(() => telemetry.spans().some(({ name }) => name === "run top")).toBe(true);
    expect(telemetry.spans().find(({ name }) => name === "stage report")?.links).toHaveLength(2);
    redis.disconnect();
  });

  it("passes an error to BullMQ, which tries again", async () => {
    const broken: SpanStore = {
      get: () => Promise.reject(new Error("get")),
      set: () => Promise.reject(new Error("set")),
    };
    expect((await runFlow(broken, 1)).value).toBe(3);
    await expect
      .poll(() => telemetry.spans().filter(({ name }) => name === "run top").length === 2)
      .toBe(true);
    const tries = telemetry.spans().filter(({ name }) => name === "stage report");
    expect(tries.map(({ attributes, status }) => [attributes["pitot.stage.attempt"], status.code])).toEqual([
      [1, 2],
      [2, 0],
    ]);
  });
});

describe("a span as text", () => {
  it("comes back, and is refused where it names none", () => {
    const text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    expect(traceparent(parseTraceparent(text)!)).toBe(text);
    expect(parseTraceparent(`cc${text.slice(2)}-later`)).toBeDefined();
    for (const bad of [
      "",
      "x",
      `ff${text.slice(2)}`,
      text.replace(/7/g, "G"),
      `${text}0`,
      "00-00000000000000000000000000000000-b7ad6b7169203331-01",
    ])
      expect(parseTraceparent(bad)).toBeUndefined();
  });

  it("leaves a flow outside any span as it is, and a job of nobody's metadata", async () => {
    const flow = { name: "a", queueName: "q" };
    expect(observeBullMqFlow(flow)).toBe(flow);
    const job = {
      id: "1",
      name: "a",
      queueName: "q",
      queueQualifiedName: "bull:q",
      attemptsMade: 0,
      timestamp: 0,
      opts: { telemetry: { metadata: "not json" } },
      getChildrenValues: async () => ({}),
    };
    expect(
      await observeBullMqProcessor(async (one: typeof job, token: string) => [one.name, token])(job, "t"),
    ).toEqual(["a", "t"]);
    await trackedRun({ label: "x" }, async (run) =>
      expect(await observeBullMqProcessor(async () => 5, { run })(job)).toBe(5),
    );
    for (const metadata of ["null", "1", '{"traceparent":{}}'])
      expect(await observeBullMqProcessor(async () => 5)({ ...job, opts: { telemetry: { metadata } } })).toBe(
        5,
      );
  });

  it("leaves to a processor the parameters by which BullMQ tells whether it can be cancelled", () => {
    const cancellable = async (_job: never, _token?: string, _signal?: AbortSignal): Promise<void> =>
      undefined;
    expect(observeBullMqProcessor(cancellable).length).toBe(3);
    expect(observeBullMqProcessor(async () => 5).length).toBe(0);
  });
});
