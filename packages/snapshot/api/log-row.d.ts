/** A log record as the `logs` table has it; what is nested as JSON text. */
export interface LogRow {
    readonly time_unix_nano: bigint;
    readonly observed_time_unix_nano: bigint;
    /** 1 (TRACE) to 24 (FATAL4). */
    readonly severity_number: number | null;
    readonly severity_text: string | null;
    readonly event_name: string | null;
    readonly body: string | null;
    readonly attributes: string;
    readonly service_name: string | null;
    readonly scope_name: string | null;
    readonly dropped_attributes_count: number;
    readonly run_id: string | null;
    readonly trace_id: string | null;
    readonly span_id: string | null;
}
/** Log rows that wait for their batch, by the run or session that has them. */
export declare class WaitingLogs {
    #private;
    /** @returns true where the scope's rows are enough for a batch */
    add(scopeId: string, row: LogRow): boolean;
    /** The rows of a scope, which do not wait any more. */
    take(scopeId: string): readonly LogRow[];
    scopes(): Iterable<string>;
}
/** Log rows as columns. */
export declare function logColumns(rows: readonly LogRow[]): Record<keyof LogRow, unknown[]>;
