// Set-up
export { DeliverySpanProcessor, replay, SnapshotSpanProcessor, startPitot } from "@pitot/node";
export type { DeliveryOptions, Pitot, PitotOptions, ReplayOptions, ReplayReport } from "@pitot/node";

// Runs and records
export {
  activeRun,
  composeSinks,
  createRunContext,
  DiagnosticsCollector,
  finishRun,
  PipelineRun,
  PitotError,
  session,
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
  assertQuality,
  checkContract,
  columnProfileTable,
  columnStatsTable,
  concatQualityTables,
  datasetStatsTable,
  emptyQualityTable,
  IdSet,
  measureStream,
  profileStream,
  profileTable,
  qualityFindings,
  qualityFromDuplicates,
  qualityFromIds,
  qualityFromPlans,
  qualityFromPredicate,
  qualityFromReferences,
  qualityFromStream,
  qualityGroups,
  recordDatasets,
  recordQualityTable,
  schemaFingerprint,
  tableSummary,
} from "@pitot/tables";
export type {
  DatasetProfile,
  Datasets,
  PredicateRow,
  ProfileOptions,
  QualityFinding,
  QualityGroup,
  QualityLimit,
  QualityOptions,
  QualityPlanSpec,
  QualityRange,
  RecordDatasetsOptions,
  SchemaContract,
  TableInput,
  TableSummary,
} from "@pitot/tables";

// Scans and Delta tables
export {
  appendDelta,
  col,
  countRows,
  deltaSource,
  explainScan,
  findOrphans,
  fragmentTelemetry,
  listFragments,
  openDataset,
  parquetMetadataFactory,
  parsePredicate,
  recordScan,
  rowGroupStats,
  scanBatches,
  trackedScan,
} from "@pitot/scan";
export type {
  AppendDeltaOptions,
  Dataset,
  DatasetLocation,
  DeltaCheckpoint,
  DeltaCommit,
  DeltaSource,
  DeltaSourceOptions,
  FindOrphansOptions,
  Fragment,
  Literal,
  OpenDatasetOptions,
  OrphanFile,
  Predicate,
  Scan,
  ScanEffectiveness,
  ScanExplanation,
  ScanOptions,
  ScanTelemetry,
  TrackedScanOptions,
} from "@pitot/scan";

// Reading and keeping snapshots
export {
  exportRun,
  listRuns,
  listScopes,
  prune,
  readRun,
  recover,
  SnapshotStore,
  tailRun,
} from "@pitot/snapshot";
export type { RecoveredScope, RetentionLimits, RunManifest, SnapshotRun, TailBatch } from "@pitot/snapshot";
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
