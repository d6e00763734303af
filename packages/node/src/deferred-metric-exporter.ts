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
    this.#exporter.then(
      (exporter) => (exporter === undefined ? done({ code: 0 }) : exporter.export(metrics, done)),
      (error: unknown) => done({ code: 1, error: error as Error }),
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
    const preference =
      process.env["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"]?.trim().toLowerCase() ?? "cumulative";
    const delta: readonly string[] | undefined = DELTA[preference];
    return delta?.includes(instrument) === true ? DELTA_TEMPORALITY : CUMULATIVE_TEMPORALITY;
  }
}

// The enum's values; importing it would load the metrics SDK at start.
const DELTA_TEMPORALITY = 0 as AggregationTemporality;
const CUMULATIVE_TEMPORALITY = 1 as AggregationTemporality;
const DELTA: Readonly<Record<string, readonly string[]>> = {
  delta: ["COUNTER", "OBSERVABLE_COUNTER", "GAUGE", "HISTOGRAM", "OBSERVABLE_GAUGE"],
  lowmemory: ["COUNTER", "HISTOGRAM"],
};
