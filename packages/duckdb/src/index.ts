// Statements
export { observeDuckDB, observeDuckDBInstance } from "./observe-duckdb.ts";
export type { ObserveDuckDBOptions, ParquetScanHook } from "./observe-options.ts";
export { describeStatement } from "./describe-statement.ts";
export type { StatementDescription } from "./describe-statement.ts";
export type {
  DuckDBAppenderLike,
  DuckDBConnectionLike,
  DuckDBExtractedLike,
  DuckDBInstanceLike,
  DuckDBPendingLike,
  DuckDBPreparedLike,
  DuckDBReaderLike,
  DuckDBResultLike,
  DuckDBTypeLike,
} from "./duckdb-connection.ts";

// Plans and profiles
export { parquetScans, parsePlan, planFingerprint, queryPlan } from "./query-plan.ts";
export type { ParquetScan, PlanOperator, QueryPlan } from "./query-plan.ts";
export { operatorProfile } from "./operator-profile.ts";
export type { OperatorCost, OperatorProfile } from "./operator-profile.ts";

// The catalogue
export { arrowType } from "./arrow-type.ts";
export { checkTableContract, describeTable } from "./describe-table.ts";
export type { TableDescription } from "./describe-table.ts";
export { engineFunctions } from "./engine-functions.ts";
export { engineViews, viewArtifact } from "./engine-views.ts";
export { featureStates, runtimeProfile } from "./runtime-profile.ts";
export type { FeatureState, RuntimeProfile } from "./runtime-profile.ts";

// Recording
export { recordDuckDBSession, recordTableContract } from "./record-duckdb.ts";
export type { DuckDBSession, DuckDBSessionOptions } from "./record-duckdb.ts";
