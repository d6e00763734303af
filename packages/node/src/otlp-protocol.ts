import { PitotError } from "@pitot/core";
import type { OtlpSignal } from "./otlp-exporters.ts";

/** The protocol that the environment has for a signal: its own, else that of all. */
export function otlpProtocol(signal: OtlpSignal, env: NodeJS.ProcessEnv = process.env): string {
  return (
    env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_PROTOCOL`]?.trim() ||
    env["OTEL_EXPORTER_OTLP_PROTOCOL"]?.trim() ||
    "http/protobuf"
  );
}

/**
 * How requests of a signal are written.
 * @throws PitotError INVALID_CONFIGURATION for a protocol that Pitot does not speak
 */
export function otlpEncoding(signal: OtlpSignal): "json" | "proto" {
  const protocol = otlpProtocol(signal);
  switch (protocol) {
    case "http/protobuf":
      return "proto";
    case "http/json":
      return "json";
    default:
      throw new PitotError("INVALID_CONFIGURATION", `A protocol of ${signal} that Pitot does not speak`, {
        value: protocol,
        remedy: "Use http/protobuf or http/json.",
      });
  }
}
