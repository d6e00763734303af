import {
  createTraceState,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Attributes,
  type HrTime,
} from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { ATTR_SERVICE_NAME } from "@pitot/semconv";
import type { SpanRow } from "@pitot/snapshot";

interface StoredEvent {
  readonly name: string;
  readonly time_unix_nano: string;
  readonly attributes?: Attributes;
}

interface StoredLink {
  readonly trace_id: string;
  readonly span_id: string;
  readonly attributes?: Attributes;
}

/** A span of the snapshot as exporters take it, with its ids and times. */
export function readableSpan(row: SpanRow): ReadableSpan {
  const state = row.trace_state === null ? {} : { traceState: createTraceState(row.trace_state) };
  const context = {
    traceId: row.trace_id,
    spanId: row.span_id,
    traceFlags: row.sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    ...state,
  };
  return {
    name: row.name,
    kind: SpanKind[row.kind as keyof typeof SpanKind] ?? SpanKind.INTERNAL,
    spanContext: () => context,
    ...(row.parent_span_id === null
      ? {}
      : {
          parentSpanContext: {
            traceId: row.trace_id,
            spanId: row.parent_span_id,
            traceFlags: TraceFlags.SAMPLED,
          },
        }),
    startTime: hrTime(row.start_time_unix_nano),
    endTime: hrTime(row.start_time_unix_nano + row.duration_time_unix_nano),
    duration: hrTime(row.duration_time_unix_nano),
    status: {
      code: SpanStatusCode[row.status_code as keyof typeof SpanStatusCode] ?? SpanStatusCode.UNSET,
      ...(row.status_message === null ? {} : { message: row.status_message }),
    },
    attributes: JSON.parse(row.attributes) as Attributes,
    events: (JSON.parse(row.events) as StoredEvent[]).map(({ name, time_unix_nano, attributes }) => ({
      name,
      time: hrTime(BigInt(time_unix_nano)),
      attributes: attributes ?? {},
    })),
    links: (JSON.parse(row.links) as StoredLink[]).map(({ trace_id, span_id, attributes }) => ({
      context: { traceId: trace_id, spanId: span_id, traceFlags: TraceFlags.SAMPLED },
      attributes: attributes ?? {},
    })),
    ended: true,
    resource: resourceOf(row),
    instrumentationScope: scopeOf(row),
    droppedAttributesCount: row.dropped_attributes_count,
    droppedEventsCount: row.dropped_events_count,
    droppedLinksCount: row.dropped_links_count,
  };
}

// Exporters group by identity, so that one text is one object. The last few are enough: a folder has few.
const resources = new Map<string, ReadableSpan["resource"]>();
const scopes = new Map<string, ReadableSpan["instrumentationScope"]>();

function resourceOf({ resource, service_name: service }: SpanRow): ReadableSpan["resource"] {
  const text = resource ?? JSON.stringify({ [ATTR_SERVICE_NAME]: service ?? "unknown_service" });
  return one(resources, text, () => resourceFromAttributes(JSON.parse(text) as Attributes));
}

function scopeOf({
  scope_name: name,
  scope_version: version,
}: SpanRow): ReadableSpan["instrumentationScope"] {
  return one(scopes, JSON.stringify([name, version]), () => ({
    name: name ?? "",
    ...(version === null ? {} : { version }),
  }));
}

function one<T>(known: Map<string, T>, key: string, make: () => T): T {
  let value = known.get(key);
  if (value === undefined) {
    if (known.size >= 64) known.clear();
    value = make();
    known.set(key, value);
  }
  return value;
}

function hrTime(nanos: bigint): HrTime {
  return [Number(nanos / 1_000_000_000n), Number(nanos % 1_000_000_000n)];
}
