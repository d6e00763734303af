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

// Reading and keeping snapshots
export { exportRun, listRuns, prune, readRun, recover, SnapshotStore, tailRun } from "@pitot/snapshot";
export type { RecoveredScope, RetentionLimits, RunManifest, SnapshotRun, TailBatch } from "@pitot/snapshot";
export { showRun } from "./show-run.ts";
