import { createRequire } from "node:module";
import { diag } from "@opentelemetry/api";
import type { IMetricReader, MetricProducer, ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { RecordTarget, ScopeWriter } from "@pitot/core";
import { collectNow, peekNow } from "./collect-now.ts";
import { DeferredMetricExporter } from "./deferred-metric-exporter.ts";
import type { Delivery } from "./delivery.ts";
import type { KeptMetrics } from "./kept-metrics.ts";

const require = createRequire(import.meta.url);

/** Checkpoints take a 400th of the process's time at most, but for the first, which loads and compiles what it needs, and one that something held up. */
const SHARE = 400;

/** What {@link LateMetrics} needs of who delivers. */
export interface MetricDelivery {
  readonly load: () => Promise<Delivery>;
  readonly loaded: () => boolean;
  /** Undefined where there is no disk to keep them on. */
  readonly kept: KeptMetrics | undefined;
  /** Of the snapshot: undefined without one, 0 where each record is on disk before the call returns. */
  readonly flushMs: number | undefined;
}

/**
 * The metric side of the delivery: the reader that exports them, and between two exports a checkpoint on disk, each flush interval. The
 * observable instruments of the application are asked by exports alone, since their callbacks cost what they cost.
 */
export class LateMetrics implements RecordTarget {
  readonly #delivery: MetricDelivery;
  /** What there is to collect, until it has been collected for the last time. */
  #producer: MetricProducer | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** What the last checkpoint took. */
  #lastMs = 0;

  constructor(delivery: MetricDelivery) {
    this.#delivery = delivery;
  }

  /** To be called once. */
  reader(): IMetricReader {
    const { PeriodicExportingMetricReader } =
      require("@opentelemetry/sdk-metrics") as typeof import("@opentelemetry/sdk-metrics");
    // The SDK reads the variable only for readers that it makes itself.
    const interval = Number(process.env["OTEL_METRIC_EXPORT_INTERVAL"] || 60_000);
    const keep = (producer: MetricProducer | undefined): void => {
      this.#producer = producer;
      this.#arm(0);
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
      exporter: new DeferredMetricExporter(async () => (await this.#delivery.load()).metricExporter),
      exportIntervalMillis: interval,
      exportTimeoutMillis: Math.min(interval, Number(process.env["OTEL_METRIC_EXPORT_TIMEOUT"] || 30_000)),
    });
  }

  /** Where each record is to be on disk before its call returns, so are the metrics of runs. */
  open(): ScopeWriter | undefined {
    if (this.#delivery.flushMs !== 0) return undefined;
    return {
      uri: undefined,
      write: ({ kind }) => {
        if (kind === "metric") this.checkpoint();
      },
      finish: () => {},
    };
  }

  /** The last collection of the process; undefined where there is nothing, or it was exported. @throws TypeError where the SDK is made otherwise */
  collectLast(): ResourceMetrics | undefined {
    const producer = this.#producer;
    this.#producer = undefined;
    clearTimeout(this.#timer);
    return producer && collectNow(producer);
  }

  /** Keeps the metrics of now on disk until they are exported. Synchronous, never throws. */
  checkpoint(): void {
    const { kept } = this.#delivery;
    if (this.#producer === undefined || kept === undefined) return;
    try {
      const metrics = peekNow(this.#producer, (scope) => scope === "pitot");
      if (metrics !== undefined) kept.checkpoint.write(metrics);
    } catch (error) {
      this.#producer = undefined;
      diag.warn(
        "pitot: should this process be killed, its metrics since their last export are in the snapshot alone",
        error,
      );
    }
  }

  #arm(costMs: number): void {
    clearTimeout(this.#timer);
    const { flushMs, loaded } = this.#delivery;
    if (this.#producer === undefined || flushMs === undefined) return;
    this.#timer = setTimeout(
      () => {
        const began = performance.now();
        // A process that has just begun is not made to load what delivers.
        if (loaded()) this.checkpoint();
        const tookMs = performance.now() - began;
        this.#arm(Math.min(tookMs, this.#lastMs));
        this.#lastMs = tookMs;
      },
      Math.max(flushMs || 1000, costMs * SHARE),
    ).unref();
  }
}
