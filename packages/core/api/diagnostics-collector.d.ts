import type { DiagnosticsSink, Payload, QualityRow } from "./diagnostics-sink.ts";
import type { MetricOptions, MetricTags } from "./metric-series.ts";
import { type PlainObject } from "./plain-value.ts";
import { type QualityTable } from "./quality-table.ts";
/** One metric value as it was recorded. */
export type MetricSample = readonly [name: string, value: number, tags: Readonly<Record<string, string>>];
/**
 * Keeps events, artifacts and metrics in memory, for tests and for pipelines that look at their own diagnostics.
 *
 * Payloads are copied and redacted as everywhere. At most `limit` rows of each sort are kept (default 100,000); what comes after
 * is counted in {@link DiagnosticsCollector.dropped}. Attach it to a run to have it beside OTel and snapshot:
 *
 * ```ts
 * const diagnostics = new DiagnosticsCollector();
 * await trackedRun({ label: "nightly", sink: diagnostics }, async (run) => run.recordEvent("loaded", { rows: 3 }));
 * diagnostics.eventsSnapshot().loaded; // [{ rows: 3 }]
 * ```
 */
export declare class DiagnosticsCollector implements DiagnosticsSink {
    #private;
    constructor(options?: {
        readonly limit?: number;
    });
    /** Rows that came after the limit was reached. */
    get dropped(): number;
    recordEvent(name: string, properties: Payload): void;
    recordEvents(name: string, rows: readonly Payload[]): void;
    recordArtifact(name: string, payload: Payload): void;
    recordMetric(name: string, value: number, tags?: MetricTags, _options?: MetricOptions): void;
    recordQuality(rows: Iterable<QualityRow> | QualityTable): void;
    /** Events by name, copied. */
    eventsSnapshot(): Record<string, PlainObject[]>;
    /** Artifacts by name, copied. */
    artifactsSnapshot(): Record<string, PlainObject[]>;
    /** Metric values in the order in which they came, copied. */
    metricsSnapshot(): MetricSample[];
    /** Quality rows, copied. */
    qualitySnapshot(): QualityRow[];
}
