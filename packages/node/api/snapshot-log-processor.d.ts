import type { Context } from "@opentelemetry/api";
import type { LogRecordProcessor } from "@opentelemetry/sdk-logs";
import type { SnapshotStore } from "@pitot/snapshot";
/** A record as the SDK hands it on; named by its use, since its name differs between versions. */
type LogRecord = Parameters<LogRecordProcessor["onEmit"]>[0];
/**
 * Stamps the id of the active run on every log record that is emitted inside it, and keeps log records in the snapshot: those of a run in
 * its table `logs`, the others in the session's. Add it to the `logRecordProcessors` of a NodeSDK of your own, before the one that sends.
 */
export declare class SnapshotLogProcessor implements LogRecordProcessor {
    #private;
    /** @param store left out, records are stamped and not kept */
    constructor(store?: SnapshotStore);
    onEmit(record: LogRecord, at?: Context): void;
    forceFlush(): Promise<void>;
    shutdown(): Promise<void>;
}
export {};
