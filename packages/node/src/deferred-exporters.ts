import { diag } from "@opentelemetry/api";
import type { ExportResult } from "@opentelemetry/core";
import type { LogRecordExporter, ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type {
  AggregationTemporality,
  InstrumentType,
  PushMetricExporter,
  ResourceMetrics,
} from "@opentelemetry/sdk-metrics";

const SUCCESS: ExportResult = { code: 0 };

/** Exports metrics by an exporter that is loaded at the first export; where there is none, they go nowhere. */
export class DeferredMetricExporter implements PushMetricExporter {
  readonly #load: () => Promise<PushMetricExporter | undefined>;
  #exporter: Promise<PushMetricExporter | undefined> | undefined;

  constructor(load: () => Promise<PushMetricExporter | undefined>) {
    this.#load = load;
  }

  export(metrics: ResourceMetrics, done: (result: ExportResult) => void): void {
    this.#exporter ??= tolerant(this.#load);
    void this.#exporter.then((exporter) =>
      exporter === undefined ? done(SUCCESS) : exporter.export(metrics, done),
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

/** Exports log records by an exporter that is loaded at the first export. */
export class DeferredLogExporter implements LogRecordExporter {
  readonly #load: () => Promise<LogRecordExporter | undefined>;
  #exporter: Promise<LogRecordExporter | undefined> | undefined;

  constructor(load: () => Promise<LogRecordExporter | undefined>) {
    this.#load = load;
  }

  export(records: ReadableLogRecord[], done: (result: ExportResult) => void): void {
    this.#exporter ??= tolerant(this.#load);
    void this.#exporter.then((exporter) =>
      exporter === undefined ? done(SUCCESS) : exporter.export(records, done),
    );
  }

  async forceFlush(): Promise<void> {
    await (await this.#exporter)?.forceFlush?.();
  }

  async shutdown(): Promise<void> {
    await (await this.#exporter)?.shutdown();
  }
}

async function tolerant<T>(load: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await load();
  } catch (error) {
    diag.error("pitot: an OTLP exporter cannot be loaded", error);
    return undefined;
  }
}
