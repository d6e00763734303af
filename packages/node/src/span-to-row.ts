import { SpanKind, SpanStatusCode, type HrTime } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { ATTR_RUN_ID, ATTR_SERVICE_NAME } from "@pitot/semconv";
import type { SpanRow } from "@pitot/snapshot";
import { attributesText } from "./attributes-text.ts";
import { resourceAttributes, resourceText } from "./resource-attributes.ts";

/** A span as the snapshot keeps it; of one that has not ended, as it is now. */
export function spanRow(span: ReadableSpan): SpanRow {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  const runId = span.attributes[ATTR_RUN_ID];
  const service = resourceAttributes(span.resource)[ATTR_SERVICE_NAME];
  return {
    trace_id: traceId,
    span_id: spanId,
    parent_span_id: span.parentSpanContext?.spanId ?? null,
    name: span.name,
    kind: SpanKind[span.kind],
    start_time_unix_nano: nanos(span.startTime),
    duration_time_unix_nano: span.ended ? nanos(span.duration) : 0n,
    status_code: SpanStatusCode[span.status.code],
    status_message: span.status.message ?? null,
    attributes: attributesText(span.attributes),
    events: eventsText(span),
    links: linksText(span),
    service_name: typeof service === "string" ? service : null,
    dropped_events_count: span.droppedEventsCount,
    sampled: (traceFlags & 1) === 1,
    run_id: typeof runId === "string" ? runId : null,
    trace_state: traceState?.serialize() ?? null,
    dropped_attributes_count: span.droppedAttributesCount,
    dropped_links_count: span.droppedLinksCount,
    scope_name: span.instrumentationScope.name,
    scope_version: span.instrumentationScope.version ?? null,
    resource: resourceText(span.resource),
  };
}

function eventsText({ events }: ReadableSpan): string {
  if (events.length === 0) return "[]";
  const texts = events.map(
    ({ name, time, attributes }) =>
      `{"name":${JSON.stringify(name)},"time_unix_nano":"${nanos(time)}","attributes":${attributesText(attributes)}}`,
  );
  return `[${texts.join(",")}]`;
}

function linksText({ links }: ReadableSpan): string {
  if (links.length === 0) return "[]";
  const texts = links.map(
    ({ context, attributes }) =>
      `{"trace_id":"${context.traceId}","span_id":"${context.spanId}","attributes":${attributesText(attributes)}}`,
  );
  return `[${texts.join(",")}]`;
}

/** A time of the SDK as nanoseconds. */
export function nanos([seconds, nanoseconds]: HrTime): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
}
