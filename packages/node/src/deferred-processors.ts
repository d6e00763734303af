import type { LogRecordProcessor } from "@opentelemetry/sdk-logs";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace";
import { METRIC_EXPORT_LOGS, METRIC_EXPORT_SPANS } from "@pitot/semconv";
import { DeferredItems, type LateProcessor } from "./deferred-items.ts";

/** A record as the SDK hands it on; named by its use, since its name differs between versions. */
type SdkLogRecord = Parameters<LogRecordProcessor["onEmit"]>[0];

/** {@link DeferredItems} for finished spans. */
export function deferredSpanProcessor(
  load: () => Promise<(SpanProcessor & LateProcessor) | undefined>,
): SpanProcessor {
  const spans = new DeferredItems({
    name: "spans",
    metric: METRIC_EXPORT_SPANS,
    limit: 200_000,
    load,
    hand: (processor, span: ReadableSpan) => processor.onEnd(span),
  });
  return {
    onStart: () => {},
    onEnd: (span) => {
      if ((span.spanContext().traceFlags & 1) !== 0) spans.add(span);
    },
    forceFlush: async () => await spans.forceFlush(),
    shutdown: async () => await spans.shutdown(),
  };
}

/** {@link DeferredItems} for log records. */
export function deferredLogProcessor(
  load: () => Promise<(LogRecordProcessor & LateProcessor) | undefined>,
): LogRecordProcessor {
  const records = new DeferredItems({
    name: "log records",
    metric: METRIC_EXPORT_LOGS,
    limit: 50_000,
    load,
    hand: (processor, record: SdkLogRecord) => processor.onEmit(record),
  });
  return {
    onEmit: (record) => records.add(record),
    forceFlush: async () => await records.forceFlush(),
    shutdown: async () => await records.shutdown(),
  };
}
