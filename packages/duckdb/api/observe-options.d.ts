import type { Span } from "@opentelemetry/api";
import type { DiagnosticsSink } from "@pitot/core";
import type { ParquetScan } from "./query-plan.ts";
/** What is observed of a connection. */
export interface ObserveDuckDBOptions {
    /** Show literals in `db.query.text` and in error messages. Default false: values stay where they are. */
    readonly literals?: boolean;
    /** `db.namespace`, e.g. the name of the database's file. */
    readonly namespace?: string;
    /** Where plans, profiles and prepared statements are recorded. Default: the run that is active at the statement. */
    readonly sink?: DiagnosticsSink;
    /**
     * Explain each new statement before it runs: its plan becomes an artifact and its fingerprint an attribute of every span of that
     * statement. Costs one `EXPLAIN` per distinct text. Default false.
     */
    readonly plans?: boolean;
    /**
     * Operator timings and rows of every statement, as an artifact. It turns on JSON profiling on this connection and lets its statements
     * run one after the other, as DuckDB itself does. Default false.
     */
    readonly profile?: boolean;
    /** Record the artifact `prepared_statements_v1` once per statement that is prepared. Default true. */
    readonly preparedStatements?: boolean;
    /**
     * Called with each Parquet scan that a plan has (with `plans`). DuckDB does not report row groups that it skipped: whoever knows the
     * files can ask their footers what the filters could have skipped, and record that as a scan.
     */
    readonly onParquetScan?: ParquetScanHook;
}
/** Told of a Parquet scan in a plan, with the span of the statement and its text. */
export type ParquetScanHook = (scan: ParquetScan, statement: {
    readonly sql: string;
    readonly span: Span;
}) => void;
