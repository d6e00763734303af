// Predicates
export { col } from "./predicate/column.ts";
export type { Column } from "./predicate/column.ts";
export type { Literal } from "./predicate/literal.ts";
export { parsePredicate } from "./predicate/parse-predicate.ts";
export type { BoundsOf, ColumnOf, KnownColumn, Predicate, RowMask } from "./predicate/predicate.ts";
export type { Outcomes } from "./predicate/outcomes.ts";

// Bytes and bounds
export type { RangeSource } from "./io/range-source.ts";
export { asAsyncBuffer, asyncBufferSource } from "./io/async-buffer.ts";
export { bytesSource } from "./io/bytes-source.ts";
export { type CountingSource, countingSource } from "./io/counting-source.ts";
export { fileSource } from "./io/file-source.ts";
export { type HttpSource, httpSource, type HttpSourceOptions } from "./io/http-source.ts";
export { type ParquetFooter, readFooter, type ReadFooterOptions } from "./parquet/read-footer.ts";
export { readFooters, type ReadFootersOptions } from "./parquet/read-footers.ts";
export { type FooterCounts, skimFooter } from "./parquet/skim-footer.ts";
export type {
  ColumnOrder,
  ConvertedType,
  EncryptionAlgorithm,
  FileMetadata,
  KeyValue,
  LogicalType,
  ParquetTimeUnit,
  PhysicalType,
  Repetition,
  RowGroup,
  SchemaElement,
  SortingColumn,
} from "./parquet/file-metadata.ts";
export type {
  ChunkPlace,
  ColumnChunk,
  PageEncodingStats,
  RawStatistics,
  SizeStatistics,
} from "./parquet/column-chunk.ts";
export type { RawField } from "./parquet/thrift-compact-reader.ts";
export {
  encodeFooter,
  type FooterMetadata,
  footerFileEnd,
  type PlacedRowGroup,
} from "./parquet/write-footer.ts";
export { type LeafColumn, leafColumns } from "./parquet/leaf-column.ts";
export type { BoundKind } from "./parquet/bound-kind.ts";
export { arrowSchema } from "./parquet/arrow-schema.ts";
export { columnBounds, type ColumnBounds, type Scalar } from "./parquet/column-bounds.ts";
export { scalarText } from "./parquet/scalar-text.ts";
export { type BoundaryOrder, type PageBounds, type PageIndex, readPageIndex } from "./parquet/page-index.ts";
export { type BloomFilter, readBloomFilter } from "./parquet/bloom-filter.ts";

// Datasets
export { Dataset } from "./dataset/dataset.ts";
export { openDataset, openSource } from "./dataset/open-dataset.ts";
export type { DatasetLocation, OpenDatasetOptions } from "./dataset/open-dataset.ts";
export { countedRows, countRows, scanBatches } from "./reading/scan.ts";
export type { RowCount, Scan, ScanOptions } from "./reading/scan.ts";
export type { RowGroupSkipReason, ScanEffectiveness, ScanShare } from "./telemetry/scan-effectiveness.ts";

// Scan telemetry
export { fragmentTelemetry } from "./telemetry/fragment-telemetry.ts";
export type { FragmentTelemetryOptions } from "./telemetry/fragment-telemetry.ts";
export { rowGroupStats } from "./telemetry/row-group-stats.ts";
export type {
  RowGroupColumnStats,
  RowGroupSorting,
  RowGroupStats,
  RowGroupStatsOptions,
} from "./telemetry/row-group-stats.ts";
export { recordScan, trackedScan } from "./record-scan.ts";
export type { RecordedScan, TrackedScanOptions } from "./record-scan.ts";
export { decodeScanTelemetry, encodeScanTelemetry } from "./telemetry/scan-telemetry.ts";
export type { ScanTelemetry, ScanTelemetryOptions } from "./telemetry/scan-telemetry.ts";
export {
  encodeScanTelemetryRows,
  SCAN_TELEMETRY_SCHEMA,
  scanTelemetryTable,
} from "./telemetry/scan-telemetry-table.ts";
export type { DatasetTelemetry, ScanTelemetryRow } from "./telemetry/scan-telemetry-table.ts";

// Fragments
export {
  fragmentFileHints,
  listFragments,
  rowGroupCount,
  rowGroupFragments,
  splitFragmentByRowGroup,
  takeRowGroupFragments,
} from "./dataset/list-fragments.ts";
export type { ListFragmentsOptions } from "./dataset/list-fragments.ts";
export type {
  DeletedRows,
  Fragment,
  FragmentPlan,
  FragmentSource,
  SkippedFile,
  SkippedFiles,
  SkipReason,
} from "./dataset/fragment-source.ts";

// Delta Lake
export { appendDelta } from "./delta/append-delta.ts";
export type { AppendDeltaOptions, DeltaCommit } from "./delta/append-delta.ts";
export type { DeltaCheckpoint } from "./delta/checkpoint-outcome.ts";
export { deltaSource } from "./delta/delta-source.ts";
export type { DeltaSource, DeltaSourceOptions } from "./delta/delta-source.ts";
export { findOrphans } from "./delta/find-orphans.ts";
export type { FindOrphansOptions, OrphanFile } from "./delta/find-orphans.ts";
// Sidecars
export { parquetMetadataCollector, parquetMetadataFactory } from "./sidecar/parquet-metadata-collector.ts";
export { ParquetMetadataSpec } from "./sidecar/parquet-metadata-spec.ts";
export type { CollectedMetadata, SidecarOptions } from "./sidecar/parquet-metadata-spec.ts";

// Advice
export { explainScan } from "./advice/explain-scan.ts";
export type { ScanExplanation, ScanFinding } from "./advice/explain-scan.ts";
export type { ColumnSeparation } from "./advice/column-separation.ts";
