import type { Context } from "@opentelemetry/api";
import type { LogRecordProcessor } from "@opentelemetry/sdk-logs";
import { runIdOf } from "@pitot/core";
import { ATTR_RUN_ID, ATTR_SERVICE_NAME } from "@pitot/semconv";
import type { LogRow, SnapshotStore } from "@pitot/snapshot";
import { attributesText, jsonText } from "./attributes-text.ts";
import { resourceAttributes, resourceText } from "./resource-attributes.ts";
import { keptAt } from "./snapshot-place.ts";
import { nanos } from "./span-to-row.ts";

/** A record as the SDK hands it on; named by its use, since its name differs between versions. */
type LogRecord = Parameters<LogRecordProcessor["onEmit"]>[0];

/**
 * Stamps the id of the active run on every log record that is emitted inside it, and keeps log records in the snapshot: those of a run in
 * its table `logs`, the others in the session's. Add it to the `logRecordProcessors` of a NodeSDK of your own, before the one that sends.
 */
export class SnapshotLogProcessor implements LogRecordProcessor {
  readonly #store: SnapshotStore | undefined;

  /** @param store left out, records are stamped and not kept */
  constructor(store?: SnapshotStore) {
    this.#store = store;
  }

  onEmit(record: LogRecord, at?: Context): void {
    const runId = at === undefined ? undefined : runIdOf(at);
    if (runId !== undefined) record.setAttribute(ATTR_RUN_ID, runId);
    if (this.#store !== undefined) keptAt(record, this.#store.addLog(logRow(record)));
  }

  async forceFlush(): Promise<void> {
    this.#store?.flush();
  }

  async shutdown(): Promise<void> {
    this.#store?.flush();
  }
}

function logRow(record: LogRecord): LogRow {
  const { body, spanContext } = record;
  const runId = record.attributes[ATTR_RUN_ID];
  const service = resourceAttributes(record.resource)[ATTR_SERVICE_NAME];
  return {
    time_unix_nano: nanos(record.hrTime),
    observed_time_unix_nano: nanos(record.hrTimeObserved),
    severity_number: record.severityNumber ?? null,
    severity_text: record.severityText ?? null,
    event_name: record.eventName ?? null,
    body: body === undefined || body === null ? null : typeof body === "string" ? body : jsonText(body),
    body_type: body === undefined || body === null ? null : typeof body === "string" ? "string" : "json",
    attributes: attributesText(record.attributes),
    service_name: typeof service === "string" ? service : null,
    scope_name: record.instrumentationScope.name,
    scope_version: record.instrumentationScope.version ?? null,
    resource: resourceText(record.resource),
    dropped_attributes_count: record.droppedAttributesCount,
    run_id: typeof runId === "string" ? runId : null,
    trace_id: spanContext?.traceId ?? null,
    span_id: spanContext?.spanId ?? null,
    trace_flags: spanContext?.traceFlags ?? null,
  };
}
