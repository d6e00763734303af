// Made from registry/*.yaml by generate.js. Change the registry, then run it again.

/** UUIDv7 of the run. */
export const ATTR_RUN_ID = "pitot.run.id" as const;

/** Low-cardinality name of the pipeline. */
export const ATTR_RUN_LABEL = "pitot.run.label" as const;

/** Stable identity of a logical run across retries. */
export const ATTR_RUN_KEY = "pitot.run.key" as const;

/** running, completed, failed or aborted. */
export const ATTR_RUN_STATUS = "pitot.run.status" as const;

/** Set on a span that was open when its process ended; its end is the last sign of life. */
export const ATTR_ABORTED = "pitot.aborted" as const;

/** Metadata given at start and finish. */
export const ATTR_RUN_METADATA = "pitot.run.metadata" as const;

/** Version of the next idempotent write. */
export const ATTR_RUN_COMMIT_SEQUENCE = "pitot.run.commit_sequence" as const;

/** Start, Unix milliseconds. */
export const ATTR_RUN_START_TIME_UNIX_MS = "pitot.run.start_time_unix_ms" as const;

/** End, Unix milliseconds. */
export const ATTR_RUN_END_TIME_UNIX_MS = "pitot.run.end_time_unix_ms" as const;

/** Records of the run, all kinds. */
export const ATTR_RUN_RECORDS_TOTAL = "pitot.run.records.total" as const;

/** Records handed to OTel. */
export const ATTR_RUN_RECORDS_EXPORTED = "pitot.run.records.exported" as const;

/** Records kept in the snapshot alone. */
export const ATTR_RUN_RECORDS_SNAPSHOT_ONLY = "pitot.run.records.snapshot_only" as const;

/** Values that redaction changed. */
export const ATTR_RUN_RECORDS_REDACTED = "pitot.run.records.redacted" as const;

/** Records whose attributes do not hold the whole payload. */
export const ATTR_RUN_RECORDS_TRUNCATED = "pitot.run.records.truncated" as const;

/** Records that nothing kept. */
export const ATTR_RUN_RECORDS_DROPPED = "pitot.run.records.dropped" as const;

/** Where the run's Arrow snapshot lies. */
export const ATTR_SNAPSHOT_URI = "pitot.snapshot.uri" as const;

/** Why two spans are linked. */
export const ATTR_LINK_REASON = "pitot.link.reason" as const;

/** Name of the stage. */
export const ATTR_STAGE_NAME = "pitot.stage.name" as const;

/** 1 for the first attempt. */
export const ATTR_STAGE_ATTEMPT = "pitot.stage.attempt" as const;

/** completed or failed. */
export const ATTR_STAGE_STATUS = "pitot.stage.status" as const;

/** hit, miss, stored, bypassed or failed. */
export const ATTR_CACHE_OUTCOME = "pitot.cache.outcome" as const;

/** Key of the cached value. */
export const ATTR_CACHE_KEY = "pitot.cache.key" as const;

/** Why the cache gave this outcome. */
export const ATTR_CACHE_REASON = "pitot.cache.reason" as const;

/** Group of nodes that the stage belongs to. */
export const ATTR_STAGE_GROUP = "pitot.stage.group" as const;

/** Seconds between being ready and being started. */
export const ATTR_STAGE_QUEUED_TIME = "pitot.stage.queued_time" as const;

/** Why the stage did nothing. */
export const ATTR_STAGE_SKIP_REASON = "pitot.stage.skip_reason" as const;

/** Stages that the stage depends on. */
export const ATTR_STAGE_DEPS = "pitot.stage.deps" as const;

/** Datasets that the stage read. */
export const ATTR_STAGE_INPUTS = "pitot.stage.inputs" as const;

/** Datasets that the stage wrote. */
export const ATTR_STAGE_OUTPUTS = "pitot.stage.outputs" as const;

/** Rows, or chunks of a byte stream, that a stream stage passed on. */
export const ATTR_STREAM_ROWS = "pitot.stream.rows" as const;

/** Bytes that a stream stage passed on. */
export const ATTR_STREAM_BYTES = "pitot.stream.bytes" as const;

/** Seconds that a stream stage waited for its consumer. */
export const ATTR_STREAM_BACKPRESSURE_TIME = "pitot.stream.backpressure_time" as const;

/** Times that a stream stage had to wait for its consumer. */
export const ATTR_STREAM_PAUSES = "pitot.stream.pauses" as const;

/** Kind of record: event, artifact, quality and so on; also span, log, and outbox_request (metrics that wait on disk). */
export const ATTR_RECORD_KIND = "pitot.record.kind" as const;

/** Ordinal of the record within its run and kind; the row in the snapshot's table. */
export const ATTR_RECORD_SEQ = "pitot.record.seq" as const;

/** First ordinal on a carrier span. */
export const ATTR_RECORDS_SEQ_FIRST = "pitot.records.seq.first" as const;

/** Last ordinal on a carrier span. */
export const ATTR_RECORDS_SEQ_LAST = "pitot.records.seq.last" as const;

