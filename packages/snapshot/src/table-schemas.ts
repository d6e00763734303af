import {
  Bool,
  Field,
  Float64,
  Int32,
  Int64,
  Schema,
  TimestampNanosecond,
  Utf8,
  type DataType,
} from "apache-arrow";

/** Version of the table layouts, in each table's metadata. Within a version columns are only added. */
export const SCHEMA_VERSION = "1";

type Column = readonly [name: string, type: DataType, nullable: boolean];

const CORRELATION: readonly Column[] = [
  ["run_id", new Utf8(), true],
  ["trace_id", new Utf8(), true],
  ["span_id", new Utf8(), true],
  ["time_unix_nano", new TimestampNanosecond("UTC"), false],
  ["seq", new Int64(), false],
];

/** The tables of a snapshot: canonical columns first, then what links a row to its run and span. */
export const TABLE_SCHEMAS: Readonly<Record<string, Schema>> = {
  events: schema(["name", new Utf8(), false], ["properties", new Utf8(), false], ...CORRELATION),
  artifacts: schema(["name", new Utf8(), false], ["payload", new Utf8(), false], ...CORRELATION),
  quality: schema(
    ["entity_kind", new Utf8(), false],
    ["entity_id", new Utf8(), true],
    ["issue", new Utf8(), false],
    ["source_table", new Utf8(), true],
    ...CORRELATION,
  ),
  dataset_stats: schema(
    ["dataset_name", new Utf8(), true],
    ["rows", new Int64(), true],
    ["columns", new Int32(), true],
    ["schema_fingerprint", new Utf8(), true],
    ...CORRELATION,
  ),
  column_stats: schema(
    ["dataset_name", new Utf8(), true],
    ["column_name", new Utf8(), true],
    ["type", new Utf8(), true],
    ["null_count", new Int64(), true],
    ...CORRELATION,
  ),
  metrics: schema(
    ["name", new Utf8(), false],
    ["kind", new Utf8(), false],
    ["unit", new Utf8(), false],
    ["value", new Float64(), false],
    ["count", new Int64(), false],
    ["sum", new Float64(), false],
    ["attributes", new Utf8(), false],
    ...CORRELATION,
  ),
  spans: schema(
    ["trace_id", new Utf8(), false],
    ["span_id", new Utf8(), false],
    ["parent_span_id", new Utf8(), true],
    ["name", new Utf8(), false],
    ["kind", new Utf8(), false],
    ["start_time_unix_nano", new TimestampNanosecond("UTC"), false],
    ["duration_time_unix_nano", new Int64(), false],
    ["status_code", new Utf8(), false],
    ["status_message", new Utf8(), true],
    ["attributes", new Utf8(), false],
    ["events", new Utf8(), false],
    ["links", new Utf8(), false],
    ["service_name", new Utf8(), true],
    ["dropped_events_count", new Int64(), false],
    ["sampled", new Bool(), false],
    ["run_id", new Utf8(), true],
  ),
};

function schema(...columns: readonly Column[]): Schema {
  return new Schema(
    columns.map(([name, type, nullable]) => new Field(name, type, nullable)),
    new Map([["pitot.schema_version", SCHEMA_VERSION]]),
  );
}
