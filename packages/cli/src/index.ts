// Set-up
export { DeliverySpanProcessor, SnapshotSpanProcessor, startPitot } from "@pitot/node";
export type { DeliveryOptions, Pitot, PitotOptions } from "@pitot/node";

// Runs and records
export {
  activeRun,
  composeSinks,
  createRunContext,
  DiagnosticsCollector,
  finishRun,
  PipelineRun,
  PitotError,
  startRun,
  trackedRun,
} from "@pitot/core";
export type {
  DiagnosticsSink,
  FinishRunOptions,
  IdempotentWriteOptions,
  MetricOptions,
  MetricTags,
  Payload,
  QualityRow,
  RedactionRule,
  RunContextOptions,
  RunPayload,
  RunStatus,
  StageOptions,
  StartRunOptions,
} from "@pitot/core";

// What engines and graphs record
export {
  preparedStatementHook,
  recordCacheLineage,
  recordRustUdfSnapshot,
  recordViewArtifact,
  recordViewContractViolations,
  recordViewFingerprints,
  recordViewUdfParity,
} from "@pitot/core";
export type { PreparedStatement, SchemaViolation, UdfSnapshot, ViewArtifact, ViewNode } from "@pitot/core";

// Tables
export {
  checkContract,
  columnStatsTable,
  concatQualityTables,
  datasetStatsTable,
  emptyQualityTable,
  qualityFromIds,
  qualityFromPlans,
  recordDatasetStats,
  recordQualityTable,
  schemaFingerprint,
  tableSummary,
} from "@pitot/tables";
export type { Datasets, QualityPlanSpec, SchemaContract, TableSummary } from "@pitot/tables";

// Reading snapshots
export { listRuns, readRun, SnapshotStore } from "@pitot/snapshot";
export type { RunManifest, SnapshotRun } from "@pitot/snapshot";
export { showRun } from "./show-run.ts";

// DuckDB: shapes its connections, never imports it
export {
  checkTableContract,
  describeTable,
  engineFunctions,
  engineViews,
  observeDuckDB,
  observeDuckDBInstance,
  queryPlan,
  recordDuckDBSession,
  viewArtifact,
} from "@pitot/duckdb";
export type { DuckDBSession, DuckDBSessionOptions, ObserveDuckDBOptions, QueryPlan } from "@pitot/duckdb";

// Graphs and streams
export {
  aroundRun,
  createDriver,
  FileCacheStore,
  MemoryCacheStore,
  observeAsyncAuto,
  observeBullMqFlow,
  observeBullMqProcessor,
  observePGraph,
  observePipeline,
} from "@pitot/pipeline";
export type {
  CacheStore,
  CacheUse,
  Driver,
  DriverNode,
  DriverOptions,
  NodeOptions,
  Producer,
} from "@pitot/pipeline";
