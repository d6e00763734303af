import { type DiagnosticsSink } from "@pitot/core";
import { type DuckDBConnectionLike, type DuckDBInstanceLike } from "./duckdb-connection.ts";
import { type ParquetScanHook } from "./statement-details.ts";
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
/**
 * Observes one connection of `@duckdb/node-api`: a CLIENT span per statement by OpenTelemetry's database conventions, and the
 * histograms `pitot.query.duration` and `db.client.operation.duration`. Results, readers, errors and types are DuckDB's own. The
 * methods of this one connection are replaced, those of its class are not; a connection is observed once.
 *
 * A statement of `runAndReadAll` and its like is one span. A streaming result's span ends with its last chunk. Costs what a span of
 * the SDK costs, and about 3 µs more (`npm run bench -- --row 14`).
 *
 * ```ts
 * const connection = observeDuckDB(await instance.connect());
 * await connection.runAndReadAll("SELECT count(*) FROM flights WHERE delay > 60");
 * ```
 */
export declare function observeDuckDB<C extends DuckDBConnectionLike>(connection: C, options?: ObserveDuckDBOptions): C;
/** Observes every connection that `instance` makes from now on. */
export declare function observeDuckDBInstance<I extends DuckDBInstanceLike>(instance: I, options?: ObserveDuckDBOptions): I;
