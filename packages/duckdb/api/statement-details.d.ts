import type { Span } from "@opentelemetry/api";
import { type DuckDBConnectionLike, type DuckDBPreparedLike } from "./duckdb-connection.ts";
import type { ObserveDuckDBOptions } from "./observe-duckdb.ts";
import { type ParquetScan } from "./query-plan.ts";
import type { StatementSpan } from "./statement-span.ts";
/** Told of a Parquet scan in a plan, with the span of the statement and its text. */
export type ParquetScanHook = (scan: ParquetScan, statement: {
    readonly sql: string;
    readonly span: Span;
}) => void;
/** What is told of statements beyond their spans: plans, profiles, what was prepared. Never throws into a statement. */
export declare class StatementDetails {
    #private;
    private constructor();
    static of(bare: DuckDBConnectionLike, options: ObserveDuckDBOptions): StatementDetails | undefined;
    /** True where statements need something before or after them. */
    get active(): boolean;
    around<T>(sql: string, values: unknown, types: unknown, statement: StatementSpan, run: () => Promise<T>): Promise<T>;
    /** Puts the plan's fingerprint on the span, and records the plan of a text that is new. */
    explain(sql: string, values: unknown, types: unknown, statement: StatementSpan): Promise<void>;
    /** Reads the profile of the statement that has just run. */
    profiled(sql: string, statement: StatementSpan): void;
    prepared(sql: string, prepared: DuckDBPreparedLike, literals: boolean): void;
    close(): void;
}
