import { type ColumnRecords } from "./column-records.ts";
import type { MetricOptions, MetricTags } from "./metric-series.ts";
/** Properties of an event or artifact: any object; it is copied, never kept. */
export type Payload = object;
/** One invalid entity. Canonical columns of a quality table. */
export interface QualityRow {
    readonly entity_kind: string;
    readonly entity_id?: string | null;
    readonly issue: string;
    readonly source_table?: string | null;
    /** Ordinal of the row in the table that was checked, from 0. */
    readonly row_ordinal?: number | bigint | null;
}
/**
 * Where diagnostics go: a run, a collector, or several at once. No method throws, blocks or keeps what it is given.
 */
export interface DiagnosticsSink {
    /** Appends one event under a logical name. */
    recordEvent(name: string, properties: Payload): void;
    /** Appends event rows under a logical name. */
    recordEvents(name: string, rows: readonly Payload[]): void;
    /** Appends an artifact under a logical name. */
    recordArtifact(name: string, payload: Payload): void;
    /** Records a metric value with dimensional tags. The first use of a name settles kind and unit. */
    recordMetric(name: string, value: number, tags?: MetricTags, options?: MetricOptions): void;
    /** Appends quality rows. */
    recordQuality(rows: Iterable<QualityRow>): void;
    /** Appends rows by column. A sink without it gets them as events `{kind}_v1`. */
    recordColumns?(records: ColumnRecords): void;
}
/** A sink that hands every record to each of `sinks`; one that fails does not keep the others from it. */
export declare function composeSinks(...sinks: readonly DiagnosticsSink[]): DiagnosticsSink;
