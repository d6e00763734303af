import type { ColumnSchema, ColumnType, TableSchema } from "./table-schema.ts";

/** Version of the table layouts, in each table's metadata. Within a version columns are only added. */
export const SCHEMA_VERSION = "1";

type Column = readonly [name: string, type: ColumnType, nullable?: "not null"];

const TEXT = "utf8";
/** Text that repeats. */
const TERM = "dictionary<utf8>";
const TIME = "timestamp[ns, UTC]";

const CORRELATION: readonly Column[] = [
  ["run_id", TERM],
  ["trace_id", TERM],
  ["span_id", TERM],
  ["time_unix_nano", TIME, "not null"],
  ["seq", "int64", "not null"],
];

const SPANS = table(
  ["trace_id", TERM, "not null"],
  ["span_id", TEXT, "not null"],
  ["parent_span_id", TERM],
  ["name", TERM, "not null"],
  ["kind", TERM, "not null"],
  ["start_time_unix_nano", TIME, "not null"],
  ["duration_time_unix_nano", "int64", "not null"],
  ["status_code", TERM, "not null"],
  ["status_message", TEXT],
  ["attributes", TEXT, "not null"],
  ["events", TEXT, "not null"],
  ["links", TEXT, "not null"],
  ["service_name", TERM],
  ["dropped_events_count", "int64", "not null"],
  ["sampled", "bool", "not null"],
  ["run_id", TERM],
  ["trace_state", TERM],
  ["dropped_attributes_count", "int64", "not null"],
  ["dropped_links_count", "int64", "not null"],
  ["scope_name", TERM],
  ["scope_version", TERM],
  ["resource", TERM],
  ["seq", "int64"],
);

/** The tables of a snapshot by name: canonical columns first, then what links a row to its run and span. */
export const TABLE_SCHEMAS: Readonly<Record<string, TableSchema>> = {
  events: table(["name", TERM], ["properties", TEXT], ...CORRELATION),
  artifacts: table(["name", TERM], ["payload", TEXT], ...CORRELATION),
  quality: table(
    ["entity_kind", TERM],
    ["entity_id", TEXT],
    ["issue", TERM],
    ["source_table", TERM],
    ...CORRELATION,
    ["row_ordinal", "int64"],
  ),
  metrics: table(
    ["name", TERM],
    ["kind", TERM],
    ["unit", TERM],
    ["value", "float64"],
    ["count", "int64"],
    ["sum", "float64"],
    ["attributes", TERM],
    ...CORRELATION,
  ),
  dataset_stats: table(
    ["dataset_name", TEXT],
    ["rows", "int64"],
    ["columns", "int32"],
    ["schema_fingerprint", TEXT],
    ...CORRELATION,
  ),
  column_stats: table(
    ["dataset_name", TERM],
    ["column_name", TEXT],
    ["type", TERM],
    ["null_count", "int64"],
    ...CORRELATION,
  ),
  scan_telemetry: table(
    ["dataset", TEXT],
    ["fragment_count", "int64"],
    ["row_group_count", "int64"],
    ["count_rows", "int64"],
    ["estimated_rows", "int64"],
    ["file_hints", "list<utf8>"],
    ["fragment_paths", "list<utf8>"],
    ["partition_expressions", "list<utf8>"],
    ["required_columns", "list<utf8>"],
    ["scan_columns", "list<utf8>"],
    ["dataset_schema_msgpack", "binary"],
    ["projected_schema_msgpack", "binary"],
    ["discovery_policy_msgpack", "binary"],
    ["scan_profile_msgpack", "binary"],
    ...CORRELATION,
  ),
  logs: table(
    ["time_unix_nano", TIME, "not null"],
    ["observed_time_unix_nano", TIME],
    ["severity_number", "int32"],
    ["severity_text", TERM],
    ["event_name", TERM],
    ["body", TEXT],
    ["attributes", TEXT],
    ["service_name", TERM],
    ["scope_name", TERM],
    ["dropped_attributes_count", "int64"],
    ["run_id", TERM],
    ["trace_id", TERM],
    ["span_id", TERM],
    ["body_type", TERM],
    ["scope_version", TERM],
    ["resource", TERM],
    ["trace_flags", "int32"],
    ["seq", "int64"],
  ),
  spans: SPANS,
  /** Spans that had not ended yet, as they were when they were last written; gone once their run is compacted. */
  open_spans: SPANS,
};

function table(...columns: readonly Column[]): TableSchema {
  return {
    columns: columns.map(([name, type, nullable]): ColumnSchema => ({
      name,
      type,
      nullable: nullable === undefined,
    })),
    metadata: { "pitot.schema_version": SCHEMA_VERSION },
  };
}
