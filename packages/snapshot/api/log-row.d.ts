import type { RecordBatch } from "apache-arrow";
/** A log record as the `logs` table has it; what is nested as JSON text. */
export interface LogRow {
    readonly time_unix_nano: bigint;
    readonly observed_time_unix_nano: bigint;
    /** 1 (TRACE) to 24 (FATAL4). */
    readonly severity_number: number | null;
    readonly severity_text: string | null;
    readonly event_name: string | null;
    readonly body: string | null;
    /** What the body was before it became text: `string`, or `json` for all else. */
    readonly body_type: "string" | "json" | null;
    readonly attributes: string;
    readonly service_name: string | null;
    readonly scope_name: string | null;
    readonly scope_version: string | null;
    /** Attributes of the resource, JSON text. */
    readonly resource: string | null;
    readonly dropped_attributes_count: number;
    readonly run_id: string | null;
    readonly trace_id: string | null;
    readonly span_id: string | null;
    /** W3C trace flags. */
    readonly trace_flags: number | null;
}
/** A log record of a snapshot. */
export interface StoredLogRow extends LogRow {
    /** Its ordinal in its run or session, by which the ledger knows it; null in snapshots of before. */
    readonly seq: number | null;
}
/** The log records of a batch, or those of some of its rows. Columns that an older snapshot does not have are null, or 0. */
export declare function logRows(batch: RecordBatch, only?: readonly number[]): StoredLogRow[];
