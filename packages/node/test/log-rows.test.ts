import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { SeverityNumber } from "@opentelemetry/api-logs";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { LoggerProvider, type LogRecordProcessor } from "@opentelemetry/sdk-logs";
import { SnapshotStore } from "@pitot/snapshot";
import { startOtlpSink } from "@pitot/testing";
import { expect, it } from "vitest";
import { replay, SnapshotLogProcessor } from "../src/index.ts";
import { otlpExporters } from "../src/otlp-exporters.ts";

type LogRecord = Parameters<LogRecordProcessor["onEmit"]>[0];

it("sends log records exactly as they would have been sent", async () => {
  const directory = mkdtempSync(join(tmpdir(), "pitot-log-rows-"));
  const store = new SnapshotStore({ directory, delivery: "otlp", logDelivery: "otlp" });
  const emitted: LogRecord[] = [];
  const keep: LogRecordProcessor = {
    onEmit: (record) => emitted.push(record),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const provider = new LoggerProvider({
    resource: resourceFromAttributes({ "service.name": "test", "host.cpu": 2 }),
    processors: [new SnapshotLogProcessor(store), keep],
  });
  const logger = provider.getLogger("a scope", "1.2.3");
  const inside = trace.setSpanContext(ROOT_CONTEXT, {
    traceId: "ab".repeat(16),
    spanId: "cd".repeat(8),
    traceFlags: 1,
  });
  logger.emit({
    body: "plain",
    context: inside,
    timestamp: 1_700_000_000_123,
    severityNumber: SeverityNumber.INFO,
  });
  logger.emit({ body: '{"not":"an object"}', severityText: "WARN", eventName: "odd" });
  logger.emit({
    body: { deep: { list: [1, 0.5, "x", true, null] } },
    attributes: { nested: { a: [1] }, t: "é\0" },
  });
  logger.emit({ body: 42 });
  logger.emit({ body: false });
  logger.emit({ body: "" });
  logger.emit({ attributes: { only: 1 } });
  await store.close();

  await using direct = await startOtlpSink();
  await using replayed = await startOtlpSink();
  const { logs } = otlpExporters({ endpoint: direct.url });
  await new Promise((resolve) => logs.export(emitted, resolve));
  expect((await replay({ directory, endpoint: replayed.url })).logs.delivered).toBe(7);
  expect(replayed.requests.map(({ body }) => body)).toEqual(direct.requests.map(({ body }) => body));
  rmSync(directory, { recursive: true, force: true });
});
