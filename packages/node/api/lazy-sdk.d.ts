import { type ContextManager } from "@opentelemetry/api";
import type { LogRecordProcessor } from "@opentelemetry/sdk-logs";
import type { IMetricReader } from "@opentelemetry/sdk-metrics";
import type { SpanProcessor } from "@opentelemetry/sdk-trace";
/** What {@link startLazySdk} sets up. The functions are called when the first span, instrument or log record is made. */
export interface LazySdkParts {
    readonly serviceName?: string;
    readonly contextManager: ContextManager;
    readonly spanProcessors: readonly SpanProcessor[];
    /** Left out, no meter provider is registered. */
    readonly metricReaders?: () => readonly IMetricReader[];
    readonly logRecordProcessors?: () => readonly LogRecordProcessor[];
}
/** An SDK whose parts are loaded when they are first used. */
export interface LazySdk {
    /** Flushes and closes the providers that exist. */
    shutdown(): Promise<void>;
    forceFlush(): Promise<void>;
    /** Takes what is ours out of the globals, so that another set-up finds them free; what the application has registered since then stays. */
    unregister(): void;
    /** Lets the application's provider of a signal take our place, also behind tracers that were handed out before. */
    yield(signal: Signal, successor: unknown): void;
}
/** The globals of OpenTelemetry's API. */
export type Signal = "trace" | "metrics" | "logs" | "context" | "propagation";
/**
 * Registers providers at once and loads the SDK behind them on first use, so that an application starts as fast as without.
 * Reads the `OTEL_*` variables that NodeSDK reads for resource, sampler, limits, propagators and log level.
 */
export declare function startLazySdk(parts: LazySdkParts): LazySdk;
