import { context } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import type { LogRecordExporter, LogRecordProcessor } from "@opentelemetry/sdk-logs";

/** A record as the SDK hands it on; named by its use, since its name differs between versions. */
type SdkLogRecord = Parameters<LogRecordProcessor["onEmit"]>[0];

const BATCH = 512;
const DELAY_MS = 1000;
/** Records waiting in memory, beyond which the oldest go to the outbox. */
const QUEUE = 20_000;

/**
 * Sends log records in batches, one request at a time, without the drops of the SDK's batch processor. What waits too long, and what waits
 * when the process ends, is spilled: written to the outbox, to be replayed.
 */
export class DeliveryLogProcessor implements LogRecordProcessor {
  readonly #exporter: LogRecordExporter;
  readonly #spill: (records: SdkLogRecord[]) => void;
  #queue: SdkLogRecord[] = [];
  #underWay: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @param spill keeps records that will not be sent by this process. Synchronous. */
  constructor(exporter: LogRecordExporter, spill: (records: SdkLogRecord[]) => void) {
    this.#exporter = exporter;
    this.#spill = spill;
  }

  onEmit(record: SdkLogRecord): void {
    if (this.#stopped) return;
    this.#queue.push(record);
    if (this.#queue.length > QUEUE) this.#spill(this.#queue.splice(0, BATCH));
    if (this.#queue.length >= BATCH) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), DELAY_MS).unref();
  }

  async forceFlush(): Promise<void> {
    while (this.#queue.length > 0 || this.#underWay !== undefined) {
      this.#send();
      await this.#underWay;
    }
  }

  async shutdown(): Promise<void> {
    await this.forceFlush();
    this.#stopped = true;
    await this.#exporter.shutdown();
  }

  /** Leaves everything that waits to the outbox. Synchronous: for the end of the process. */
  giveUp(): void {
    clearTimeout(this.#timer);
    while (this.#queue.length > 0) this.#spill(this.#queue.splice(0, BATCH));
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#underWay !== undefined || this.#queue.length === 0) return;
    const batch = this.#queue.splice(0, BATCH);
    this.#underWay = new Promise<void>((resolve) => {
      context.with(suppressTracing(context.active()), () => {
        // What could not be sent is in the outbox by then.
        this.#exporter.export(batch, () => resolve());
      });
    }).then(() => {
      this.#underWay = undefined;
      if (this.#queue.length >= BATCH) this.#send();
      else if (this.#queue.length > 0) this.#timer ??= setTimeout(() => this.#send(), DELAY_MS).unref();
    });
  }
}
