import { createTelemetryHarness, printTrace, type TelemetryHarness } from "@pitot/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  activeRun,
  composeSinks,
  configureRecording,
  createRunContext,
  DiagnosticsCollector,
  finishRun,
  startRun,
  trackedRun,
} from "../src/index.ts";

let telemetry: TelemetryHarness;
beforeEach(() => {
  telemetry = createTelemetryHarness();
});
afterEach(() => telemetry.shutdown());

describe("a tracked run", () => {
  it("is a trace", async () => {
    const result = await trackedRun(
      { label: "nightly", key: "nightly/1", metadata: { password: "p", n: 3n } },
      async (run) => {
        run.recordEvent("loaded", { rows: 3, nested: { deep: [1, 2] }, token: "t" });
        await run.stage("load", async () => expect(activeRun()?.runId).toBe(run.runId));
        run.stage("check", { attempt: 2 }, () => {
          run.recordQuality([
            { entity_kind: "NODE", entity_id: "0", issue: "INVALID_ID", source_table: "nodes" },
          ]);
          run.recordArtifact("plan", { sql: "select 1" });
        });
        return 7;
      },
    );
    expect(result).toBe(7);
    expect(activeRun()).toBeUndefined();
    await expect(printTrace(telemetry.spans())).toMatchFileSnapshot("golden/nightly.golden.txt");
  });

  it.each([
    ["sync", () => trackedRun({ label: "bad" }, () => raise())],
    ["async", () => trackedRun({ label: "bad" }, async () => raise())],
  ])("passes a %s error on unchanged and marks the span", async (_, body) => {
    await expect(async () => await body()).rejects.toBe(ERROR);
    const span = telemetry.spans().find(({ name }) => name === "run bad")!;
    expect(span.status).toEqual({ code: 2, message: "boom" });
    expect(span.attributes).toMatchObject({ "error.type": "E_BOOM", "pitot.run.status": "failed" });
    expect(span.events.filter(({ name }) => name === "exception")).toHaveLength(1);
    const points = await telemetry.metrics();
    expect(points.find(({ name }) => name === "pitot.run.duration")?.attributes).toMatchObject({
      "pitot.run.status": "failed",
      "error.type": "E_BOOM",
    });
  });

  it("keeps two runs at once apart", async () => {
    const seen = await Promise.all(
      ["a", "b"].map((label) =>
        trackedRun({ label }, async (run) => {
          await new Promise((resolve) => setTimeout(resolve, 5));
          return [activeRun()!.label, run.label];
        }),
      ),
    );
    expect(seen).toEqual([
      ["a", "a"],
      ["b", "b"],
    ]);
  });

  it("keeps its records when another run is active", () => {
    const outer = startRun({ label: "outer" });
    trackedRun({ label: "inner" }, (inner) => {
      outer.recordEvent("of the outer", {});
      outer.stage("outer stage", () => {});
      inner.recordEvent("of the inner", {});
    });
    finishRun(outer);
    const span = (name: string) => telemetry.spans().find((candidate) => candidate.name === name);
    const events = (name: string) =>
      span(name)
        ?.events.map((event) => event.attributes?.["pitot.event.name"])
        .filter(Boolean);
    expect(events("run outer")).toEqual(["of the outer"]);
    expect(events("run inner")).toEqual(["of the inner"]);
    expect(span("stage outer stage")?.parentSpanContext?.spanId).toBe(
      span("run outer")?.spanContext().spanId,
    );
  });

  it("counts what comes after its end as dropped, and ends once", () => {
    const run = startRun({ label: "late" });
    const first = finishRun(run);
    expect(first.status).toBe("completed");
    run.recordEvent("late", {});
    expect(finishRun(run, { status: "failed" }).status).toBe("running");
    expect(telemetry.spans().filter(({ name }) => name === "run late")).toHaveLength(1);
  });

  it("is finished by await using", async () => {
    {
      await using run = startRun({ label: "scoped" });
      run.recordEvent("x", {});
    }
    expect(telemetry.spans().map(({ name }) => name)).toContain("run scoped");
  });

  it("needs a label", () => {
    expect(() => startRun({ label: "" })).toThrow('A run needs a label: "". Name the pipeline');
  });
});

