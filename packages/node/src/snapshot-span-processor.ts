import { SpanKind, SpanStatusCode, type Context, type HrTime } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace";
import { runIdOf } from "@pitot/core";
import { ATTR_RUN_ID, ATTR_SERVICE_NAME } from "@pitot/semconv";
import type { SnapshotStore, SpanRow } from "@pitot/snapshot";

/**
 * Stamps the id of the active run on every span that begins inside it, and keeps finished spans in the snapshot. Add it to the
 * `spanProcessors` of a NodeSDK of your own.
 */
export class SnapshotSpanProcessor implements SpanProcessor {
  readonly #store: SnapshotStore | undefined;

  /** @param store left out, spans are stamped and not kept */
  constructor(store?: SnapshotStore) {
    this.#store = store;
  }

  onStart(span: Span, parent: Context): void {
    const runId = runIdOf(parent);
    if (runId !== undefined) span.setAttribute(ATTR_RUN_ID, runId);
  }

  onEnd(span: ReadableSpan): void {
    this.#store?.addSpan(spanRow(span));
  }

  async forceFlush(): Promise<void> {
    this.#store?.flush();
  }

  async shutdown(): Promise<void> {
    this.#store?.flush();
  }
}

function spanRow(span: ReadableSpan): SpanRow {
  const { traceId, spanId, traceFlags } = span.spanContext();
  const runId = span.attributes[ATTR_RUN_ID];
  const service = span.resource.attributes[ATTR_SERVICE_NAME];
  return {
    trace_id: traceId,
    span_id: spanId,
    parent_span_id: span.parentSpanContext?.spanId ?? null,
    name: span.name,
    kind: SpanKind[span.kind],
    start_time_unix_nano: nanos(span.startTime),
    duration_time_unix_nano: nanos(span.duration),
    status_code: SpanStatusCode[span.status.code],
    status_message: span.status.message ?? null,
    attributes: JSON.stringify(span.attributes),
    events: JSON.stringify(
      span.events.map(({ name, time, attributes }) => ({
        name,
        time_unix_nano: String(nanos(time)),
        attributes,
      })),
    ),
    links: JSON.stringify(
      span.links.map(({ context, attributes }) => ({
        trace_id: context.traceId,
        span_id: context.spanId,
        attributes,
      })),
    ),
    service_name: typeof service === "string" ? service : null,
    dropped_events_count: span.droppedEventsCount,
    sampled: (traceFlags & 1) === 1,
    run_id: typeof runId === "string" ? runId : null,
  };
}

function nanos([seconds, nanoseconds]: HrTime): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
}
