export { SnapshotStore } from "./snapshot-store.ts";
export type { SnapshotOptions } from "./snapshot-store.ts";
export type { SpanRow } from "./span-row.ts";
export { listRuns, readRun } from "./read-run.ts";
export type { SnapshotRun } from "./read-run.ts";
export type { ManifestTable, RunManifest } from "./manifest.ts";
export { SCHEMA_VERSION, TABLE_SCHEMAS } from "./table-schemas.ts";
export type { ColumnSchema, ColumnType, TableSchema } from "./table-schema.ts";
