import { type Context } from "@opentelemetry/api";
import type { IMetricReader } from "@opentelemetry/sdk-metrics";
import type { SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace";
import { type RecordingOptions } from "@pitot/core";
import type { RetentionLimits } from "@pitot/snapshot";
import { type Signal } from "./lazy-sdk.ts";
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
/** A set-up as `register` needs it: ready to make room for the application's own SDK. */
export interface StartedPitot extends Pitot {
    readonly snapshotProcessor: SpanProcessor;
    /** Lets the application's provider of a signal take the place of ours. */
    yield(signal: Signal, successor: unknown): void;
}
/** What `register` adds to a set-up: the run of the process. */
export interface ProcessScope {
    /** The context of whatever is traced outside any other. */
    context(): Context;
    /** Makes the run be there before the set-up stops, which closes it. */
    ensure(): void;
    /** Flushes and closes providers that were set up for the process beside ours. */
    closeProviders(): Promise<void>;
}
/**
 * Sets up traces, metrics, logs and snapshots for this process, or attaches to the OpenTelemetry SDK that it has registered.
 *
 * ```ts
 * await using pitot = await startPitot({ serviceName: "nightly" });
 * ```
 *
 * An application with an SDK of its own adds `new SnapshotSpanProcessor(store)` and `new SnapshotLogProcessor(store)` to it, where it wants
 * spans and logs in snapshots too.
 *
 * @throws PitotError INVALID_CONFIGURATION, naming option or variable and value
 */
export declare function startPitot(options?: PitotOptions): Promise<Pitot>;
/** {@link startPitot} for `register`. */
export declare function startFor(options: PitotOptions, scope: ProcessScope): Promise<StartedPitot>;
/** True where the application, or an agent before us, has registered a tracer provider. */
export declare function hasProvider(): boolean;
