import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { StoredLogRow } from "@pitot/snapshot";
import { hrTime, storedResource, storedScope } from "./stored-source.ts";

/** A log record of the snapshot as exporters take it, with its times and the ids of its span. Bytes are base64 text. */
export function readableLog(row: StoredLogRow): ReadableLogRecord {
  return {
    hrTime: hrTime(row.time_unix_nano),
    hrTimeObserved: hrTime(row.observed_time_unix_nano),
    ...(row.trace_id === null || row.span_id === null
      ? {}
      : { spanContext: { traceId: row.trace_id, spanId: row.span_id, traceFlags: row.trace_flags ?? 0 } }),
    ...(row.severity_text === null ? {} : { severityText: row.severity_text }),
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the table has the numbers of the enumeration
    ...(row.severity_number === null ? {} : { severityNumber: row.severity_number }),
    ...(row.body === null ? {} : { body: bodyOf(row.body, row.body_type) }),
    ...(row.event_name === null ? {} : { eventName: row.event_name }),
    resource: storedResource(row),
    instrumentationScope: storedScope(row),
    attributes: JSON.parse(row.attributes) as ReadableLogRecord["attributes"],
    droppedAttributesCount: row.dropped_attributes_count,
  };
}

function bodyOf(text: string, type: string | null): NonNullable<ReadableLogRecord["body"]> {
  return type === "json" ? (JSON.parse(text) as NonNullable<ReadableLogRecord["body"]>) : text;
}
