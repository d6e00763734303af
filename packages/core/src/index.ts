// Runs
export { finishRun, startedRuns, startProcessRun, startRun, trackedRun } from "./run-lifecycle.ts";
export type { FinishRunOptions, StartRunOptions } from "./run-lifecycle.ts";
export { createRunContext } from "./run-context.ts";
export type { RunContextOptions } from "./run-context.ts";
export { PipelineRun } from "./pipeline-run.ts";
export type { IdempotentWriteOptions, RunEnvelope } from "./pipeline-run.ts";
export { abortRuns, activeRun, aliveRuns, runIdOf } from "./live-run.ts";
export { session } from "./session.ts";
export { flushRecords } from "./flush-records.ts";
export type { RunPayload, RunStatus } from "./run-payload.ts";
export type { StageBody, StageOptions } from "./stage.ts";

// Sinks
export { composeSinks } from "./diagnostics-sink.ts";
export type { ColumnRecords } from "./column-records.ts";
export type { DiagnosticsSink, Payload, QualityRow } from "./diagnostics-sink.ts";
export { isQualityTable, qualityRows } from "./quality-table.ts";
export type { QualityColumn, QualityTable } from "./quality-table.ts";
export { DiagnosticsCollector } from "./diagnostics-collector.ts";
export type { MetricSample } from "./diagnostics-collector.ts";
export type { MetricOptions, MetricTags } from "./metric-series.ts";
export type { PlainObject, PlainValue } from "./plain-value.ts";

// What engines and graphs record
export { recordCacheLineage } from "./recorders/cache-lineage.ts";
export { preparedStatementHook } from "./recorders/prepared-statement.ts";
export type { PreparedStatement } from "./recorders/prepared-statement.ts";
export { recordRustUdfSnapshot, recordViewUdfParity } from "./recorders/udf.ts";
export type { UdfSnapshot } from "./recorders/udf.ts";
export {
  recordViewArtifact,
  recordViewContractViolations,
  recordViewFingerprints,
} from "./recorders/view.ts";
export type { SchemaViolation, ViewArtifact, ViewNode } from "./recorders/view.ts";

// Set-up
export { configureRecording } from "./recording-options.ts";
export type { RecordingOptions } from "./recording-options.ts";
export type { LogEmitter } from "./log-emitter.ts";
export { redactText } from "./recording-options.ts";
export { MASK } from "./redaction.ts";
export type { RedactionAction, RedactionRule } from "./redaction.ts";
export { PitotError } from "./pitot-error.ts";
export type { PitotErrorCode, PitotErrorDetails } from "./pitot-error.ts";

// For whoever instruments
export { activeContext } from "./active-context.ts";
export { failSpan } from "./fail-span.ts";
export { pitotTracer } from "./registered-api.ts";

// For whoever stores records
export { addCounter, recordHistogram } from "./instruments.ts";
export { histogramSeries, type HistogramAttributes, type HistogramSeries } from "./waiting-histogram.ts";
export { guarded } from "./internal/report-once.ts";
export { recordName } from "./record-name.ts";
export { isThenable, settle } from "./stage.ts";
export { columnValue } from "./record-batch.ts";
export { isUtf8Chunk } from "./utf8-chunk.ts";
export type { Utf8Chunk } from "./utf8-chunk.ts";
export type {
  DictionaryColumn,
  GettableColumn,
  JoinedTexts,
  RecordBatch,
  RecordColumn,
  RecordKind,
} from "./record-batch.ts";
export type { RecordCounts, RecordOutcome, RecordTarget, ScopeInfo, ScopeWriter } from "./record-target.ts";
