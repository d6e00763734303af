import type { MessageShape } from "./protobuf.ts";

// Field numbers of the OTLP messages, as https://github.com/open-telemetry/opentelemetry-proto (v1.7) defines them.

const ANY_VALUE: MessageShape = {
  1: ["stringValue", "string"],
  2: ["boolValue", "bool"],
  3: ["intValue", "int64"],
  4: ["doubleValue", "double"],
  5: ["arrayValue", (): MessageShape => ({ 1: ["values*", () => ANY_VALUE] })],
  6: ["kvlistValue", (): MessageShape => ({ 1: ["values*", () => KEY_VALUE] })],
  7: ["bytesValue", "bytes"],
};
const KEY_VALUE: MessageShape = { 1: ["key", "string"], 2: ["value", () => ANY_VALUE] };

const RESOURCE: MessageShape = { 1: ["attributes*", () => KEY_VALUE], 2: ["droppedAttributesCount", "int"] };
const SCOPE: MessageShape = {
  1: ["name", "string"],
  2: ["version", "string"],
  3: ["attributes*", () => KEY_VALUE],
};

const SPAN: MessageShape = {
  1: ["traceId", "hex"],
  2: ["spanId", "hex"],
  3: ["traceState", "string"],
  4: ["parentSpanId", "hex"],
  5: ["name", "string"],
  6: ["kind", "int"],
  7: ["startTimeUnixNano", "fixed64"],
  8: ["endTimeUnixNano", "fixed64"],
  9: ["attributes*", () => KEY_VALUE],
  10: ["droppedAttributesCount", "int"],
  11: [
    "events*",
    () => ({
      1: ["timeUnixNano", "fixed64"],
      2: ["name", "string"],
      3: ["attributes*", () => KEY_VALUE],
      4: ["droppedAttributesCount", "int"],
    }),
  ],
  12: ["droppedEventsCount", "int"],
  13: [
    "links*",
    () => ({
      1: ["traceId", "hex"],
      2: ["spanId", "hex"],
      3: ["traceState", "string"],
      4: ["attributes*", () => KEY_VALUE],
      5: ["droppedAttributesCount", "int"],
      6: ["flags", "fixed32"],
    }),
  ],
  14: ["droppedLinksCount", "int"],
  15: ["status", () => ({ 2: ["message", "string"], 3: ["code", "int"] })],
  16: ["flags", "fixed32"],
};

const NUMBER_POINT: MessageShape = {
  2: ["startTimeUnixNano", "fixed64"],
  3: ["timeUnixNano", "fixed64"],
  4: ["asDouble", "double"],
  6: ["asInt", "sfixed64"],
  7: ["attributes*", () => KEY_VALUE],
  8: ["flags", "int"],
};
const HISTOGRAM_POINT: MessageShape = {
  2: ["startTimeUnixNano", "fixed64"],
  3: ["timeUnixNano", "fixed64"],
  4: ["count", "fixed64"],
  5: ["sum", "double"],
  6: ["bucketCounts*", "packedFixed64"],
  7: ["explicitBounds*", "packedDouble"],
  9: ["attributes*", () => KEY_VALUE],
  10: ["flags", "int"],
  11: ["min", "double"],
  12: ["max", "double"],
};
const METRIC: MessageShape = {
  1: ["name", "string"],
  2: ["description", "string"],
  3: ["unit", "string"],
  5: ["gauge", () => ({ 1: ["dataPoints*", () => NUMBER_POINT] })],
  7: [
    "sum",
    () => ({
      1: ["dataPoints*", () => NUMBER_POINT],
      2: ["aggregationTemporality", "int"],
      3: ["isMonotonic", "bool"],
    }),
  ],
  9: [
    "histogram",
    () => ({ 1: ["dataPoints*", () => HISTOGRAM_POINT], 2: ["aggregationTemporality", "int"] }),
  ],
};

const LOG: MessageShape = {
  1: ["timeUnixNano", "fixed64"],
  2: ["severityNumber", "int"],
  3: ["severityText", "string"],
  5: ["body", () => ANY_VALUE],
  6: ["attributes*", () => KEY_VALUE],
  7: ["droppedAttributesCount", "int"],
  8: ["flags", "fixed32"],
  9: ["traceId", "hex"],
  10: ["spanId", "hex"],
  11: ["observedTimeUnixNano", "fixed64"],
  12: ["eventName", "string"],
};

/** The request message of each signal. */
export const OTLP_REQUESTS: Readonly<Record<"traces" | "metrics" | "logs", MessageShape>> = {
  traces: { 1: ["resourceSpans*", () => scoped("scopeSpans*", "spans*", SPAN)] },
  metrics: { 1: ["resourceMetrics*", () => scoped("scopeMetrics*", "metrics*", METRIC)] },
  logs: { 1: ["resourceLogs*", () => scoped("scopeLogs*", "logRecords*", LOG)] },
};

function scoped(scopes: string, items: string, item: MessageShape): MessageShape {
  return {
    1: ["resource", () => RESOURCE],
    2: [scopes, () => ({ 1: ["scope", () => SCOPE], 2: [items, () => item], 3: ["schemaUrl", "string"] })],
    3: ["schemaUrl", "string"],
  };
}
