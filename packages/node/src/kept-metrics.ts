import { createRequire } from "node:module";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { isCumulative } from "./deferred-metric-exporter.ts";
import { MetricCheckpoint } from "./metric-checkpoint.ts";
import { otlpEncoding } from "./otlp-protocol.ts";
import { Outbox } from "./outbox.ts";

const require = createRequire(import.meta.url);

/**
 * The metrics that no back end has, on disk. Apart from what delivers, since a process that ends keeps its last metrics also while that is being
 * loaded: an import that is under way can be neither waited for nor required then.
 */
export class KeptMetrics {
  /** Requests that could not be sent. */
  readonly outbox: Outbox;
  /** What no export has had yet. */
  readonly checkpoint: MetricCheckpoint;
  readonly #encoding: "json" | "proto" = otlpEncoding("metrics");

  /** @throws PitotError INVALID_CONFIGURATION for a protocol that Pitot does not speak */
  constructor(directory: string, serviceName: string | undefined) {
    this.outbox = new Outbox(directory, serviceName);
    this.checkpoint = new MetricCheckpoint({
      directory,
      serviceName,
      encoding: this.#encoding,
      cumulative: isCumulative(),
      serialize: (metrics) => this.#serialize(metrics),
    });
  }

  /** Leaves metrics to the outbox: there is no time to send them. Synchronous. */
  spill(metrics: ResourceMetrics): void {
    const body = this.#serialize(metrics);
    if (body !== undefined) this.outbox.add(this.#encoding, body);
  }

  #serialize(metrics: ResourceMetrics): Uint8Array | undefined {
    const { JsonMetricsSerializer, ProtobufMetricsSerializer } =
      require("@opentelemetry/otlp-transformer") as typeof import("@opentelemetry/otlp-transformer");
    const serializer = this.#encoding === "json" ? JsonMetricsSerializer : ProtobufMetricsSerializer;
    return serializer.serializeRequest(metrics);
  }
}
