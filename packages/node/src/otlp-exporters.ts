import { OTLPMetricExporterBase } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPExporterBase } from "@opentelemetry/otlp-exporter-base";
import { convertLegacyHttpOptions } from "@opentelemetry/otlp-exporter-base/node-http";
import {
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from "@opentelemetry/otlp-transformer";
import type { LogRecordExporter, ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { PushMetricExporter, ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { OtlpDelegate, type OtlpSerializer } from "./otlp-delegate.ts";
import { otlpEncoding } from "./otlp-protocol.ts";
import { OtlpSender } from "./otlp-sender.ts";

/** The signals of OTLP. */
export type OtlpSignal = "traces" | "metrics" | "logs";

/** One exporter per signal, configured by the standard `OTEL_EXPORTER_OTLP_*` variables. */
export interface OtlpExporters {
  readonly traces: SpanExporter;
  readonly metrics: PushMetricExporter;
  readonly logs: LogRecordExporter;
  readonly encodings: Readonly<Record<OtlpSignal, "json" | "proto">>;
  /** What posts the requests of each signal. */
  readonly senders: Readonly<Record<OtlpSignal, OtlpSender>>;
  /** Ends what is under way; it counts as not delivered. */
  abort(): void;
}

/** How {@link otlpExporters} are made. */
export interface OtlpExporterOptions {
  /** Base URL instead of that of the environment. */
  readonly endpoint?: string;
  /** Is given the requests of metrics that could not be sent. Spans and log records are in the snapshot. */
  readonly onUndelivered?: (encoding: "json" | "proto", body: Uint8Array) => void;
}

/** The serializers of one encoding, by signal. */
interface OtlpSerializers {
  readonly traces: OtlpSerializer<ReadableSpan[]>;
  readonly metrics: OtlpSerializer<ResourceMetrics>;
  readonly logs: OtlpSerializer<ReadableLogRecord[]>;
}

const SERIALIZERS: Readonly<Record<"json" | "proto", OtlpSerializers>> = {
  json: { traces: JsonTraceSerializer, metrics: JsonMetricsSerializer, logs: JsonLogsSerializer },
  proto: {
    traces: ProtobufTraceSerializer,
    metrics: ProtobufMetricsSerializer,
    logs: ProtobufLogsSerializer,
  },
};

/**
 * Makes the exporters for `http/protobuf` (default) or `http/json`.
 *
 * @throws PitotError INVALID_CONFIGURATION for another protocol
 */
export function otlpExporters(options: OtlpExporterOptions = {}): OtlpExporters {
  const encodings = {
    traces: otlpEncoding("traces"),
    metrics: otlpEncoding("metrics"),
    logs: otlpEncoding("logs"),
  };
  const serializers = {
    traces: SERIALIZERS[encodings.traces].traces,
    metrics: SERIALIZERS[encodings.metrics].metrics,
    logs: SERIALIZERS[encodings.logs].logs,
  };
  const senders = {
    traces: otlpSender("traces", encodings.traces, options.endpoint),
    metrics: otlpSender("metrics", encodings.metrics, options.endpoint),
    logs: otlpSender("logs", encodings.logs, options.endpoint),
  };
  const keep = (body: Uint8Array): void => options.onUndelivered?.(encodings.metrics, body);
  return {
    traces: new OTLPExporterBase(new OtlpDelegate(serializers.traces, senders.traces)),
    metrics: new OTLPMetricExporterBase(new OtlpDelegate(serializers.metrics, senders.metrics, keep)),
    logs: new OTLPExporterBase(new OtlpDelegate(serializers.logs, senders.logs)),
    encodings,
    senders,
    abort: () => {
      for (const sender of Object.values(senders)) sender.abort();
    },
  };
}

/** What posts requests of one signal and encoding, as the environment configures it. */
export function otlpSender(signal: OtlpSignal, encoding: "json" | "proto", endpoint?: string): OtlpSender {
  const path = `v1/${signal}`;
  const target = convertLegacyHttpOptions(
    endpoint === undefined ? {} : { url: `${endpoint.replace(/\/+$/, "")}/${path}` },
    signal.toUpperCase(),
    path,
    { "Content-Type": encoding === "json" ? "application/json" : "application/x-protobuf" },
  );
  return new OtlpSender(target);
}

/** Understands the answers of a back end. */
export function otlpSerializer<Signal extends OtlpSignal>(
  signal: Signal,
  encoding: "json" | "proto",
): OtlpSerializers[Signal] {
  return SERIALIZERS[encoding][signal];
}
