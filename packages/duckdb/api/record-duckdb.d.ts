import { type DiagnosticsSink, type PreparedStatement, type SchemaViolation, type UdfSnapshot, type ViewNode } from "@pitot/core";
import type { SchemaContract } from "@pitot/tables";
import type { DuckDBConnectionLike } from "./duckdb-connection.ts";
import type { OperatorProfile } from "./operator-profile.ts";
import type { QueryPlan } from "./query-plan.ts";
/** What {@link recordDuckDBSession} compares the engine with. */
export interface DuckDBSessionOptions {
    /** What tables and views must look like. */
    readonly contracts?: readonly SchemaContract[];
    /** The functions that the views were made for, e.g. of the session that made them. Default: those of the engine now. */
    readonly snapshot?: UdfSnapshot;
}
/** What {@link recordDuckDBSession} found. */
export interface DuckDBSession {
    readonly views: readonly ViewNode[];
    readonly functions: UdfSnapshot;
    readonly violations: readonly SchemaViolation[];
}
/**
 * Records what the engine of a session is: artifacts `engine_runtime_profile_v1` and `feature_state_v1`, the function snapshot
 * `rust_udf_snapshot_v1`, view fingerprints, an artifact per view, parity of views and functions, and contract violations. What cannot
 * be asked is told by `diag` and left out. Call it between statements: DuckDB ends a result that streams when another statement runs.
 *
 * Never rejects. Costs about ten statements, and four per view.
 */
export declare function recordDuckDBSession(sink: DiagnosticsSink, connection: DuckDBConnectionLike, options?: DuckDBSessionOptions): Promise<DuckDBSession>;
/** Checks one contract and records its violations; returns them. Never rejects. */
export declare function recordTableContract(sink: DiagnosticsSink, connection: DuckDBConnectionLike, contract: SchemaContract): Promise<SchemaViolation[]>;
/** Records a plan as the artifact `query_plan_v1`. */
export declare function recordQueryPlan(sink: DiagnosticsSink, text: string, plan: QueryPlan): void;
/** Records a profile as the artifact `query_profile_v1`. */
export declare function recordProfile(sink: DiagnosticsSink, text: string, profile: OperatorProfile): void;
/** Records a statement that was prepared. */
export declare function recordPrepared(sink: DiagnosticsSink, statement: PreparedStatement): void;
