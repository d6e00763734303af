/** UUIDv7 of the run. */
export declare const ATTR_RUN_ID: "pitot.run.id";
/** Low-cardinality name of the pipeline. */
export declare const ATTR_RUN_LABEL: "pitot.run.label";
/** Stable identity of a logical run across retries. */
export declare const ATTR_RUN_KEY: "pitot.run.key";
/** running, completed, failed or aborted. */
export declare const ATTR_RUN_STATUS: "pitot.run.status";
/** Set on a span that was open when its process ended; its end is the last sign of life. */
export declare const ATTR_ABORTED: "pitot.aborted";
/** Metadata given at start and finish. */
export declare const ATTR_RUN_METADATA: "pitot.run.metadata";
/** Version of the next idempotent write. */
export declare const ATTR_RUN_COMMIT_SEQUENCE: "pitot.run.commit_sequence";
/** Start, Unix milliseconds. */
export declare const ATTR_RUN_START_TIME_UNIX_MS: "pitot.run.start_time_unix_ms";
/** End, Unix milliseconds. */
export declare const ATTR_RUN_END_TIME_UNIX_MS: "pitot.run.end_time_unix_ms";
/** Records of the run, all kinds. */
export declare const ATTR_RUN_RECORDS_TOTAL: "pitot.run.records.total";
/** Records handed to OTel. */
export declare const ATTR_RUN_RECORDS_EXPORTED: "pitot.run.records.exported";
/** Records kept in the snapshot alone. */
export declare const ATTR_RUN_RECORDS_SNAPSHOT_ONLY: "pitot.run.records.snapshot_only";
/** Values that redaction changed. */
export declare const ATTR_RUN_RECORDS_REDACTED: "pitot.run.records.redacted";
/** Records whose attributes do not hold the whole payload. */
export declare const ATTR_RUN_RECORDS_TRUNCATED: "pitot.run.records.truncated";
/** Records that nothing kept. */
export declare const ATTR_RUN_RECORDS_DROPPED: "pitot.run.records.dropped";
/** Where the run's Arrow snapshot lies. */
export declare const ATTR_SNAPSHOT_URI: "pitot.snapshot.uri";
/** Why two spans are linked. */
export declare const ATTR_LINK_REASON: "pitot.link.reason";
/** Name of the stage. */
export declare const ATTR_STAGE_NAME: "pitot.stage.name";
/** 1 for the first attempt. */
export declare const ATTR_STAGE_ATTEMPT: "pitot.stage.attempt";
/** completed or failed. */
export declare const ATTR_STAGE_STATUS: "pitot.stage.status";
/** hit, miss, stored, bypassed or failed. */
export declare const ATTR_CACHE_OUTCOME: "pitot.cache.outcome";
/** Key of the cached value. */
export declare const ATTR_CACHE_KEY: "pitot.cache.key";
/** Why the cache gave this outcome. */
export declare const ATTR_CACHE_REASON: "pitot.cache.reason";
/** Group of nodes that the stage belongs to. */
export declare const ATTR_STAGE_GROUP: "pitot.stage.group";
/** Seconds between being ready and being started. */
export declare const ATTR_STAGE_QUEUED_TIME: "pitot.stage.queued_time";
/** Why the stage did nothing. */
export declare const ATTR_STAGE_SKIP_REASON: "pitot.stage.skip_reason";
/** Stages that the stage depends on. */
export declare const ATTR_STAGE_DEPS: "pitot.stage.deps";
/** Datasets that the stage read. */
export declare const ATTR_STAGE_INPUTS: "pitot.stage.inputs";
/** Datasets that the stage wrote. */
export declare const ATTR_STAGE_OUTPUTS: "pitot.stage.outputs";
/** Rows, or chunks of a byte stream, that a stream stage passed on. */
export declare const ATTR_STREAM_ROWS: "pitot.stream.rows";
/** Bytes that a stream stage passed on. */
export declare const ATTR_STREAM_BYTES: "pitot.stream.bytes";
/** Seconds that a stream stage waited for its consumer. */
export declare const ATTR_STREAM_BACKPRESSURE_TIME: "pitot.stream.backpressure_time";
/** Times that a stream stage had to wait for its consumer. */
export declare const ATTR_STREAM_PAUSES: "pitot.stream.pauses";
/** Kind of record: event, artifact, quality and so on; also span, log, and outbox_request (metrics that wait on disk). */
export declare const ATTR_RECORD_KIND: "pitot.record.kind";
/** Ordinal of the record within its run and kind; the row in the snapshot's table. */
export declare const ATTR_RECORD_SEQ: "pitot.record.seq";
/** First ordinal on a carrier span. */
export declare const ATTR_RECORDS_SEQ_FIRST: "pitot.records.seq.first";
/** Last ordinal on a carrier span. */
export declare const ATTR_RECORDS_SEQ_LAST: "pitot.records.seq.last";
/** Records on a carrier span. */
export declare const ATTR_RECORDS_COUNT: "pitot.records.count";
/** What became of it. */
export declare const ATTR_OUTCOME: "pitot.outcome";
/** The attribute set that holds what is over the cardinality limit. */
export declare const ATTR_OVERFLOW: "pitot.overflow";
/** Logical name of an event. */
export declare const ATTR_EVENT_NAME: "pitot.event.name";
/** Logical name of an artifact. */
export declare const ATTR_ARTIFACT_NAME: "pitot.artifact.name";
/** Payload, flattened by dots. */
export declare const ATTR_PAYLOAD: "pitot.payload";
/** JSON of what does not fit into flat attributes. */
export declare const ATTR_PAYLOAD_JSON: "pitot.payload.json";
/** SHA-256 of the whole payload's JSON, as the snapshot has it. */
export declare const ATTR_PAYLOAD_SHA256: "pitot.payload.sha256";
/** The JSON was cut. */
export declare const ATTR_PAYLOAD_TRUNCATED: "pitot.payload.truncated";
/** Kind of entity, e.g. NODE. */
export declare const ATTR_QUALITY_ENTITY_KIND: "pitot.quality.entity_kind";
/** Identity of the invalid entity; absent where it has none. */
export declare const ATTR_QUALITY_ENTITY_ID: "pitot.quality.entity_id";
/** What is wrong, low cardinality. */
export declare const ATTR_QUALITY_ISSUE: "pitot.quality.issue";
/** Table it was found in. */
export declare const ATTR_QUALITY_SOURCE_TABLE: "pitot.quality.source_table";
/** Ordinal of its row in that table, from 0; absent where it is not known. */
export declare const ATTR_QUALITY_ROW_ORDINAL: "pitot.quality.row_ordinal";
/** Rows of this entity kind, issue and table. */
export declare const ATTR_QUALITY_TOTAL: "pitot.quality.total";
/** Rows of them that were exported. */
export declare const ATTR_QUALITY_EXPORTED: "pitot.quality.exported";
/** Ordinal of the first of them in the snapshot. */
export declare const ATTR_QUALITY_SNAPSHOT_FIRST_ROW: "pitot.quality.snapshot.first_row";
/** Name of the dataset. */
export declare const ATTR_DATASET_NAME: "pitot.dataset.name";
/** Rows. */
export declare const ATTR_DATASET_ROWS: "pitot.dataset.rows";
/** Columns. */
export declare const ATTR_DATASET_COLUMNS: "pitot.dataset.columns";
/** Bytes. */
export declare const ATTR_DATASET_BYTES: "pitot.dataset.bytes";
/** SHA-256 of the canonical schema. */
export declare const ATTR_DATASET_SCHEMA_FINGERPRINT: "pitot.dataset.schema_fingerprint";
/** Name of the column. */
export declare const ATTR_COLUMN_NAME: "pitot.column.name";
/** Arrow type string. */
export declare const ATTR_COLUMN_TYPE: "pitot.column.type";
/** Nulls. */
export declare const ATTR_COLUMN_NULL_COUNT: "pitot.column.null_count";
/** Columns there are. */
export declare const ATTR_COLUMNS_TOTAL: "pitot.columns.total";
/** Columns exported. */
export declare const ATTR_COLUMNS_EXPORTED: "pitot.columns.exported";
/** Dataset scanned. */
export declare const ATTR_SCAN_DATASET: "pitot.scan.dataset";
/** parquet, delta, csv or arrow. */
export declare const ATTR_SCAN_FORMAT: "pitot.scan.format";
/** Fragments. */
export declare const ATTR_SCAN_FRAGMENT_COUNT: "pitot.scan.fragment_count";
/** Row groups. */
export declare const ATTR_SCAN_ROW_GROUP_COUNT: "pitot.scan.row_group_count";
/** Rows that match, exactly. */
export declare const ATTR_SCAN_COUNT_ROWS: "pitot.scan.count_rows";
/** Rows by metadata. */
export declare const ATTR_SCAN_ESTIMATED_ROWS: "pitot.scan.estimated_rows";
/** A few file paths. */
export declare const ATTR_SCAN_FILE_HINTS: "pitot.scan.file_hints";
/** Fragment paths. */
export declare const ATTR_SCAN_FRAGMENT_PATHS: "pitot.scan.fragment_paths";
/** Partition expressions. */
export declare const ATTR_SCAN_PARTITION_EXPRESSIONS: "pitot.scan.partition_expressions";
/** Columns the query needs. */
export declare const ATTR_SCAN_REQUIRED_COLUMNS: "pitot.scan.required_columns";
/** Columns read. */
export declare const ATTR_SCAN_SCAN_COLUMNS: "pitot.scan.scan_columns";
/** Dataset schema, JSON. */
export declare const ATTR_SCAN_DATASET_SCHEMA: "pitot.scan.dataset_schema";
/** Projected schema, JSON. */
export declare const ATTR_SCAN_PROJECTED_SCHEMA: "pitot.scan.projected_schema";
/** Discovery policy, JSON. */
export declare const ATTR_SCAN_DISCOVERY_POLICY: "pitot.scan.discovery_policy";
/** Scan profile, JSON. */
export declare const ATTR_SCAN_SCAN_PROFILE: "pitot.scan.scan_profile";
/** Fragments: total. */
export declare const ATTR_SCAN_FRAGMENTS_TOTAL: "pitot.scan.fragments.total";
/** Fragments: read. */
export declare const ATTR_SCAN_FRAGMENTS_READ: "pitot.scan.fragments.read";
/** Fragments: skipped. */
export declare const ATTR_SCAN_FRAGMENTS_SKIPPED: "pitot.scan.fragments.skipped";
/** Row groups: total. */
export declare const ATTR_SCAN_ROW_GROUPS_TOTAL: "pitot.scan.row_groups.total";
/** Row groups: read. */
export declare const ATTR_SCAN_ROW_GROUPS_READ: "pitot.scan.row_groups.read";
/** Row groups: skipped. */
export declare const ATTR_SCAN_ROW_GROUPS_SKIPPED: "pitot.scan.row_groups.skipped";
/** Bytes: total. */
export declare const ATTR_SCAN_BYTES_TOTAL: "pitot.scan.bytes.total";
/** Bytes: read. */
export declare const ATTR_SCAN_BYTES_READ: "pitot.scan.bytes.read";
/** Bytes: skipped. */
export declare const ATTR_SCAN_BYTES_SKIPPED: "pitot.scan.bytes.skipped";
/** Bytes: footer. */
export declare const ATTR_SCAN_BYTES_FOOTER: "pitot.scan.bytes.footer";
/** Rows decoded. */
export declare const ATTR_SCAN_ROWS_SCANNED: "pitot.scan.rows.scanned";
/** Rows that matched. */
export declare const ATTR_SCAN_ROWS_MATCHED: "pitot.scan.rows.matched";
/** Range reads. */
export declare const ATTR_SCAN_RANGE_REQUESTS: "pitot.scan.range_requests";
/** Predicate of the scan, in pyarrow's form. */
export declare const ATTR_SCAN_PREDICATE: "pitot.scan.predicate";
/** False where the reader stopped early or failed. */
export declare const ATTR_SCAN_COMPLETE: "pitot.scan.complete";
/** Fragments skipped, by reason: partition, statistics, delta_statistics, deletion_vector. */
export declare const ATTR_SCAN_FRAGMENTS_SKIPPED_BY: "pitot.scan.fragments.skipped_by";
/** Row groups skipped, by reason: statistics (no row matches), certain (all match, when counting). */
export declare const ATTR_SCAN_ROW_GROUPS_SKIPPED_BY: "pitot.scan.row_groups.skipped_by";
/** Rows left out because the table has deleted them. */
export declare const ATTR_SCAN_ROWS_DELETED: "pitot.scan.rows.deleted";
/** Seconds by phase: planning, reading, decoding; phases may overlap. */
export declare const ATTR_SCAN_SECONDS: "pitot.scan.seconds";
/** Fingerprint of the normalised plan. */
export declare const ATTR_PLAN_FINGERPRINT: "pitot.plan.fingerprint";
/** Rows that a statement inserted, updated, deleted or appended. */
export declare const ATTR_QUERY_CHANGED_ROWS: "pitot.query.changed_rows";
/** The result is fetched while the statement runs. */
export declare const ATTR_QUERY_STREAMING: "pitot.query.streaming";
/** False: the result was closed, or dropped, before its last row. */
export declare const ATTR_QUERY_COMPLETE: "pitot.query.complete";
/** Seconds of CPU by the profile. */
export declare const ATTR_QUERY_CPU_TIME: "pitot.query.cpu_time";
/** Rows scanned by the profile. */
export declare const ATTR_QUERY_ROWS_SCANNED: "pitot.query.rows_scanned";
/** Class of the error. */
export declare const ATTR_ERROR_TYPE: "error.type";
/** Logical name of the service. */
export declare const ATTR_SERVICE_NAME: "service.name";
/** Database system. */
export declare const ATTR_DB_SYSTEM_NAME: "db.system.name";
/** Statement. */
export declare const ATTR_DB_QUERY_TEXT: "db.query.text";
/** Operation. */
export declare const ATTR_DB_OPERATION_NAME: "db.operation.name";
/** Rows returned. */
export declare const ATTR_DB_RESPONSE_RETURNED_ROWS: "db.response.returned_rows";
/** Operation and its targets, low cardinality. */
export declare const ATTR_DB_QUERY_SUMMARY: "db.query.summary";
/** Table. */
export declare const ATTR_DB_COLLECTION_NAME: "db.collection.name";
/** Statements in a batch. */
export declare const ATTR_DB_OPERATION_BATCH_SIZE: "db.operation.batch.size";
/** Database. */
export declare const ATTR_DB_NAMESPACE: "db.namespace";
