import { context, trace } from "@opentelemetry/api";
import { createTelemetryHarness, type TelemetryHarness } from "@pitot/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  configureRecording,
  finishRun,
  session,
  startRun,
  trackedRun,
  type RecordBatch,
  type RecordCounts,
} from "../src/index.ts";

let telemetry: TelemetryHarness;
let restore: () => void;
const batches: RecordBatch[] = [];
let counts: RecordCounts | undefined;
beforeEach(() => {
  telemetry = createTelemetryHarness();
  batches.length = 0;
  counts = undefined;
  restore = configureRecording({
    exportRows: 5,
    targets: [
      {
        open: ({ type }) =>
          type === "run"
            ? undefined
            : {
                uri: "memory:session",
                write: (batch) => void batches.push(batch),
                finish: (run, of) => {
                  expect(run).toBeUndefined();
                  counts = of;
                },
              },
      },
    ],
  });
});
afterEach(async () => {
  session.close();
  restore();
  await telemetry.shutdown();
});

const names = () => telemetry.spans().map(({ name }) => name);
const rowsOf = (kind: string) =>
  batches.filter((batch) => batch.kind === kind).reduce((sum, { length }) => sum + length, 0);

describe("the session", () => {
  it("stores and exports what is recorded outside any run", async () => {
    session.recordEvent("boot", { ok: true });
    session.recordEvents("many", [{ n: 1 }, { n: 2 }]);
    session.recordArtifact("config", { text: "x" });
    session.recordMetric("session.queue", 3, { queue: "a" });
    session.recordQuality([{ entity_kind: "N", issue: "I" }]);
    for (let i = 0; i < 20; i++) session.recordQualityRow("N", `${i}`, "I");
    session.close();
    expect([rowsOf("event"), rowsOf("artifact"), rowsOf("quality"), rowsOf("metric")]).toEqual([3, 1, 21, 1]);
    expect(counts).toMatchObject({
      event: { exported: 3, dropped: 0 },
      artifact: { exported: 1 },
      quality: { exported: 5, snapshot_only: 16, dropped: 0 },
      metric: { exported: 1 },
    });
    expect(names().sort()).toEqual([
      "records artifact",
      "records event",
      "records quality",
      "records summary",
    ]);
    const points = await telemetry.metrics();
    expect(points.find(({ name }) => name === "session.queue")).toMatchObject({
      value: 3,
      attributes: { queue: "a" },
    });
  });

  it("goes to the active run, and not to one that has ended", () => {
    trackedRun({ label: "inside" }, () => session.recordEvent("inside", {}));
    const run = startRun({ label: "ended" });
    finishRun(run);
    run.with(() => session.recordEvent("after", {}));
    session.close();
    const events = (span: string) =>
      telemetry
        .spans()
        .filter(({ name }) => name === span)
        .flatMap((found) => found.events.map(({ attributes }) => attributes?.["pitot.event.name"]))
        .filter(Boolean);
    expect(events("run inside")).toEqual(["inside"]);
    expect(events("records event")).toEqual(["after"]);
    expect(rowsOf("event")).toBe(1);
  });

  it("puts events on the span that is active, as long as it has room", () => {
    const span = trace.getTracer("user").startSpan("of the user");
    context.with(trace.setSpan(context.active(), span), () => {
      for (let i = 0; i < 5; i++) session.recordEvent("e", { i });
    });
    span.end();
    session.close();
    expect(names()).toEqual(["of the user"]);
    expect(telemetry.spans()[0]?.events).toHaveLength(5);
  });

  it("ends its carriers with each flush interval, in which its counters are settled too", async () => {
    const before = configureRecording({ flushMs: 20 });
    session.recordEvent("tick", {});
    session.recordQualityRow("SESSION", "1", "SETTLED");
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
    expect(names().sort()).toEqual(["records event", "records quality"]);
    const issues = async () =>
      (await telemetry.metrics()).find(
        ({ name, attributes }) =>
          name === "pitot.quality.issues" && attributes["pitot.quality.issue"] === "SETTLED",
      )?.value;
    expect(await issues()).toBe(1);
    session.close();
    expect(await issues()).toBe(1);
    before();
  });

  it("begins anew where recording is set up anew", () => {
    session.recordEvent("first", {});
    const before = configureRecording({});
    session.recordEvent("second", {});
    expect(rowsOf("event")).toBe(1);
    expect(counts).toMatchObject({ event: { exported: 1 } });
    before();
  });

  it("never throws, and works without an SDK", async () => {
    await telemetry.shutdown();
    session.recordEvent("none", {
      n: 1n,
      get bad(): never {
        throw new Error("bad");
      },
    });
    session.recordMetric("session.bad", Number.NaN);
    session.recordQuality(7 as never);
    for (let i = 0; i < 10; i++) session.recordEvent("none", { i });
    session.close();
    expect(rowsOf("event")).toBe(11);
    expect(counts).toMatchObject({ event: { snapshot_only: 11, dropped: 0 }, metric: { dropped: 1 } });
  });
});
