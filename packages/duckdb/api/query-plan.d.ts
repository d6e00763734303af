import { type DuckDBConnectionLike } from "./duckdb-connection.ts";
/** One operator of a plan, without what changes from run to run: no literals, addresses, estimates or timings. */
export interface PlanOperator {
    readonly name: string;
    /** Projections, filters, groups and so on, in the plan's own words and order of name. */
    readonly detail: Readonly<Record<string, readonly string[]>>;
    readonly children: readonly PlanOperator[];
}
/** The optimised plan of a statement. */
export interface QueryPlan {
    /** SHA-256, in hex, of the normalised plan and the statement's text without literals. */
    readonly fingerprint: string;
    readonly operators: readonly PlanOperator[];
}
/** A scan of Parquet files within a plan. */
export interface ParquetScan {
    readonly columns: readonly string[];
    /** Filters pushed into the scan, without their literals. */
    readonly filters: readonly string[];
}
/**
 * Explains a statement: its optimised plan, normalised, and the fingerprint. The plan is the physical one, because the setting that
 * shows another is global to the instance. DuckDB's JSON leaves out some filters, so the fingerprint covers the statement's text too.
 *
 * @throws what the engine throws for a statement that it cannot plan; PitotError INVALID_DATA for a plan that is not JSON
 */
export declare function queryPlan(connection: DuckDBConnectionLike, sql: string, values?: unknown, types?: unknown): Promise<QueryPlan>;
/**
 * The operators of `EXPLAIN (FORMAT JSON)`, normalised.
 * @throws PitotError INVALID_DATA unless it is a JSON array of operators
 */
export declare function parsePlan(json: string): PlanOperator[];
/** SHA-256, in hex, of normalised operators and the text that they came from. */
export declare function planFingerprint(operators: readonly PlanOperator[], sql: string): string;
/** The Parquet scans of a plan, depth first. */
export declare function parquetScans(operators: readonly PlanOperator[]): ParquetScan[];
