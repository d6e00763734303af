// Tables in
export { isTableInput } from "./table-input.ts";
export type { ColumnInput, TableInput } from "./table-input.ts";

// Statistics
export {
  COLUMN_STATS_SCHEMA,
  columnStatsTable,
  DATASET_STATS_SCHEMA,
  datasetStatsTable,
  MISSING_DATASETS,
  tableSummary,
} from "./dataset-stats.ts";
export type { Datasets, TableSummary } from "./dataset-stats.ts";
export { MeasuredDataset, measureStream } from "./measured-dataset.ts";

// Profiles
export {
  COLUMN_PROFILE_SCHEMA,
  columnProfileTable,
  PROFILE_RANKS,
  profileStream,
  profileTable,
} from "./profile-table.ts";
export type { DatasetProfile } from "./profile-table.ts";
export { ColumnProfile } from "./column-profile.ts";
export type { ProfileOptions } from "./profile-options.ts";
export { HyperLogLog } from "./hyper-log-log.ts";
export { Moments } from "./moments.ts";
export { QuantileSketch } from "./quantile-sketch.ts";
export type { Ordered, ValueRange } from "./ordered.ts";

// Quality
export { QUALITY_ORDINALS_SCHEMA, QUALITY_SCHEMA } from "./quality-schema.ts";
export {
  concatQualityTables,
  emptyQualityTable,
  qualityFromIds,
  qualityFromPlans,
  qualityFromStream,
} from "./quality-table.ts";
export type { QualityOptions, QualityPlanSpec } from "./quality-table.ts";
export type { QualityLabels } from "./quality-builder.ts";
export { qualityFromDuplicates, qualityFromReferences } from "./id-set-checks.ts";
export { qualityFromPredicate } from "./predicate-check.ts";
export type { PredicateRow, QualityRange } from "./predicate-check.ts";
export { IdSet } from "./id-set.ts";
export { assertQuality, qualityFindings, qualityGroups } from "./assert-quality.ts";
export type { QualityFinding, QualityGroup, QualityLimit } from "./assert-quality.ts";

// Schemas
export { checkContract } from "./check-contract.ts";
export type { ColumnContract, SchemaContract } from "./check-contract.ts";
export { schemaFingerprint, schemaPayload } from "./schema-fingerprint.ts";
export type { SchemaPayload } from "./schema-fingerprint.ts";
export { typeString } from "./type-string.ts";

// Recording
export { recordDatasets, recordQualityTable } from "./record-tables.ts";
export type { RecordDatasetsOptions } from "./record-tables.ts";
