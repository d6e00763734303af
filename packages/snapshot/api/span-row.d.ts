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
}
