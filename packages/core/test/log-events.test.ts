import { createTelemetryHarness } from "@pitot/testing";
import { expect, it } from "vitest";
import { configureRecording, trackedRun, type LogEmitter } from "../src/index.ts";

type Emitted = Parameters<LogEmitter["emit"]>[0];

it.each([
  ["log", 0, 3],
  ["span", 3, 0],
  ["both", 3, 3],
] as const)("records go where %s says", async (records, onSpans, inLogs) => {
  await using telemetry = createTelemetryHarness();
  const logs: Emitted[] = [];
  const restore = configureRecording({ records, logEmitter: { emit: (record) => logs.push(record) } });
  const runId = trackedRun({ label: "logs" }, (run) => {
    run.recordEvent("e", { a: 1 });
    run.recordQualityRow("N", "1", "I");
    return run.runId;
  });
  restore();
  const names = ["pitot.event", "pitot.quality", "pitot.quality.summary"];
  const events = telemetry
    .spans()
    .flatMap((span) => span.events)
    .filter(({ name }) => names.includes(name));
  expect(events).toHaveLength(onSpans);
  expect(logs.map(({ eventName }) => eventName).sort()).toEqual(inLogs === 0 ? [] : names);
  for (const { attributes } of logs) expect(attributes["pitot.run.id"]).toBe(runId);
});
