import { diag } from "@opentelemetry/api";
import type { LogRecordProcessor } from "@opentelemetry/sdk-logs";
import type { IMetricReader } from "@opentelemetry/sdk-metrics";
import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import type { RecordTarget } from "@pitot/core";
import { deferredLogProcessor, deferredSpanProcessor } from "./deferred-processors.ts";
import type { Delivery, DeliverySetup } from "./delivery.ts";
import { KeptMetrics } from "./kept-metrics.ts";
import { LateMetrics } from "./late-metrics.ts";
import { loadDelivery } from "./load-delivery.ts";

/** A process that lives longer keeps its snapshot folder in order; a short one leaves that to others. */
const UPKEEP_AFTER_MS = 1000;

/** {@link Delivery}, loaded when there is something to deliver: exporters are most of what an application would wait for at its start. */
export class LateDelivery {
  readonly spanProcessors: readonly SpanProcessor[];
  /** Called when the first instrument is made; undefined where metrics go nowhere. */
  readonly metricReaders: (() => readonly IMetricReader[]) | undefined;
  readonly logRecordProcessors: (() => readonly LogRecordProcessor[]) | undefined;
  /** What else must hear of records. */
  readonly recordTargets: readonly RecordTarget[];
  readonly #setup: DeliverySetup;
  readonly #upkeep: NodeJS.Timeout;
  #loading: Promise<Delivery> | undefined;
  #delivery: Delivery | undefined;
  #logs: LogRecordProcessor | undefined;
  readonly #metrics: LateMetrics;

  constructor(setup: Omit<DeliverySetup, "kept">) {
    const { store, serviceName } = setup;
    const kept =
      store === undefined || !setup.otlp.has("metrics")
        ? undefined
        : new KeptMetrics(store.directory, serviceName);
    this.#setup = { ...setup, kept };
    this.#metrics = new LateMetrics({
      load: async () => await this.#load(),
      loaded: () => this.#delivery !== undefined,
      kept,
      flushMs: store?.flushMs,
    });
    const sends = setup.otlp.has("traces") || setup.traceExporter !== undefined;
    this.spanProcessors = sends ? [deferredSpanProcessor(async () => (await this.#load()).spans)] : [];
    this.metricReaders = setup.otlp.has("metrics") ? () => [this.#metrics.reader()] : undefined;
    this.logRecordProcessors = setup.otlp.has("logs")
      ? () => [(this.#logs = deferredLogProcessor(async () => (await this.#load()).logs))]
      : undefined;
    this.recordTargets = setup.otlp.has("metrics") ? [this.#metrics] : [];
    this.#upkeep = setTimeout(() => {
      this.#load().catch((error: unknown) =>
        diag.warn("pitot: the snapshot folder is not looked after", error),
      );
    }, UPKEEP_AFTER_MS).unref();
  }

  /** Sends the spans and log records that wait. Never rejects, and may take as long as the back end does. */
  async flush(): Promise<void> {
    const logs = this.#logs === undefined ? [] : [this.#logs];
    await Promise.all([...this.spanProcessors, ...logs].map((processor) => processor.forceFlush()));
  }

  /** See {@link Delivery.replayOwn}. */
  async replayOwn(): Promise<void> {
    await this.#delivery?.replayOwn();
  }

  /** See {@link Delivery.giveUp}. */
  giveUp(): void {
    this.#delivery?.giveUp();
  }

  /** The last metrics of a process that ends by itself: to the outbox, since nothing can be sent any more. Synchronous, never throws. */
  spillLast(): void {
    try {
      const metrics = this.#metrics.collectLast();
      if (metrics !== undefined) this.#setup.kept?.spill(metrics);
      this.closeMetrics();
    } catch (error) {
      diag.warn("pitot: the last metrics of this process are in its snapshot alone", error);
    }
  }

  /** Keeps the metrics of now on disk until they are exported. Synchronous, never throws. */
  checkpointMetrics(): void {
    this.#metrics.checkpoint();
  }

  /** All metrics are delivered, or in the outbox. */
  closeMetrics(): void {
    this.#setup.kept?.checkpoint.close();
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
}