describe("events and span limits", () => {
  it.each([128, 10, 3, 2, 1])("loses none of 1,000 rows under a limit of %i events", async (limit) => {
    await telemetry.shutdown();
    telemetry = createTelemetryHarness({ spanLimits: { eventCountLimit: limit } });
    const restore = configureRecording({ spanEventLimit: limit, exportRows: "all" });
    trackedRun({ label: "many" }, (run) => {
      for (let i = 0; i < 1000; i++) run.recordQualityRow("N", `${i}`, "I");
      for (let i = 0; i < 300; i++) run.recordEvent("e", { i });
    });
    restore();
    const spans = telemetry.spans();
    expect(spans.every(({ droppedEventsCount }) => droppedEventsCount === 0)).toBe(true);
    const events = spans.flatMap((span) => span.events);
    for (const [name, count] of [
      ["pitot.quality", 1000],
      ["pitot.event", 300],
    ] as const) {
      const ordinals = events
        .filter((event) => event.name === name)
        .map((event) => event.attributes!["pitot.record.seq"]);
      expect(ordinals).toHaveLength(count);
      expect(new Set(ordinals).size).toBe(count);
    }
  });

  it("exports up to the budget and counts the rest", async () => {
    const restore = configureRecording({ exportRows: 10 });
    trackedRun({ label: "budget" }, (run) => {
      for (let i = 0; i < 25; i++) run.recordQualityRow("N", `${i}`, "I", "t");
    });
    restore();
    const run = telemetry.spans().find(({ name }) => name === "run budget")!;
    const summary = run.events.find(({ name }) => name === "pitot.quality.summary")!;
    expect(summary.attributes).toMatchObject({ "pitot.quality.total": 25, "pitot.quality.exported": 10 });
    expect(run.attributes).toMatchObject({
      "pitot.run.records.exported": 10,
      "pitot.run.records.dropped": 15,
    });
  });
});

describe("an envelope", () => {
  it("hands out commit versions under its key", () => {
    const run = createRunContext({ label: "etl", key: "etl/2026-11-24", commitSequence: 4 });
    const [options, next] = run.nextCommitVersion();
    expect(options).toEqual({ appId: "etl/2026-11-24", version: 4 });
    expect(next.nextCommitVersion()[0].version).toBe(5);
    expect(run.commitSequence).toBe(4);
    expect(() => run.withSequence(-1)).toThrow("-1");
  });

  it("has ids that sort by time", () => {
    const ids = Array.from({ length: 5000 }, () => createRunContext({ label: "x" }).runId);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(5000);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe("sinks", () => {
  it("all get every record, whatever one of them does", () => {
    const one = new DiagnosticsCollector();
    const failing = new Proxy(one, { get: () => () => raise() });
    const two = new DiagnosticsCollector();
    trackedRun({ label: "x", sink: composeSinks(one, failing, two) }, (run) => {
      run.recordEvent("e", { a: 1 });
      run.recordMetric("m.one", 2, { t: "x" });
      run.recordQuality(new Set([{ entity_kind: "N", issue: "I" }]));
    });
    for (const sink of [one, two]) {
      expect(sink.eventsSnapshot()["e"]).toEqual([{ a: 1 }]);
      expect(sink.metricsSnapshot()).toEqual([["m.one", 2, { t: "x" }]]);
      expect(sink.qualitySnapshot()).toHaveLength(1);
    }
  });
});

describe("what a stage returns", () => {
  it("is waited for as `await` does, and left alone where it cannot be touched", async () => {
    const locked = new Proxy({}, { get: () => raise() });
    await trackedRun({ label: "thenables" }, async (run) => {
      // oxlint-disable-next-line unicorn/no-thenable -- one that calls back at once and returns nothing
      const value = run.stage("then", () => ({ then: (done: (value: number) => void) => done(3) }));
      expect(await value).toBe(3);
      expect(run.stage("locked", () => locked) === locked).toBe(true);
    });
    const statuses = telemetry
      .spans()
      .map(({ name, attributes }) => [name, attributes["pitot.stage.status"]]);
    expect(statuses).toEqual(
      expect.arrayContaining([
        ["stage then", "completed"],
        ["stage locked", "completed"],
      ]),
    );
  });
});

describe("a sink that fails", () => {
  const throwing = new Proxy(new DiagnosticsCollector(), { get: () => () => raise() });
  const rejecting = new Proxy(new DiagnosticsCollector(), { get: () => async () => raise() });

  it.each([
    ["throws", throwing],
    ["rejects", rejecting],
  ])("keeps nothing from OTel when it %s", async (_, sink) => {
    trackedRun({ label: "failing", sink }, (run) => {
      run.recordEvent("e", {});
      run.recordArtifact("a", {});
      run.recordQualityRow("N", "1", "I");
    });
    const events = telemetry.spans().flatMap((span) => span.events.map(({ name }) => name));
    expect(events).toEqual(
      expect.arrayContaining(["pitot.event", "pitot.artifact", "pitot.quality", "pitot.run.finished"]),
    );
    const active = (await telemetry.metrics()).find(
      ({ name, attributes }) => name === "pitot.run.active" && attributes["pitot.run.label"] === "failing",
    );
    expect(active?.value).toBe(0);
  });
});

const ERROR = Object.assign(new Error("boom"), { code: "E_BOOM" });
function raise(): never {
  throw ERROR;
}
