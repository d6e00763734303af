import { Schema, Table } from "apache-arrow";
import type { ScanTelemetry } from "./scan-telemetry.ts";
/** One row for each scan of a dataset; schemas, policy and profile as MessagePack. */
export declare const SCAN_TELEMETRY_SCHEMA: Schema;
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
export declare function encodeScanTelemetryRows(scans: Iterable<DatasetTelemetry>): ScanTelemetryRow[];
/** The telemetry of several datasets as one Arrow table of {@link SCAN_TELEMETRY_SCHEMA}. */
export declare function scanTelemetryTable(scans: Iterable<DatasetTelemetry>): Table;