/** Records on a carrier span. */
export const ATTR_RECORDS_COUNT = "pitot.records.count" as const;

/** What became of it. */
export const ATTR_OUTCOME = "pitot.outcome" as const;

/** The attribute set that holds what is over the cardinality limit. */
export const ATTR_OVERFLOW = "pitot.overflow" as const;

/** Logical name of an event. */
export const ATTR_EVENT_NAME = "pitot.event.name" as const;

/** Logical name of an artifact. */
export const ATTR_ARTIFACT_NAME = "pitot.artifact.name" as const;

/** Payload, flattened by dots. */
export const ATTR_PAYLOAD = "pitot.payload" as const;

/** JSON of what does not fit into flat attributes. */
export const ATTR_PAYLOAD_JSON = "pitot.payload.json" as const;

/** SHA-256 of the whole payload's JSON, as the snapshot has it. */
export const ATTR_PAYLOAD_SHA256 = "pitot.payload.sha256" as const;

/** The JSON was cut. */
export const ATTR_PAYLOAD_TRUNCATED = "pitot.payload.truncated" as const;

/** Kind of entity, e.g. NODE. */
export const ATTR_QUALITY_ENTITY_KIND = "pitot.quality.entity_kind" as const;

/** Identity of the invalid entity; absent where it has none. */
export const ATTR_QUALITY_ENTITY_ID = "pitot.quality.entity_id" as const;

/** What is wrong, low cardinality. */
export const ATTR_QUALITY_ISSUE = "pitot.quality.issue" as const;

/** Table it was found in. */
export const ATTR_QUALITY_SOURCE_TABLE = "pitot.quality.source_table" as const;

/** Ordinal of its row in that table, from 0; absent where it is not known. */
export const ATTR_QUALITY_ROW_ORDINAL = "pitot.quality.row_ordinal" as const;

/** Rows of this entity kind, issue and table. */
export const ATTR_QUALITY_TOTAL = "pitot.quality.total" as const;

/** Rows of them that were exported. */
export const ATTR_QUALITY_EXPORTED = "pitot.quality.exported" as const;

/** Ordinal of the first of them in the snapshot. */
export const ATTR_QUALITY_SNAPSHOT_FIRST_ROW = "pitot.quality.snapshot.first_row" as const;

/** Name of the dataset. */
export const ATTR_DATASET_NAME = "pitot.dataset.name" as const;

/** Rows. */
export const ATTR_DATASET_ROWS = "pitot.dataset.rows" as const;

/** Columns. */
export const ATTR_DATASET_COLUMNS = "pitot.dataset.columns" as const;

/** Bytes. */
export const ATTR_DATASET_BYTES = "pitot.dataset.bytes" as const;

/** SHA-256 of the canonical schema. */
export const ATTR_DATASET_SCHEMA_FINGERPRINT = "pitot.dataset.schema_fingerprint" as const;

/** Name of the column. */
export const ATTR_COLUMN_NAME = "pitot.column.name" as const;

/** Arrow type string. */
export const ATTR_COLUMN_TYPE = "pitot.column.type" as const;

/** Nulls. */
export const ATTR_COLUMN_NULL_COUNT = "pitot.column.null_count" as const;

/** Columns there are. */
export const ATTR_COLUMNS_TOTAL = "pitot.columns.total" as const;

/** Columns exported. */
export const ATTR_COLUMNS_EXPORTED = "pitot.columns.exported" as const;

/** Dataset scanned. */
export const ATTR_SCAN_DATASET = "pitot.scan.dataset" as const;

/** parquet, delta, csv or arrow. */
export const ATTR_SCAN_FORMAT = "pitot.scan.format" as const;

/** Fragments. */
export const ATTR_SCAN_FRAGMENT_COUNT = "pitot.scan.fragment_count" as const;

/** Row groups. */
export const ATTR_SCAN_ROW_GROUP_COUNT = "pitot.scan.row_group_count" as const;

/** Rows that match, exactly. */
export const ATTR_SCAN_COUNT_ROWS = "pitot.scan.count_rows" as const;

/** Rows by metadata. */
export const ATTR_SCAN_ESTIMATED_ROWS = "pitot.scan.estimated_rows" as const;

/** A few file paths. */
export const ATTR_SCAN_FILE_HINTS = "pitot.scan.file_hints" as const;

/** Fragment paths. */
export const ATTR_SCAN_FRAGMENT_PATHS = "pitot.scan.fragment_paths" as const;

/** Partition expressions. */
export const ATTR_SCAN_PARTITION_EXPRESSIONS = "pitot.scan.partition_expressions" as const;

/** Columns the query needs. */
export const ATTR_SCAN_REQUIRED_COLUMNS = "pitot.scan.required_columns" as const;

/** Columns read. */
export const ATTR_SCAN_SCAN_COLUMNS = "pitot.scan.scan_columns" as const;

/** Dataset schema, JSON. */
export const ATTR_SCAN_DATASET_SCHEMA = "pitot.scan.dataset_schema" as const;

/** Projected schema, JSON. */
export const ATTR_SCAN_PROJECTED_SCHEMA = "pitot.scan.projected_schema" as const;

