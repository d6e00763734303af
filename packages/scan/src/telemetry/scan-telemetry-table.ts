import { encode } from "@msgpack/msgpack";
import {
  Binary,
  Field,
  Int64,
  List,
  Schema,
  Struct,
  Table,
  Utf8,
  vectorFromArray,
  makeData,
  RecordBatch,
  type DataType,
} from "apache-arrow";
import type { ScanTelemetry } from "./scan-telemetry.ts";

const texts = (): List => new List(new Field("item", new Utf8(), true));

/** One row for each scan of a dataset; schemas, policy and profile as MessagePack. */
export const SCAN_TELEMETRY_SCHEMA: Schema = new Schema(
  (
    [
      ["dataset", new Utf8()],
      ["fragment_count", new Int64()],
      ["row_group_count", new Int64()],
      ["count_rows", new Int64()],
      ["estimated_rows", new Int64()],
      ["file_hints", texts()],
      ["fragment_paths", texts()],
      ["partition_expressions", texts()],
      ["required_columns", texts()],
      ["scan_columns", texts()],
      ["dataset_schema_msgpack", new Binary()],
      ["projected_schema_msgpack", new Binary()],
      ["discovery_policy_msgpack", new Binary()],
      ["scan_profile_msgpack", new Binary()],
    ] as [string, DataType][]
  ).map(([name, type]) => new Field(name, type, true)),
);

/** A row of the table as plain values: counts as bigint, the four documents as MessagePack. */
export interface ScanTelemetryRow {
  readonly dataset: string;
  readonly fragment_count: bigint;
  readonly row_group_count: bigint;
  readonly count_rows: bigint | null;
  readonly estimated_rows: bigint | null;
  readonly file_hints: readonly string[];
  readonly fragment_paths: readonly string[];
  readonly partition_expressions: readonly string[];
  readonly required_columns: readonly string[];
  readonly scan_columns: readonly string[];
  readonly dataset_schema_msgpack: Uint8Array | null;
  readonly projected_schema_msgpack: Uint8Array | null;
  readonly discovery_policy_msgpack: Uint8Array | null;
  readonly scan_profile_msgpack: Uint8Array | null;
}

/** Telemetry of a dataset, by its name. */
export interface DatasetTelemetry {
  readonly dataset: string;
  readonly telemetry: ScanTelemetry;
}

/** The rows of the table, for writers of their own. */
export function encodeScanTelemetryRows(scans: Iterable<DatasetTelemetry>): ScanTelemetryRow[] {
  return Array.from(scans, ({ dataset, telemetry }) => ({
    dataset,
    fragment_count: BigInt(telemetry.fragmentCount),
    row_group_count: BigInt(telemetry.rowGroupCount),
    count_rows: telemetry.countRows === null ? null : BigInt(telemetry.countRows),
    estimated_rows: telemetry.estimatedRows === null ? null : BigInt(telemetry.estimatedRows),
    file_hints: [...telemetry.fileHints],
    fragment_paths: [...telemetry.fragmentPaths],
    partition_expressions: [...telemetry.partitionExpressions],
    required_columns: [...telemetry.requiredColumns],
    scan_columns: [...telemetry.scanColumns],
    dataset_schema_msgpack: packed(telemetry.datasetSchema),
    projected_schema_msgpack: packed(telemetry.projectedSchema),
    discovery_policy_msgpack: packed(telemetry.discoveryPolicy),
    scan_profile_msgpack: packed(telemetry.scanProfile),
  }));
}

/** The telemetry of several datasets as one Arrow table of {@link SCAN_TELEMETRY_SCHEMA}. */
export function scanTelemetryTable(scans: Iterable<DatasetTelemetry>): Table {
  const rows = encodeScanTelemetryRows(scans);
  const children = SCAN_TELEMETRY_SCHEMA.fields.map(
    ({ name, type }) =>
      vectorFromArray(
        rows.map((row) => row[name as keyof ScanTelemetryRow]),
        type,
      ).data[0] ?? makeData({ type: type as never, length: 0 }),
  );
  const data = makeData({
    type: new Struct(SCAN_TELEMETRY_SCHEMA.fields),
    length: rows.length,
    nullCount: 0,
    children,
  });
  return new Table(SCAN_TELEMETRY_SCHEMA, [new RecordBatch(SCAN_TELEMETRY_SCHEMA, data)]);
}

function packed(value: object | null): Uint8Array | null {
  return value === null ? null : encode(value);
}
