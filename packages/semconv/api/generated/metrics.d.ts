import type { MetricDefinition } from "../metric-definition.ts";
/** Duration of runs. Unit s. */
export declare const METRIC_RUN_DURATION: "pitot.run.duration";
/** Runs under way. Unit {run}. */
export declare const METRIC_RUN_ACTIVE: "pitot.run.active";
/** Duration of stages. Unit s. */
export declare const METRIC_STAGE_DURATION: "pitot.stage.duration";
/** Rows of a dataset. Unit {row}. */
export declare const METRIC_DATASET_ROWS: "pitot.dataset.rows";
/** Columns of a dataset. Unit {column}. */
export declare const METRIC_DATASET_COLUMNS: "pitot.dataset.columns";
/** Bytes of a dataset. Unit By. */
export declare const METRIC_DATASET_BYTES: "pitot.dataset.bytes";
/** Nulls of a column. Unit {row}. */
export declare const METRIC_COLUMN_NULLS: "pitot.column.nulls";
/** Quality rows. Unit {row}. */
export declare const METRIC_QUALITY_ISSUES: "pitot.quality.issues";
/** Fragments by outcome. Unit {fragment}. */
export declare const METRIC_SCAN_FRAGMENTS: "pitot.scan.fragments";
/** Row groups by outcome. Unit {row_group}. */
export declare const METRIC_SCAN_ROW_GROUPS: "pitot.scan.row_groups";
/** Bytes by outcome. Unit By. */
export declare const METRIC_SCAN_BYTES: "pitot.scan.bytes";
/** Rows by outcome. Unit {row}. */
export declare const METRIC_SCAN_ROWS: "pitot.scan.rows";
/** Duration of scans. Unit s. */
export declare const METRIC_SCAN_DURATION: "pitot.scan.duration";
/** Duration of statements. Unit s. */
export declare const METRIC_QUERY_DURATION: "pitot.query.duration";
/** Duration of database client operations. Unit s. */
export declare const METRIC_DB_CLIENT_OPERATION_DURATION: "db.client.operation.duration";
/** Commits by outcome. Unit {commit}. */
export declare const METRIC_WRITE_COMMITS: "pitot.write.commits";
/** Records by kind and outcome. Unit {record}. */
export declare const METRIC_RECORDS: "pitot.records";
/** Spans by outcome of their export. Unit {span}. */
export declare const METRIC_EXPORT_SPANS: "pitot.export.spans";
/** Log records by outcome of their export. Unit {record}. */
export declare const METRIC_EXPORT_LOGS: "pitot.export.logs";
/** Upper bounds in seconds of every duration histogram. */
export declare const DURATION_BOUNDARIES_S: readonly number[];
/** Every instrument of Pitot. */
export declare const METRICS: readonly MetricDefinition[];
