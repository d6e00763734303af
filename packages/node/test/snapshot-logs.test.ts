import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SeverityNumber, type Logger } from "@opentelemetry/api-logs";
import { trackedRun } from "@pitot/core";
import { readRun } from "@pitot/snapshot";
import { Table, tableFromIPC } from "apache-arrow";
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { startPitot } from "../src/index.ts";
import { logs } from "../src/logs-api.ts";

const rowsOf = (table: Table | undefined): Record<string, unknown>[] =>
  (table?.toArray() ?? []).map((row) => (row as { toJSON(): Record<string, unknown> }).toJSON());

it("keeps log records in the run that is active, and the others in the session", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pitot-logs-"));
  const pitot = await startPitot({ snapshot: folder, otlp: false, serviceName: "logs", records: "both" });
  const logger = logs.getLogger("app") as Logger;
  logger.emit({ body: "outside" });
  const { runId, spanId, traceId } = trackedRun({ label: "logs" }, (run) => {
    logger.emit({
      severityNumber: SeverityNumber.INFO,
      severityText: "INFO",
      eventName: "loaded",
      body: { rows: 3, bytes: Uint8Array.of(1, 2) },
      attributes: { a: 1, nan: Number.NaN, "pitot.run.id": "somebody else's" },
    });
    run.recordEvent("e", { text: "é" });
    return { runId: run.runId, ...run.span.spanContext() };
  });
  await pitot.shutdown();
  const rows = rowsOf(await readRun(folder, runId).table("logs"));
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({
    severity_number: 9,
    severity_text: "INFO",
    event_name: "loaded",
    body: '{"rows":3,"bytes":"AQI="}',
    service_name: "logs",
    scope_name: "app",
    dropped_attributes_count: 0n,
    run_id: runId,
    trace_id: traceId,
    span_id: spanId,
  });
  expect(JSON.parse(String(rows.at(0)!["attributes"]))).toEqual({ a: 1, nan: "NaN", "pitot.run.id": runId });
  expect(rows[1]).toMatchObject({ event_name: "pitot.event", run_id: runId, severity_number: null });
  expect(JSON.parse(String(rows.at(1)!["attributes"]))).toMatchObject({ "pitot.event.name": "e" });
  const session = readdirSync(join(folder, "session")).at(0);
  const outside = rowsOf(tableFromIPC(readFileSync(join(folder, "session", session!, "logs.arrow"))));
  expect(outside).toMatchObject([{ body: "outside", run_id: null, trace_id: null, event_name: null }]);
  rmSync(folder, { recursive: true, force: true });
});
