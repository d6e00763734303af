import { type ReadableSpan, type SpanLimits } from "@opentelemetry/sdk-trace";
/** One point of a metric, flat. */
export interface MetricPoint {
    readonly name: string;
    readonly unit: string;
    readonly attributes: Readonly<Record<string, unknown>>;
    /** A number, or count and sum of a histogram. */
    readonly value: number | {
        readonly count: number;
        readonly sum: number | undefined;
    };
}
/** An OpenTelemetry set-up in memory, registered globally until it is shut down. */
export interface TelemetryHarness extends AsyncDisposable {
    /** Spans that have ended, in that order. */
    spans(): readonly ReadableSpan[];
    /** Collects now. */
    metrics(): Promise<MetricPoint[]>;
    shutdown(): Promise<void>;
}
/** How the harness is set up. */
export interface HarnessOptions {
    readonly spanLimits?: SpanLimits;
}
/**
 * Registers real providers that keep what they are given.
 *
 * ```ts
 * await using telemetry = createTelemetryHarness();
 * trackedRun({ label: "x" }, () => {});
 * telemetry.spans(); // [run started x, run x]
 * ```
 */
export declare function createTelemetryHarness(options?: HarnessOptions): TelemetryHarness;
