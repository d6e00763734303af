import type { LogRecordProcessor } from "@opentelemetry/sdk-logs";
import type { PushMetricExporter } from "@opentelemetry/sdk-metrics";
import type { SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace";
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
  readonly spanProcessors: readonly SpanProcessor[];
  readonly metricExporter: PushMetricExporter | undefined;
  readonly logProcessors: readonly LogRecordProcessor[];
  readonly #exporters: OtlpExporters | undefined;
  readonly #spans: DeliverySpanProcessor | undefined;
  readonly #logs: DeliveryLogProcessor | undefined;
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
            ...(serviceName === undefined ? {} : { serviceName }),
            ...(retention === undefined ? {} : { retention }),
          });
    const onSpooled = (): void => this.#upkeep?.wake();
    this.#spans =
      traces === undefined
        ? undefined
        : new DeliverySpanProcessor(traces, { store, onSpooled, ...batchesFromEnvironment() });
    this.spanProcessors = this.#spans === undefined ? [] : [this.#spans];
    this.metricExporter =
      metrics === undefined || kept === undefined
        ? metrics?.metrics
        : checkpointed(metrics.metrics, kept.checkpoint);
    this.#logs = logs === undefined ? undefined : new DeliveryLogProcessor(logs, store, onSpooled);
    this.logProcessors = this.#logs === undefined ? [] : [this.#logs];
  }

  /** Sends what was left to the snapshot, where there is something; the runs of this process must be closed by then. */
  async replayOwn(): Promise<void> {
    const spooled = (this.#spans?.counts.spooled ?? 0) + (this.#logs?.counts.spooled ?? 0);
    if (spooled > 0) await this.#upkeep?.now();
  }

  /** Leaves everything that waits to the disk: the time for sending is over. */
  giveUp(): void {
    this.#spans?.giveUp();
    this.#logs?.giveUp();
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
