import { trace, type Context } from "@opentelemetry/api";
import { nanoseconds, ordinals } from "./int64-column.ts";
import type { RecordColumn } from "./record-batch.ts";

/** What links rows that came together to their span and to their events: span, time, ordinals from `first` on. */
export function correlationColumns(
  at: Context,
  timeMs: number,
  first: number,
  length: number,
): Record<"trace_id" | "span_id" | "time_unix_nano" | "seq", RecordColumn> {
  const ids = trace.getSpan(at)?.spanContext();
  const codes = new Int32Array(length).fill(ids === undefined ? -1 : 0);
  const nullCount = ids === undefined ? length : 0;
  return {
    trace_id: { codes, values: ids === undefined ? [] : [ids.traceId], nullCount },
    span_id: { codes, values: ids === undefined ? [] : [ids.spanId], nullCount },
    time_unix_nano: new BigInt64Array(length).fill(nanoseconds(timeMs)),
    seq: ordinals(first, length),
  };
}
