import { Schema, type Table } from "apache-arrow";
import { type SchemaPayload } from "./schema-fingerprint.ts";
/** One row per dataset. */
export declare const DATASET_STATS_SCHEMA: Schema;
/** One row per column of a dataset. */
export declare const COLUMN_STATS_SCHEMA: Schema;
/** Tables by dataset name; null where a dataset is missing, which is skipped. */
export type Datasets = Readonly<Record<string, Table | null>>;
/** What a manifest keeps of a table. */
export interface TableSummary {
    readonly rows: number;
    readonly columns: number;
    readonly schemaFingerprint: string;
    readonly schema: SchemaPayload;
}
/** Rows, columns and schema fingerprint of each dataset, as {@link DATASET_STATS_SCHEMA} has them. Reads no values. */
export declare function datasetStatsTable(datasets: Datasets): Table;
/** Type and nulls of each column of each dataset, as {@link COLUMN_STATS_SCHEMA} has them. */
export declare function columnStatsTable(datasets: Datasets): Table;
/** Rows, columns, fingerprint and fields of one table. Reads no values. */
export declare function tableSummary(table: Table): TableSummary;
