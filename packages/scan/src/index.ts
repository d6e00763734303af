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
export type {
  DeletedRows,
  Fragment,
  FragmentPlan,
  FragmentSource,
  SkippedFile,
  SkipReason,
} from "./dataset/fragment-source.ts";
export type { BoundsOf, Predicate } from "./predicate/predicate.ts";
export type { Outcomes } from "./predicate/outcomes.ts";
