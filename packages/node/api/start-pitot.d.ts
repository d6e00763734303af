import { type Context } from "@opentelemetry/api";
import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Signal } from "./lazy-sdk.ts";
import type { Pitot, PitotOptions } from "./pitot-options.ts";
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
