// Statistics
export {
  COLUMN_STATS_SCHEMA,
  columnStatsTable,
  DATASET_STATS_SCHEMA,
  datasetStatsTable,
  tableSummary,
} from "./dataset-stats.ts";
export type { Datasets, TableSummary } from "./dataset-stats.ts";

// Quality
export {
  concatQualityTables,
  emptyQualityTable,
  QUALITY_SCHEMA,
  qualityFromIds,
  qualityFromPlans,
} from "./quality-table.ts";
export type { QualityPlanSpec } from "./quality-table.ts";

// Schemas
export { checkContract } from "./check-contract.ts";
export type { SchemaContract } from "./check-contract.ts";
export { schemaFingerprint, schemaPayload } from "./schema-fingerprint.ts";
export type { SchemaPayload } from "./schema-fingerprint.ts";
export { typeString } from "./type-string.ts";

// Recording
export { recordDatasetStats, recordQualityTable } from "./record-tables.ts";
