import type { Context } from "@opentelemetry/api";
import { Accounting } from "./accounting.ts";
import type { ColumnRecords } from "./column-records.ts";
import { type DiagnosticsSink, type Payload, type QualityRow } from "./diagnostics-sink.ts";
import type { MetricOptions, MetricTags } from "./metric-series.ts";
import { type QualityTable } from "./quality-table.ts";
import type { ScopeInfo } from "./record-target.ts";
import type { RunPayload } from "./run-payload.ts";
import type { SdkLimits } from "./sdk-limits.ts";
/**
 * What a run, and the session outside runs, record into: a recorder per kind, which share clock, context and flush interval. Every public
 * method is safe to call from a pipeline: nothing throws.
 */
export declare class RecordScope implements DiagnosticsSink {
    #private;
    readonly accounting: Accounting;
    /** The user's own sink, guarded. */
    readonly sink: DiagnosticsSink | undefined;
    /** What the SDK keeps of spans. */
    readonly limits: SdkLimits;
    /** @param at the context of the run, for records that come from outside it */
    constructor(scope: ScopeInfo, at: Context, sink?: DiagnosticsSink);
    /** Where the records can be read later; undefined where they are not stored. */
    get uri(): string | undefined;
    recordEvent(name: string, properties: Payload): void;
    recordEvents(name: string, rows: readonly Payload[]): void;
    recordArtifact(name: string, payload: Payload): void;
    recordMetric(name: string, value: number, tags?: MetricTags, options?: MetricOptions): void;
    recordQuality(rows: Iterable<QualityRow> | QualityTable): void;
    /** One quality row without an object. */
    recordQualityRow(entityKind: string, entityId: string | null, issue: string, sourceTable: string | null, ordinal: number | bigint | undefined): void;
    /** Rows by column: stored as they are, told as events while the budget of their kind lasts. */
    recordColumns(records: ColumnRecords): void;
    /** Writes what waits in memory to storage. Synchronous. */
    flush(): void;
    /** Emits the summaries, flushes, ends carriers. Later records are counted as dropped. */
    close(): void;
    /** Tells storage that the run has ended; {@link RecordScope.close} came before. */
    finish(run: RunPayload | undefined): void;
}
