import type { RecordingOptions } from "@pitot/core";
import type { RetentionLimits } from "@pitot/snapshot";
import type { IMetricReader } from "@opentelemetry/sdk-metrics";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
/** How Pitot is set up. All optional; `OTEL_*` variables are honoured as the SDK does, `PITOT_*` where OTel has no name. */
export interface PitotOptions extends Omit<RecordingOptions, "targets" | "logEmitter" | "flushMs"> {
    /** Default `OTEL_SERVICE_NAME`. */
    readonly serviceName?: string;
    /** Folder of the snapshots, or false for none. Default `PITOT_DIR`, else `.pitot`. */
    readonly snapshot?: string | false;
    /**
     * Longest time in ms that a record waits in memory, and that what was written waits to be forced to the disk; `every` writes and forces
     * each batch at once, so that power loss takes nothing either. Default `PITOT_FLUSH`, else 1,000.
     */
    readonly flush?: number | "every";
    /** Bounds of the snapshot folder, kept in the background: by age, number and bytes. Default: everything is kept. */
    readonly retention?: RetentionLimits;
    /** `auto` (default): export where an endpoint is set in the environment or a Collector listens on port 4318. */
    readonly otlp?: boolean | "auto";
    /** Sends spans instead of the OTLP exporter. */
    readonly traceExporter?: SpanExporter;
    /** Reads metrics beside the OTLP exporter. */
    readonly metricReaders?: readonly IMetricReader[];
    /** Longest time in ms that `shutdown` waits for back ends. Default 5,000. */
    readonly shutdownMs?: number;
}
/** A running set-up. */
export interface Pitot extends AsyncDisposable {
    /** `started` an SDK of its own, `attached` to the one that the application had registered, or `disabled` by `OTEL_SDK_DISABLED`. */
    readonly mode: "started" | "attached" | "disabled";
    /** True where OTLP is sent by Pitot. */
    readonly exporting: boolean;
    readonly snapshotDirectory: string | undefined;
    /** Sends and writes what waits. Bounded; never rejects. */
    flush(): Promise<void>;
    /** Closes runs under way as aborted, delivers, compacts. Bounded, idempotent, never rejects. */
    shutdown(): Promise<void>;
}