/** Discovery policy, JSON. */
export const ATTR_SCAN_DISCOVERY_POLICY = "pitot.scan.discovery_policy" as const;

/** Scan profile, JSON. */
export const ATTR_SCAN_SCAN_PROFILE = "pitot.scan.scan_profile" as const;

/** Fragments: total. */
export const ATTR_SCAN_FRAGMENTS_TOTAL = "pitot.scan.fragments.total" as const;

/** Fragments: read. */
export const ATTR_SCAN_FRAGMENTS_READ = "pitot.scan.fragments.read" as const;

/** Fragments: skipped. */
export const ATTR_SCAN_FRAGMENTS_SKIPPED = "pitot.scan.fragments.skipped" as const;

/** Row groups: total. */
export const ATTR_SCAN_ROW_GROUPS_TOTAL = "pitot.scan.row_groups.total" as const;

/** Row groups: read. */
export const ATTR_SCAN_ROW_GROUPS_READ = "pitot.scan.row_groups.read" as const;

/** Row groups: skipped. */
export const ATTR_SCAN_ROW_GROUPS_SKIPPED = "pitot.scan.row_groups.skipped" as const;

/** Bytes: total. */
export const ATTR_SCAN_BYTES_TOTAL = "pitot.scan.bytes.total" as const;

/** Bytes: read. */
export const ATTR_SCAN_BYTES_READ = "pitot.scan.bytes.read" as const;

/** Bytes: skipped. */
export const ATTR_SCAN_BYTES_SKIPPED = "pitot.scan.bytes.skipped" as const;

/** Bytes: footer. */
export const ATTR_SCAN_BYTES_FOOTER = "pitot.scan.bytes.footer" as const;

/** Rows decoded. */
export const ATTR_SCAN_ROWS_SCANNED = "pitot.scan.rows.scanned" as const;

/** Rows that matched. */
export const ATTR_SCAN_ROWS_MATCHED = "pitot.scan.rows.matched" as const;

/** Range reads. */
export const ATTR_SCAN_RANGE_REQUESTS = "pitot.scan.range_requests" as const;

/** Predicate of the scan, in pyarrow's form. */
export const ATTR_SCAN_PREDICATE = "pitot.scan.predicate" as const;

/** False where the reader stopped early or failed. */
export const ATTR_SCAN_COMPLETE = "pitot.scan.complete" as const;

/** Fragments skipped, by reason: partition, statistics, delta_statistics, deletion_vector. */
export const ATTR_SCAN_FRAGMENTS_SKIPPED_BY = "pitot.scan.fragments.skipped_by" as const;

/** Row groups skipped, by reason: statistics (no row matches), certain (all match, when counting). */
export const ATTR_SCAN_ROW_GROUPS_SKIPPED_BY = "pitot.scan.row_groups.skipped_by" as const;

/** Rows left out because the table has deleted them. */
export const ATTR_SCAN_ROWS_DELETED = "pitot.scan.rows.deleted" as const;

/** Seconds by phase: planning, reading, decoding; phases may overlap. */
export const ATTR_SCAN_SECONDS = "pitot.scan.seconds" as const;

/** Fingerprint of the normalised plan. */
export const ATTR_PLAN_FINGERPRINT = "pitot.plan.fingerprint" as const;

/** Rows that a statement inserted, updated, deleted or appended. */
export const ATTR_QUERY_CHANGED_ROWS = "pitot.query.changed_rows" as const;

/** The result is fetched while the statement runs. */
export const ATTR_QUERY_STREAMING = "pitot.query.streaming" as const;

/** False: the result was closed, or dropped, before its last row. */
export const ATTR_QUERY_COMPLETE = "pitot.query.complete" as const;

/** Seconds of CPU by the profile. */
export const ATTR_QUERY_CPU_TIME = "pitot.query.cpu_time" as const;

/** Rows scanned by the profile. */
export const ATTR_QUERY_ROWS_SCANNED = "pitot.query.rows_scanned" as const;

/** Class of the error. */
export const ATTR_ERROR_TYPE = "error.type" as const;

/** Logical name of the service. */
export const ATTR_SERVICE_NAME = "service.name" as const;

/** Database system. */
export const ATTR_DB_SYSTEM_NAME = "db.system.name" as const;

/** Statement. */
export const ATTR_DB_QUERY_TEXT = "db.query.text" as const;

/** Operation. */
export const ATTR_DB_OPERATION_NAME = "db.operation.name" as const;

/** Rows returned. */
export const ATTR_DB_RESPONSE_RETURNED_ROWS = "db.response.returned_rows" as const;

/** Operation and its targets, low cardinality. */
export const ATTR_DB_QUERY_SUMMARY = "db.query.summary" as const;

/** Table. */
export const ATTR_DB_COLLECTION_NAME = "db.collection.name" as const;

/** Statements in a batch. */
export const ATTR_DB_OPERATION_BATCH_SIZE = "db.operation.batch.size" as const;

/** Database. */
export const ATTR_DB_NAMESPACE = "db.namespace" as const;
