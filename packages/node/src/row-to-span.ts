import { createTraceState, SpanKind, SpanStatusCode, TraceFlags, type Attributes } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { SpanRow } from "@pitot/snapshot";
import { hrTime, storedResource, storedScope } from "./stored-source.ts";

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
    resource: storedResource(row),
    instrumentationScope: storedScope(row),
    droppedAttributesCount: row.dropped_attributes_count,
    droppedEventsCount: row.dropped_events_count,
    droppedLinksCount: row.dropped_links_count,
  };
}
