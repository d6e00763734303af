// Made from registry/*.yaml by generate.js. Change the registry, then run it again.
import type { MetricDefinition } from "../metric-definition.ts";

/** Duration of runs. Unit s. */
export const METRIC_RUN_DURATION = "pitot.run.duration" as const;

/** Runs under way. Unit {run}. */
export const METRIC_RUN_ACTIVE = "pitot.run.active" as const;

/** Duration of stages. Unit s. */
export const METRIC_STAGE_DURATION = "pitot.stage.duration" as const;

/** Rows of a dataset. Unit {row}. */
export const METRIC_DATASET_ROWS = "pitot.dataset.rows" as const;

/** Columns of a dataset. Unit {column}. */
export const METRIC_DATASET_COLUMNS = "pitot.dataset.columns" as const;

/** Bytes of a dataset. Unit By. */
export const METRIC_DATASET_BYTES = "pitot.dataset.bytes" as const;

/** Nulls of a column. Unit {row}. */
export const METRIC_COLUMN_NULLS = "pitot.column.nulls" as const;

/** Quality rows. Unit {row}. */
export const METRIC_QUALITY_ISSUES = "pitot.quality.issues" as const;

/** Fragments by outcome. Unit {fragment}. */
export const METRIC_SCAN_FRAGMENTS = "pitot.scan.fragments" as const;

/** Row groups by outcome. Unit {row_group}. */
export const METRIC_SCAN_ROW_GROUPS = "pitot.scan.row_groups" as const;

/** Bytes by outcome. Unit By. */
export const METRIC_SCAN_BYTES = "pitot.scan.bytes" as const;

/** Rows by outcome. Unit {row}. */
export const METRIC_SCAN_ROWS = "pitot.scan.rows" as const;

/** Duration of scans. Unit s. */
export const METRIC_SCAN_DURATION = "pitot.scan.duration" as const;

/** Duration of statements. Unit s. */
export const METRIC_QUERY_DURATION = "pitot.query.duration" as const;

/** Duration of database client operations. Unit s. */
export const METRIC_DB_CLIENT_OPERATION_DURATION = "db.client.operation.duration" as const;

/** Commits by outcome. Unit {commit}. */
export const METRIC_WRITE_COMMITS = "pitot.write.commits" as const;

/** Records by kind and outcome. Unit {record}. */
export const METRIC_RECORDS = "pitot.records" as const;

/** Spans by outcome of their export. Unit {span}. */
export const METRIC_EXPORT_SPANS = "pitot.export.spans" as const;

/** Log records by outcome of their export. Unit {record}. */
export const METRIC_EXPORT_LOGS = "pitot.export.logs" as const;

/** Upper bounds in seconds of every duration histogram. */
export const DURATION_BOUNDARIES_S: readonly number[] = [0.005,0.01,0.025,0.05,0.1,0.25,0.5,1,2.5,5,10,30,60,120,300,600,1800,3600,7200,21600];

/** Every instrument of Pitot. */
export const METRICS: readonly MetricDefinition[] = [
  { name: "pitot.run.duration", instrument: "histogram", unit: "s", brief: "Duration of runs.", attributes: ["pitot.run.label","pitot.run.status","error.type"], buckets: DURATION_BOUNDARIES_S },
  { name: "pitot.run.active", instrument: "updowncounter", unit: "{run}", brief: "Runs under way.", attributes: ["pitot.run.label"] },
  { name: "pitot.stage.duration", instrument: "histogram", unit: "s", brief: "Duration of stages.", attributes: ["pitot.run.label","pitot.stage.name","pitot.stage.status","pitot.cache.outcome"], buckets: DURATION_BOUNDARIES_S },
  { name: "pitot.dataset.rows", instrument: "gauge", unit: "{row}", brief: "Rows of a dataset.", attributes: ["pitot.dataset.name"] },
  { name: "pitot.dataset.columns", instrument: "gauge", unit: "{column}", brief: "Columns of a dataset.", attributes: ["pitot.dataset.name"] },
  { name: "pitot.dataset.bytes", instrument: "gauge", unit: "By", brief: "Bytes of a dataset.", attributes: ["pitot.dataset.name"] },
  { name: "pitot.column.nulls", instrument: "gauge", unit: "{row}", brief: "Nulls of a column.", attributes: ["pitot.dataset.name","pitot.column.name"] },
  { name: "pitot.quality.issues", instrument: "counter", unit: "{row}", brief: "Quality rows.", attributes: ["pitot.quality.entity_kind","pitot.quality.issue","pitot.quality.source_table"] },
  { name: "pitot.scan.fragments", instrument: "counter", unit: "{fragment}", brief: "Fragments by outcome.", attributes: ["pitot.dataset.name","pitot.outcome"] },
  { name: "pitot.scan.row_groups", instrument: "counter", unit: "{row_group}", brief: "Row groups by outcome.", attributes: ["pitot.dataset.name","pitot.outcome"] },
  { name: "pitot.scan.bytes", instrument: "counter", unit: "By", brief: "Bytes by outcome.", attributes: ["pitot.dataset.name","pitot.outcome"] },
  { name: "pitot.scan.rows", instrument: "counter", unit: "{row}", brief: "Rows by outcome.", attributes: ["pitot.dataset.name","pitot.outcome"] },
  { name: "pitot.scan.duration", instrument: "histogram", unit: "s", brief: "Duration of scans.", attributes: ["pitot.dataset.name","pitot.scan.format"], buckets: DURATION_BOUNDARIES_S },
  { name: "pitot.query.duration", instrument: "histogram", unit: "s", brief: "Duration of statements.", attributes: ["db.operation.name","error.type"], buckets: DURATION_BOUNDARIES_S },
  { name: "db.client.operation.duration", instrument: "histogram", unit: "s", brief: "Duration of database client operations.", attributes: ["db.system.name","db.operation.name","db.namespace","error.type"], buckets: [0.001,0.005,0.01,0.05,0.1,0.5,1,5,10] },
  { name: "pitot.write.commits", instrument: "counter", unit: "{commit}", brief: "Commits by outcome.", attributes: ["pitot.dataset.name","pitot.outcome"] },
  { name: "pitot.records", instrument: "counter", unit: "{record}", brief: "Records by kind and outcome.", attributes: ["pitot.record.kind","pitot.outcome"] },
  { name: "pitot.export.spans", instrument: "counter", unit: "{span}", brief: "Spans by outcome of their export.", attributes: ["pitot.outcome"] },
  { name: "pitot.export.logs", instrument: "counter", unit: "{record}", brief: "Log records by outcome of their export.", attributes: ["pitot.outcome"] },
];
