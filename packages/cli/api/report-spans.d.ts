import type { SnapshotRun } from "@pitot/snapshot";
/** One span of a run. */
export interface ReportSpan {
    readonly span_id: string;
    readonly parent_span_id: string | null;
    readonly name: string;
    readonly start_unix_ms: number;
    readonly duration_ms: number;
    readonly status: string;
    /** What a failed span says of its error. */
    readonly status_message: string | null;
    readonly attributes: Readonly<Record<string, unknown>>;
    readonly events: number;
}
/** One read of a dataset and what it cost; null where the reader did not say. */
export interface ReportScan {
    readonly dataset: string;
    readonly format: string | null;
    readonly row_groups_read: number | null;
    readonly row_groups_total: number | null;
    readonly rows_scanned: number | null;
    readonly rows_matched: number | null;
    readonly bytes_read: number | null;
    readonly bytes_total: number | null;
    readonly bytes_footer: number | null;
    readonly range_requests: number | null;
    readonly duration_ms: number;
}
/** The spans of a run, in the order in which they ended. */
export declare function reportSpans(run: SnapshotRun): Promise<ReportSpan[]>;
/** What a span tells of a scan; undefined where it is of none. */
export declare function reportScan({ attributes, duration_ms }: ReportSpan): ReportScan | undefined;
