import { connect } from "node:net";
import type { PushMetricExporter } from "@opentelemetry/sdk-metrics";
import type { LogRecordExporter } from "@opentelemetry/sdk-logs";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import { PitotError } from "@pitot/core";
import { backgroundAgent } from "./background-agent.ts";

/** One exporter per signal, configured by the standard `OTEL_EXPORTER_OTLP_*` variables. */
export interface OtlpExporters {
  readonly traces: SpanExporter;
  readonly metrics: PushMetricExporter;
  readonly logs: LogRecordExporter;
}

/**
 * Makes the exporters for `OTEL_EXPORTER_OTLP_PROTOCOL`: `http/protobuf` (default) or `http/json`. Imported lazily: each of the two
 * brings its own transport.
 *
 * @throws PitotError INVALID_CONFIGURATION for another protocol
 */
export async function otlpExporters(
  protocol: string = process.env["OTEL_EXPORTER_OTLP_PROTOCOL"] || "http/protobuf",
): Promise<OtlpExporters> {
  const options = { httpAgentOptions: backgroundAgent };
  switch (protocol) {
    case "http/protobuf": {
      const [traces, metrics, logs] = await Promise.all([
        import("@opentelemetry/exporter-trace-otlp-proto"),
        import("@opentelemetry/exporter-metrics-otlp-proto"),
        import("@opentelemetry/exporter-logs-otlp-proto"),
      ]);
      return {
        traces: new traces.OTLPTraceExporter(options),
        metrics: new metrics.OTLPMetricExporter(options),
        logs: new logs.OTLPLogExporter(options),
      };
    }
    case "http/json": {
      const [traces, metrics, logs] = await Promise.all([
        import("@opentelemetry/exporter-trace-otlp-http"),
        import("@opentelemetry/exporter-metrics-otlp-http"),
        import("@opentelemetry/exporter-logs-otlp-http"),
      ]);
      return {
        traces: new traces.OTLPTraceExporter(options),
        metrics: new metrics.OTLPMetricExporter(options),
        logs: new logs.OTLPLogExporter(options),
      };
    }
    default:
      throw new PitotError(
        "INVALID_CONFIGURATION",
        "OTEL_EXPORTER_OTLP_PROTOCOL names a protocol that Pitot does not speak",
        {
          value: protocol,
          remedy: "Use http/protobuf or http/json.",
        },
      );
  }
}

/** True where an endpoint is named by the environment, or something listens on the default one (127.0.0.1:4318). */
export async function otlpReachable(): Promise<boolean> {
  if (process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] || process.env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"])
    return true;
  return await new Promise((resolve) => {
    const socket = connect({ host: "localhost", port: 4318, timeout: 200 });
    const answer = (reachable: boolean) => (): void => {
      socket.destroy();
      resolve(reachable);
    };
    socket.once("connect", answer(true)).once("error", answer(false)).once("timeout", answer(false));
  });
}
