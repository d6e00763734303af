import type { PushMetricExporter } from "@opentelemetry/sdk-metrics";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import type { RetentionLimits, SnapshotStore } from "@pitot/snapshot";
import { BackgroundUpkeep } from "./background-upkeep.ts";
import { DeliveryLogProcessor } from "./delivery-log-processor.ts";
import { DeliverySpanProcessor, type DeliveryOptions } from "./delivery-span-processor.ts";
import type { KeptMetrics } from "./kept-metrics.ts";
import { checkpointed } from "./metric-checkpoint.ts";
import { otlpExporters, type OtlpExporters, type OtlpSignal } from "./otlp-exporters.ts";

/** What is delivered, and how. */
export interface DeliverySetup {
  /** What is sent over OTLP. */
  readonly otlp: ReadonlySet<OtlpSignal>;
  /** Sends spans instead of the OTLP exporter. */
  readonly traceExporter: SpanExporter | undefined;
  readonly store: SnapshotStore | undefined;
  /** Where metrics go that are not sent. */
  readonly kept: KeptMetrics | undefined;
  readonly serviceName: string | undefined;
  readonly retention: RetentionLimits | undefined;
}

/**
 * The whole way of telemetry out of the process: exporters, processors, what is kept of it for later, and the replay of that. Everything
 * here is bounded and never keeps the process alive.
 */
export class Delivery {
  /** Undefined where spans go nowhere from here. */
  readonly spans: DeliverySpanProcessor | undefined;
  /** Undefined where log records go nowhere from here. */
  readonly logs: DeliveryLogProcessor | undefined;
  readonly metricExporter: PushMetricExporter | undefined;
  readonly #exporters: OtlpExporters | undefined;
  readonly #upkeep: BackgroundUpkeep | undefined;

  /** @throws PitotError INVALID_CONFIGURATION, naming variable and value */
  constructor({ otlp, traceExporter, store, kept, serviceName, retention }: DeliverySetup) {
    const exporters =
      otlp.size > 0
        ? otlpExporters({ onUndelivered: (encoding, body) => kept?.outbox.add(encoding, body) })
        : undefined;
    const logs = otlp.has("logs") ? exporters?.logs : undefined;
    const metrics = otlp.has("metrics") ? exporters : undefined;
    this.#exporters = exporters;
    const traces = traceExporter ?? (otlp.has("traces") ? exporters?.traces : undefined);
    this.#upkeep =
      store === undefined
        ? undefined
        : new BackgroundUpkeep({
            directory: store.directory,
            ...(traces === undefined ? {} : { exporter: traces }),
            ...(logs === undefined ? {} : { logExporter: logs }),
            metrics: metrics !== undefined,
            serviceName: serviceName ?? null,
            ...(retention === undefined ? {} : { retention }),
          });
    const onSpooled = (): void => this.#upkeep?.wake();
    this.spans =
      traces === undefined
        ? undefined
        : new DeliverySpanProcessor(traces, { store, onSpooled, ...batchesFromEnvironment() });
    this.metricExporter =
      metrics === undefined || kept === undefined
        ? metrics?.metrics
        : checkpointed(metrics.metrics, kept.checkpoint);
    this.logs = logs === undefined ? undefined : new DeliveryLogProcessor(logs, store, onSpooled);
  }

  /** Sends what was left to the snapshot, where there is something; the runs of this process must be closed by then. */
  async replayOwn(): Promise<void> {
    // Held by nobody then, and settled.
    await Promise.all([this.spans?.leaveSpool(), this.logs?.leaveSpool()]);
    const left = [this.spans, this.logs].some(
      (signal) => signal !== undefined && signal.counts.spooled > signal.counts.replayed,
    );
    if (left) await this.#upkeep?.now();
  }

  /** Leaves everything that waits to the disk: the time for sending is over. */
  giveUp(): void {
    this.spans?.giveUp();
    this.logs?.giveUp();
    this.#exporters?.abort();
  }

  /** No upkeep begins any more. */
  stopUpkeep(): void {
    this.#upkeep?.stop();
  }
}

/** The batches that `OTEL_BSP_*` asks for, checked by the configuration before. */
function batchesFromEnvironment(): Pick<DeliveryOptions, "delayMs" | "batchSpans" | "queueSpans"> {
  const read = <K extends string>(option: K, variable: string): { readonly [Key in K]?: number } => {
    const text = process.env[variable]?.trim();
    return text ? ({ [option]: Number(text) } as { readonly [Key in K]?: number }) : {};
  };
  return {
    ...read("delayMs", "OTEL_BSP_SCHEDULE_DELAY"),
    ...read("batchSpans", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"),
    ...read("queueSpans", "OTEL_BSP_MAX_QUEUE_SIZE"),
  };
}
