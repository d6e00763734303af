import type { LogRecordExporter, LogRecordProcessor, ReadableLogRecord } from "@opentelemetry/sdk-logs";
import { METRIC_EXPORT_LOGS } from "@pitot/semconv";
import type { SnapshotStore } from "@pitot/snapshot";
import { DeliveryQueue, type DeliveryCounts } from "./delivery-queue.ts";
import { snapshotPlaceOf } from "./snapshot-place.ts";
import { attributeBytes } from "./span-bytes.ts";
import type { SpooledPlaces } from "./spooled-places.ts";
import { storedLogs } from "./stored-items.ts";

/** A record as the SDK hands it on; named by its use, since its name differs between versions. */
type SdkLogRecord = Parameters<LogRecordProcessor["onEmit"]>[0];

/**
 * Sends log records without the drops of the SDK's batch processor, and keeps the ledger of what was delivered: see {@link DeliveryQueue}.
 * What became of records is counted in `pitot.export.logs`. Put it after a `SnapshotLogProcessor` of the same store.
 */
export class DeliveryLogProcessor implements LogRecordProcessor {
  readonly #exporter: LogRecordExporter;
  readonly #queue: DeliveryQueue<ReadableLogRecord>;

  constructor(
    exporter: LogRecordExporter,
    store: SnapshotStore | undefined,
    onSpooled: (() => void) | undefined,
  ) {
    this.#exporter = exporter;
    this.#queue = new DeliveryQueue(
      {
        name: "log records",
        metric: METRIC_EXPORT_LOGS,
        export: (records, done) => exporter.export(records, done),
        store,
        table: "logs",
        read: storedLogs,
        onSpooled,
      },
      {
        batchItems: 512,
        batchBytes: 3 << 20,
        concurrency: 2,
        delayMs: 1000,
        queueItems: 50_000,
        queueBytes: 32 << 20,
      },
    );
  }

  get counts(): DeliveryCounts {
    return this.#queue.counts;
  }

  onEmit(record: SdkLogRecord): void {
    const { body } = record;
    const bytes = 160 + (typeof body === "string" ? body.length : 256) + attributeBytes(record.attributes);
    this.#queue.add(record, bytes, snapshotPlaceOf(record));
  }

  async forceFlush(): Promise<void> {
    await this.#queue.flush();
  }

  async shutdown(): Promise<void> {
    await this.#queue.end();
    await this.#exporter.shutdown();
  }

  /** Takes over records of the snapshot that nobody had room for before. */
  addSpooled(places: SpooledPlaces, records: number): void {
    this.#queue.addSpooled(places, records);
  }

  /** See {@link DeliveryQueue.leaveSpool}. */
  async leaveSpool(): Promise<void> {
    await this.#queue.leaveSpool();
  }

  /** Leaves everything that waits to the snapshot: the time for sending is over. */
  giveUp(): void {
    this.#queue.giveUp();
  }
}
