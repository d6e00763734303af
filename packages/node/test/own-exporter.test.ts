import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { trackedRun } from "@pitot/core";
import { listRuns, readRun } from "@pitot/snapshot";
import { startOtlpSink } from "@pitot/testing";
import { expect, it } from "vitest";
import { replay, startPitot } from "../src/index.ts";

it("sends through an exporter that the user brings, and knows what it has confirmed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pitot-own-exporter-"));
  await using sink = await startOtlpSink();
  const pitot = await startPitot({
    snapshot: folder,
    otlp: false,
    serviceName: "own",
    traceExporter: new OTLPTraceExporter({ url: `${sink.url}/v1/traces` }),
  });
  trackedRun({ label: "own" }, (run) => run.stage("load", () => run.recordEvent("loaded", { rows: 3 })));
  await pitot.shutdown();
  const [id] = listRuns(folder);
  const stored = (await readRun(folder, id ?? "").table("spans"))?.getChild("span_id")?.toArray() as string[];
  expect(stored.length).toBeGreaterThan(2);
  expect(sink.spans.map(({ spanId }) => spanId).toSorted()).toEqual([...stored].toSorted());
  const { spans, sent } = await replay({ directory: folder, endpoint: sink.url });
  expect([spans, sent]).toEqual([0, 0]);
  rmSync(folder, { recursive: true, force: true });
});
