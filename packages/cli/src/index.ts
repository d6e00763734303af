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

// Scans
export {
  col,
  countRows,
  explainScan,
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
  Dataset,
  DatasetLocation,
  Fragment,
  Literal,
  OpenDatasetOptions,
  Predicate,
  Scan,
  ScanEffectiveness,
  ScanExplanation,
  ScanOptions,
  ScanTelemetry,
  TrackedScanOptions,
} from "@pitot/scan";

// Reading snapshots
export { listRuns, readRun, SnapshotStore } from "@pitot/snapshot";
export type { RunManifest, SnapshotRun } from "@pitot/snapshot";
export { showRun } from "./show-run.ts";
