import { Schema, type Table } from "apache-arrow";
import { type MeasuredDataset } from "./measured-dataset.ts";
import { type SchemaPayload } from "./schema-fingerprint.ts";
import { type TableInput } from "./table-input.ts";
/** One row per dataset. */
export declare const DATASET_STATS_SCHEMA: Schema;
/** One row per column of a dataset. */
export declare const COLUMN_STATS_SCHEMA: Schema;
/** Metadata of a statistics table: names of datasets that were missing, as a JSON list. Absent where none was. */
export declare const MISSING_DATASETS = "pitot.missing_datasets";
/** Tables, or measured streams, by dataset name; null where a dataset is missing, which is skipped and named in {@link MISSING_DATASETS}. */
export type Datasets = Readonly<Record<string, TableInput | MeasuredDataset | null>>;
/** What a manifest keeps of a table. */
export interface TableSummary {
    readonly rows: number;
    readonly columns: number;
    readonly schemaFingerprint: string;
    readonly schema: SchemaPayload;
}
/**
 * Rows, columns and schema fingerprint of each dataset, as {@link DATASET_STATS_SCHEMA} has them.
 * @throws PitotError as every function that takes a table
 */
export declare function datasetStatsTable(datasets: Datasets): Table;
/**
 * Type and nulls of each column of each dataset, as {@link COLUMN_STATS_SCHEMA} has them.
 * @throws PitotError as every function that takes a table
 */
export declare function columnStatsTable(datasets: Datasets): Table;
/** Rows, columns, fingerprint and fields of one table. @throws PitotError as every function that takes a table */
export declare function tableSummary(table: TableInput | MeasuredDataset): TableSummary;
/** @throws PitotError INVALID_ARGUMENT for what has no names, a table itself among it */
export declare function checkDatasets(datasets: unknown): void;
