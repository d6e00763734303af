export { createTelemetryHarness } from "./telemetry-harness.ts";
export type { HarnessOptions, MetricPoint, TelemetryHarness } from "./telemetry-harness.ts";
export { printTrace } from "./print-trace.ts";
export { startOtlpSink } from "./otlp-sink.ts";
export type { OtlpAnswer, OtlpRequest, OtlpSink, OtlpSpan } from "./otlp-sink.ts";
