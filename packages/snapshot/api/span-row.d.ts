import type { RecordBatch } from "apache-arrow";
/** A finished span as the `spans` table has it; nested parts as JSON text. */
export interface SpanRow {
    readonly trace_id: string;
    readonly span_id: string;
    readonly parent_span_id: string | null;
    readonly name: string;
    readonly kind: string;
    readonly start_time_unix_nano: bigint;
    readonly duration_time_unix_nano: bigint;
    readonly status_code: string;
    readonly status_message: string | null;
    readonly attributes: string;
    readonly events: string;
    readonly links: string;
    readonly service_name: string | null;
    readonly dropped_events_count: number;
    readonly sampled: boolean;
    readonly run_id: string | null;
    /** W3C tracestate. */
    readonly trace_state: string | null;
    readonly dropped_attributes_count: number;
    readonly dropped_links_count: number;
    readonly scope_name: string | null;
    readonly scope_version: string | null;
    /** Attributes of the resource, JSON text. */
    readonly resource: string | null;
}
/** A span of a snapshot. */
export interface StoredSpanRow extends SpanRow {
    /** Its ordinal in its run or session, by which the ledger knows it; null in snapshots of before, and of spans that a recovery has closed. */
    readonly seq: number | null;
}
/** The spans of a batch, or those of some of its rows. Columns that an older snapshot does not have are null, or 0. */
export declare function spanRows(batch: RecordBatch, only?: readonly number[]): StoredSpanRow[];
