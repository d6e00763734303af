import { diag, type Context } from "@opentelemetry/api";
import type { LogRecordProcessor } from "@opentelemetry/sdk-logs";

/** A record as the SDK hands it on; named by its use, since its name differs between versions. */
type SdkLogRecord = Parameters<LogRecordProcessor["onEmit"]>[0];

/** Keeps log records until the processor behind it is loaded, which begins with the first of them. */
export class DeferredLogProcessor implements LogRecordProcessor {
  readonly #load: () => Promise<LogRecordProcessor | undefined>;
  #loading: Promise<void> | undefined;
  #waiting: [SdkLogRecord, Context | undefined][] | undefined = [];
  #processor: LogRecordProcessor | undefined;

  constructor(load: () => Promise<LogRecordProcessor | undefined>) {
    this.#load = load;
  }

  onEmit(record: SdkLogRecord, context?: Context): void {
    if (this.#waiting === undefined) {
      this.#processor?.onEmit(record, context);
      return;
    }
    this.#waiting.push([record, context]);
    this.#loading ??= this.#load()
      .catch((error: unknown) => {
        diag.error("pitot: log records cannot be delivered", error);
        return undefined;
      })
      .then((processor) => this.#begin(processor));
  }

  async forceFlush(): Promise<void> {
    await this.#loading;
    await this.#processor?.forceFlush();
  }

  async shutdown(): Promise<void> {
    await this.#loading;
    await this.#processor?.shutdown();
  }

  #begin(processor: LogRecordProcessor | undefined): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    this.#processor = processor;
    for (const [record, context] of waiting) processor?.onEmit(record, context);
  }
}
