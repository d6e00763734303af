import type { LogRecordProcessor } from "@opentelemetry/sdk-logs";
import type { PushMetricExporter, ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { RetentionLimits, SnapshotStore } from "@pitot/snapshot";
import { BackgroundUpkeep } from "./background-upkeep.ts";
import { DeliveryLogProcessor } from "./delivery-log-processor.ts";
import { DeliverySpanProcessor } from "./delivery-span-processor.ts";
import { otlpExporters, otlpSerializer, type OtlpExporters } from "./otlp-exporters.ts";
import { Outbox } from "./outbox.ts";

/** What is delivered, and how. */
export interface DeliverySetup {
  /** Sends over OTLP. */
  readonly otlp: boolean;
  /** Sends spans instead of the OTLP exporter. */
  readonly traceExporter: SpanExporter | undefined;
  readonly store: SnapshotStore | undefined;
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
  readonly #outbox: Outbox | undefined;
  readonly #upkeep: BackgroundUpkeep | undefined;

  /** @throws PitotError INVALID_CONFIGURATION, naming variable and value */
  constructor({ otlp, traceExporter, store, serviceName, retention }: DeliverySetup) {
    const outbox = store === undefined ? undefined : new Outbox(store.directory, serviceName);
    const exporters = otlp
      ? otlpExporters({
          onUndelivered: (signal, encoding, body) => outbox?.add(signal, encoding, body),
        })
      : undefined;
    this.#exporters = exporters;
    this.#outbox = outbox;
    const traces = traceExporter ?? exporters?.traces;
    this.#upkeep =
      store === undefined
        ? undefined
        : new BackgroundUpkeep({
            directory: store.directory,
            ...(traces === undefined ? {} : { exporter: traces }),
            ...(serviceName === undefined ? {} : { serviceName }),
            ...(retention === undefined ? {} : { retention }),
          });
    this.#spans =
      traces === undefined
        ? undefined
        : new DeliverySpanProcessor(traces, { store, onSpooled: () => this.#upkeep?.wake() });
    this.spanProcessors = this.#spans === undefined ? [] : [this.#spans];
    this.metricExporter = exporters?.metrics;
    this.#logs =
      exporters === undefined
        ? undefined
        : new DeliveryLogProcessor(exporters.logs, (records) => {
            const serializer = otlpSerializer("logs", exporters.encoding);
            const body = serializer.serializeRequest(records as never);
            if (body !== undefined) outbox?.add("logs", exporters.encoding, body);
          });
    this.logProcessors = this.#logs === undefined ? [] : [this.#logs];
  }

  /** Sends the spans that wait. Never rejects, and may take as long as the back end does. */
  async flushSpans(): Promise<void> {
    await this.#spans?.forceFlush();
  }

  /** Sends what was left to the snapshot, where there is something; the runs of this process must be closed by then. */
  async replayOwn(): Promise<void> {
    if ((this.#spans?.counts.spooled ?? 0) > 0) await this.#upkeep?.now();
  }

  /** Leaves everything that waits to the disk: the time for sending is over. */
  giveUp(): void {
    this.#spans?.giveUp();
    this.#logs?.giveUp();
    this.#exporters?.abort();
  }

  /** What must be on disk when the process ends by itself. Synchronous. */
  spill(): void {
    this.#logs?.giveUp();
  }

  /** Leaves metrics to the outbox. Synchronous. */
  spillMetrics(metrics: ResourceMetrics): void {
    if (this.#exporters === undefined) return;
    const { encoding } = this.#exporters;
    const body = otlpSerializer("metrics", encoding).serializeRequest(metrics as never);
    if (body !== undefined) this.#outbox?.add("metrics", encoding, body);
  }

  /** No upkeep begins any more. */
  stopUpkeep(): void {
    this.#upkeep?.stop();
  }
}
