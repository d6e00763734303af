import { createRequire } from "node:module";
import type { ExportResult } from "@opentelemetry/core";
import type {
  AggregationTemporality,
  InstrumentType,
  PushMetricExporter,
  ResourceMetrics,
} from "@opentelemetry/sdk-metrics";

/** Exports metrics by an exporter that is loaded at the first export; where there is none, they go nowhere. */
export class DeferredMetricExporter implements PushMetricExporter {
  readonly #load: () => Promise<PushMetricExporter | undefined>;
  #exporter: Promise<PushMetricExporter | undefined> | undefined;

  constructor(load: () => Promise<PushMetricExporter | undefined>) {
    this.#load = load;
  }

  export(metrics: ResourceMetrics, done: (result: ExportResult) => void): void {
    this.#exporter ??= this.#load();
    const { ExportResultCode } = require("@opentelemetry/core") as typeof import("@opentelemetry/core");
    this.#exporter.then(
      (exporter) =>
        exporter === undefined ? done({ code: ExportResultCode.SUCCESS }) : exporter.export(metrics, done),
      (error: unknown) => done({ code: ExportResultCode.FAILED, error: error as Error }),
    );
  }

  async forceFlush(): Promise<void> {
    await (await this.#exporter)?.forceFlush();
  }

  async shutdown(): Promise<void> {
    await (await this.#exporter)?.shutdown();
  }

  /** By `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE`, which must be known before the exporter is. */
  selectAggregationTemporality(instrument: InstrumentType): AggregationTemporality {
    const { AggregationTemporality } =
      require("@opentelemetry/sdk-metrics") as typeof import("@opentelemetry/sdk-metrics");
    const delta: readonly string[] | undefined = DELTA[preference()];
    return delta?.includes(instrument) === true
      ? AggregationTemporality.DELTA
      : AggregationTemporality.CUMULATIVE;
  }
}

// Enums are values: importing them would load the metrics SDK at start.
const require = createRequire(import.meta.url);

function preference(): string {
  return (
    process.env["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"]?.trim().toLowerCase() ?? "cumulative"
  );
}

/** Whether no instrument is exported as differences. */
export function isCumulative(): boolean {
  return !Object.hasOwn(DELTA, preference());
}

const DELTA: Readonly<Record<string, readonly string[]>> = {
  delta: ["COUNTER", "OBSERVABLE_COUNTER", "GAUGE", "HISTOGRAM", "OBSERVABLE_GAUGE"],
  lowmemory: ["COUNTER", "HISTOGRAM"],
};
