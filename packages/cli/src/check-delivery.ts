import { probeOtlp } from "@pitot/node/doctor";
import type { Finding } from "./finding.ts";

/** Whether telemetry arrives where it would go. */
export async function checkDelivery(): Promise<Finding> {
  const named = Boolean(
    process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] || process.env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"],
  );
  const { endpoint, protocol, delivered, error, code, traceId } = await probeOtlp();
  if (delivered)
    return {
      check: "delivery",
      outcome: "ok",
      message: `${endpoint} took a span over ${protocol} (trace ${traceId})`,
    };
  if (!named && code === "ECONNREFUSED")
    return {
      check: "delivery",
      outcome: "warning",
      message: `nothing listens at ${endpoint}; telemetry stays in the snapshot folder`,
      remedy: "Start a Collector (npm run backends, docker compose up), or set OTEL_EXPORTER_OTLP_ENDPOINT.",
    };
  return {
    check: "delivery",
    outcome: "problem",
    message: `${endpoint} did not take a span over ${protocol}: ${error ?? ""}`,
    remedy: deliveryRemedy(code),
  };
}

function deliveryRemedy(code: string | undefined): string {
  switch (code) {
    case "401":
    case "403":
      return "Give its credentials by OTEL_EXPORTER_OTLP_HEADERS.";
    case "404":
    case "405":
      return "OTEL_EXPORTER_OTLP_ENDPOINT is the address without v1/traces; OTEL_EXPORTER_OTLP_TRACES_ENDPOINT the whole one.";
    case "415":
      return "Try OTEL_EXPORTER_OTLP_PROTOCOL=http/json, or http/protobuf.";
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "ERR_INVALID_URL":
      return "Correct the host in OTEL_EXPORTER_OTLP_ENDPOINT.";
    case "EPROTO":
      return "It does not speak TLS: write http:// in OTEL_EXPORTER_OTLP_ENDPOINT.";
    default:
      if (code?.startsWith("HPE_") || code === "ECONNRESET")
        return "It does not speak HTTP as OTLP does. Port 4317 is gRPC's, which Pitot has not; OTLP over HTTP is on 4318.";
      if (/CERT|SELF_SIGNED|UNABLE_TO/.test(code ?? ""))
        return "Give its certificate authority by OTEL_EXPORTER_OTLP_CERTIFICATE.";
      return "Start the Collector, or correct OTEL_EXPORTER_OTLP_ENDPOINT and _PROTOCOL. HTTP_PROXY is not used.";
  }
}
