import { createRequire } from "node:module";
import { diag } from "@opentelemetry/api";
import type { LogRecordProcessor } from "@opentelemetry/sdk-logs";
import type { IMetricReader, MetricProducer } from "@opentelemetry/sdk-metrics";
import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import { collectNow } from "./collect-now.ts";
import { DeferredLogProcessor } from "./deferred-log-processor.ts";
import { DeferredMetricExporter } from "./deferred-metric-exporter.ts";
import { DeferredSpanProcessor } from "./deferred-span-processor.ts";
import type { Delivery, DeliverySetup } from "./delivery.ts";
import { deliveryNow, loadDelivery } from "./load-delivery.ts";

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
  readonly #upkeep: NodeJS.Timeout;
  #loading: Promise<Delivery> | undefined;
  #delivery: Delivery | undefined;
  #logs: DeferredLogProcessor | undefined;
  /** What there is to collect, until it has been collected for the last time. */
  #metrics: MetricProducer | undefined;

  constructor(setup: DeliverySetup) {
    this.#setup = setup;
    const sends = setup.otlp || setup.traceExporter !== undefined;
    this.spanProcessors = sends
      ? [new DeferredSpanProcessor(async () => (await this.#load()).spanProcessors[0])]
      : [];
    this.metricReaders = setup.otlp ? () => [this.#metricReader()] : undefined;
    this.logRecordProcessors = setup.otlp
      ? () => [(this.#logs = new DeferredLogProcessor(async () => (await this.#load()).logProcessors[0]))]
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

  /** The last metrics and log records of a process that ends by itself: to the outbox, since nothing can be sent any more. Synchronous, never throws. */
  spillLast(): void {
    try {
      const metrics = this.#metrics === undefined ? undefined : collectNow(this.#metrics);
      this.#metrics = undefined;
      if (metrics === undefined && this.#logs?.waiting !== true) return;
      const delivery = this.#delivery ?? this.#loadNow();
      this.#logs?.begin(delivery.logProcessors[0]);
      delivery.spill();
      if (metrics !== undefined) delivery.spillMetrics(metrics);
    } catch (error) {
      diag.warn("pitot: the last metrics and log records of this process are in its snapshot alone", error);
    }
  }

  /** See {@link Delivery.stopUpkeep}. */
  stopUpkeep(): void {
    clearTimeout(this.#upkeep);
    this.#delivery?.stopUpkeep();
  }

  async #load(): Promise<Delivery> {
    this.#loading ??= loadDelivery().then(({ Delivery }) => new Delivery(this.#setup));
    return (this.#delivery = await this.#loading);
  }

  #loadNow(): Delivery {
    const { Delivery } = deliveryNow();
    return (this.#delivery = new Delivery(this.#setup));
  }

  #metricReader(): IMetricReader {
    const { PeriodicExportingMetricReader } =
      require("@opentelemetry/sdk-metrics") as typeof import("@opentelemetry/sdk-metrics");
    // The SDK reads the variable only for readers that it makes itself.
    const interval = Number(process.env["OTEL_METRIC_EXPORT_INTERVAL"] || 60_000);
    const keep = (producer: MetricProducer | undefined): void => {
      this.#metrics = producer;
    };
    class Reader extends PeriodicExportingMetricReader {
      override setMetricProducer(producer: MetricProducer): void {
        super.setMetricProducer(producer);
        keep(producer);
      }

      protected override async onShutdown(): Promise<void> {
        await super.onShutdown();
        keep(undefined);
      }
    }
    return new Reader({
      exporter: new DeferredMetricExporter(async () => (await this.#load()).metricExporter),
      exportIntervalMillis: interval,
      exportTimeoutMillis: Math.min(interval, 30_000),
    });
  }
}
