// Writing
export { SnapshotStore } from "./snapshot-store.ts";
export type { SnapshotOptions } from "./snapshot-options.ts";
export type { OpenSpan } from "./open-spans.ts";
export type { SpanRow, StoredSpanRow } from "./span-row.ts";
export type { RowPlace } from "./waiting-rows.ts";

// Reading
export { listRuns, listScopes, readRun } from "./read-run.ts";
export type { SnapshotRun, SnapshotScope } from "./read-run.ts";
export { tailRun } from "./tail-run.ts";
export type { TailBatch, TailOptions } from "./tail-run.ts";
export { exportRun } from "./export-run.ts";
export type { ExportedFile, ExportFormat } from "./export-run.ts";
export { readManifest } from "./manifest.ts";
export type { CutTail, ManifestTable, Recovery, RunManifest } from "./manifest.ts";
export { SCHEMA_VERSION, TABLE_SCHEMAS } from "./table-schemas.ts";
export type { LogRow, StoredLogRow } from "./log-row.ts";
export { BatchEncoder } from "./encode-batch.ts";
export type { ColumnSchema, ColumnType, TableSchema } from "./table-schema.ts";

// After a death
export { recover, recoverScope } from "./recover.ts";
export type { RecoveredScope } from "./recover.ts";

// Keeping the folder small
export { prune } from "./retention.ts";
export type { PrunedScope, RetentionLimits } from "./retention.ts";

// Delivery
export { DeliveryLedger } from "./delivery-ledger.ts";
export type { SentTable } from "./delivery-ledger.ts";
export {
  deliveryStatus,
  hasUndelivered,
  isDelivered,
  logsOf,
  spansOf,
  undeliveredLogs,
  undeliveredSpans,
} from "./undelivered.ts";
export type { DeliveryStatus } from "./undelivered.ts";
