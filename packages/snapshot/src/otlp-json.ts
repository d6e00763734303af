import type { RecordBatch } from "apache-arrow";
import { spanRows, type SpanRow } from "./span-row.ts";

const KINDS = ["INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];
const STATUSES = ["UNSET", "OK", "ERROR"];

interface StoredEvent {
  readonly name: string;
  readonly time_unix_nano: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

interface StoredLink {
  readonly trace_id: string;
  readonly span_id: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/**
 * The spans of a batch as OTLP/JSON, one `TracesData` object per resource.
 * Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function* otlpLines(batch: RecordBatch): Generator<string> {
  const resources = new Map<string, SpanRow[]>();
  for (const row of spanRows(batch)) {
    const key = row.resource ?? JSON.stringify({ "service.name": row.service_name ?? "unknown_service" });
    const rows = resources.get(key);
    if (rows === undefined) resources.set(key, [row]);
    else rows.push(row);
  }
  for (const [resource, rows] of resources)
    yield JSON.stringify({
      resourceSpans: [
        {
          resource: { attributes: keyValues(JSON.parse(resource) as object) },
          scopeSpans: [...scopes(rows)].map(([, ofScope]) => ({
            scope: { name: ofScope[0]!.scope_name ?? "", version: ofScope[0]!.scope_version ?? "" },
            spans: ofScope.map(otlpSpan),
          })),
        },
      ],
    });
}

function scopes(rows: readonly SpanRow[]): Map<string, SpanRow[]> {
  const scopes = new Map<string, SpanRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.scope_name, row.scope_version]);
    const ofScope = scopes.get(key);
    if (ofScope === undefined) scopes.set(key, [row]);
    else ofScope.push(row);
  }
  return scopes;
}

function otlpSpan(row: SpanRow): object {
  return {
    traceId: row.trace_id,
    spanId: row.span_id,
    ...(row.trace_state === null ? {} : { traceState: row.trace_state }),
    ...(row.parent_span_id === null ? {} : { parentSpanId: row.parent_span_id }),
    name: row.name,
    kind: KINDS.indexOf(row.kind) + 1,
    startTimeUnixNano: String(row.start_time_unix_nano),
    endTimeUnixNano: String(row.start_time_unix_nano + row.duration_time_unix_nano),
    attributes: keyValues(JSON.parse(row.attributes) as object),
    droppedAttributesCount: row.dropped_attributes_count,
    events: (JSON.parse(row.events) as StoredEvent[]).map((event) => ({
      name: event.name,
      timeUnixNano: event.time_unix_nano,
      attributes: keyValues(event.attributes ?? {}),
    })),
    droppedEventsCount: row.dropped_events_count,
    links: (JSON.parse(row.links) as StoredLink[]).map((link) => ({
      traceId: link.trace_id,
      spanId: link.span_id,
      attributes: keyValues(link.attributes ?? {}),
    })),
    droppedLinksCount: row.dropped_links_count,
    status: {
      code: Math.max(0, STATUSES.indexOf(row.status_code)),
      ...(row.status_message === null ? {} : { message: row.status_message }),
    },
  };
}

function keyValues(attributes: object): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: unknown): object {
  switch (typeof value) {
    case "string":
      return { stringValue: value };
    case "boolean":
      return { boolValue: value };
    case "number":
      // Beyond that it is no text of an int64: a Collector would refuse the whole line.
      return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
    default:
      return Array.isArray(value) ? { arrayValue: { values: value.map(anyValue) } } : {};
  }
}
