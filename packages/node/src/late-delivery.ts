import { createRequire } from "node:module";
import type { LogRecordProcessor } from "@opentelemetry/sdk-logs";
import type { IMetricReader } from "@opentelemetry/sdk-metrics";
import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import { DeferredLogProcessor } from "./deferred-log-processor.ts";
import { DeferredMetricExporter } from "./deferred-metric-exporter.ts";
import { DeferredSpanProcessor } from "./deferred-span-processor.ts";
import type { Delivery, DeliverySetup } from "./delivery.ts";

/** A process that lives longer keeps its snapshot folder in order; a short one leaves that to others. */
const UPKEEP_AFTER_MS = 1000;

const require = createRequire(import.meta.url);

/** {@link Delivery}, loaded when there is something to deliver: exporters are most of what an application would wait for at its start. */
export class LateDelivery {
  readonly spanProcessors: readonly SpanProcessor[];
  /** Called when the first instrument is made; undefined where metrics go nowhere. */
  readonly metricReaders: (() => readonly IMetricReader[]) | undefined;
  readonly logRecordProcessors: (() => readonly LogRecordProcessor[]) | undefined;
  readonly #setup: DeliverySetup;
  readonly #import: () => Promise<typeof import("./delivery.ts")>;
  readonly #upkeep: NodeJS.Timeout;
  #loading: Promise<Delivery> | undefined;
  #delivery: Delivery | undefined;

  /** @param load gets the code of it */
  constructor(setup: DeliverySetup, load: () => Promise<typeof import("./delivery.ts")>) {
    this.#setup = setup;
    this.#import = load;
    const sends = setup.otlp || setup.traceExporter !== undefined;
    this.spanProcessors = sends
      ? [new DeferredSpanProcessor(async () => (await this.#load()).spanProcessors[0])]
      : [];
    this.metricReaders = setup.otlp ? () => [this.#metricReader()] : undefined;
    this.logRecordProcessors = setup.otlp
      ? () => [new DeferredLogProcessor(async () => (await this.#load()).logProcessors[0])]
      : undefined;
    this.#upkeep = setTimeout(() => void this.#load(), UPKEEP_AFTER_MS).unref();
  }

  /** See {@link Delivery.flushSpans}. */
  async flushSpans(): Promise<void> {
    await Promise.all(this.spanProcessors.map((processor) => processor.forceFlush()));
  }

  /** See {@link Delivery.replayOwn}. */
  async replayOwn(): Promise<void> {
    await this.#delivery?.replayOwn();
  }

  /** See {@link Delivery.giveUp}. */
  giveUp(): void {
    this.#delivery?.giveUp();
  }

  /** See {@link Delivery.spill}. */
  spill(): void {
    this.#delivery?.spill();
  }

  /** See {@link Delivery.stopUpkeep}. */
  stopUpkeep(): void {
    clearTimeout(this.#upkeep);
    this.#delivery?.stopUpkeep();
  }

  async #load(): Promise<Delivery> {
    this.#loading ??= this.#import().then(({ Delivery }) => new Delivery(this.#setup));
    return (this.#delivery = await this.#loading);
  }

  #metricReader(): IMetricReader {
    const { PeriodicExportingMetricReader } =
      require("@opentelemetry/sdk-metrics") as typeof import("@opentelemetry/sdk-metrics");
    // The SDK reads the variable only for readers that it makes itself.
    const interval = Number(process.env["OTEL_METRIC_EXPORT_INTERVAL"] || 60_000);
    return new PeriodicExportingMetricReader({
      exporter: new DeferredMetricExporter(async () => (await this.#load()).metricExporter),
      exportIntervalMillis: interval,
      exportTimeoutMillis: Math.min(interval, 30_000),
    });
  }
}
