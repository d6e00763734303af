import type { ColumnRecords } from "./column-records.ts";
import type { DiagnosticsSink, Payload, QualityRow } from "./diagnostics-sink.ts";
import type { MetricOptions, MetricTags } from "./metric-series.ts";
import type { QualityTable } from "./quality-table.ts";
/**
 * A sink for code that has no run at hand: records go to the run that is active in the caller's context, and outside any run, or after its
 * end, to the session of the process. The session's tables lie in the snapshot's `session/<id>/`; its events are on the active span, else
 * on root spans `records event` that end with each flush interval. Nothing throws.
 */
declare class Session implements DiagnosticsSink {
    #private;
    recordEvent(name: string, properties: Payload): void;
    recordEvents(name: string, rows: readonly Payload[]): void;
    recordArtifact(name: string, payload: Payload): void;
    recordMetric(name: string, value: number, tags?: MetricTags, options?: MetricOptions): void;
    /** Quality rows, or a whole quality table. */
    recordQuality(rows: Iterable<QualityRow> | QualityTable): void;
    /** One quality row, without an object for it. */
    recordQualityRow(entityKind: string, entityId: string | null, issue: string, sourceTable?: string | null, rowOrdinal?: number | bigint): void;
    recordColumns(records: ColumnRecords): void;
    /** Settles what was recorded so far, and hands it to storage and spans; the next record begins anew. */
    close(): void;
    /** Hands what was recorded so far to storage; the session goes on. */
    flush(): void;
}
/** See {@link Session}. */
export declare const session: Session;
export {};
