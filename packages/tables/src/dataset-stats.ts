import { Field, Int32, Int64, Schema, Utf8, type Table } from "apache-arrow";
import { isObject, refused } from "./check-argument.ts";
import { measureTable, type MeasuredDataset } from "./measured-dataset.ts";
import { schemaFingerprint, schemaPayload, type SchemaPayload } from "./schema-fingerprint.ts";
import { isArrow, type TableInput } from "./table-input.ts";
import { tableOf } from "./table-of.ts";
import { typeString } from "./type-string.ts";

/** One row per dataset. */
export const DATASET_STATS_SCHEMA: Schema = new Schema([
  new Field("dataset_name", new Utf8(), true),
  new Field("rows", new Int64(), true),
  new Field("columns", new Int32(), true),
  new Field("schema_fingerprint", new Utf8(), true),
]);

/** One row per column of a dataset. */
export const COLUMN_STATS_SCHEMA: Schema = new Schema([
  new Field("dataset_name", new Utf8(), true),
  new Field("column_name", new Utf8(), true),
  new Field("type", new Utf8(), true),
  new Field("null_count", new Int64(), true),
]);

/** Metadata of a statistics table: names of datasets that were missing, as a JSON list. Absent where none was. */
export const MISSING_DATASETS = "pitot.missing_datasets";

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
export function datasetStatsTable(datasets: Datasets): Table {
  const { present, missing } = measureDatasets(datasets);
  return tableOf(noted(DATASET_STATS_SCHEMA, missing), [
    present.map(([name]) => name),
    present.map(([, { rows }]) => BigInt(rows)),
    present.map(([, { schema }]) => schema.fields.length),
    present.map(([, { schema }]) => schemaFingerprint(schema)),
  ]);
}

/**
 * Type and nulls of each column of each dataset, as {@link COLUMN_STATS_SCHEMA} has them.
 * @throws PitotError as every function that takes a table
 */
export function columnStatsTable(datasets: Datasets): Table {
  const { present, missing } = measureDatasets(datasets);
  const rows = present.flatMap(([dataset, { schema, nullCounts }]) =>
    schema.fields.map(({ name, type }, i) => ({
      dataset,
      name,
      type: typeString(type),
      nulls: nullCounts[i]!,
    })),
  );
  return tableOf(noted(COLUMN_STATS_SCHEMA, missing), [
    rows.map(({ dataset }) => dataset),
    rows.map(({ name }) => name),
    rows.map(({ type }) => type),
    rows.map(({ nulls }) => BigInt(nulls)),
  ]);
}

/** Rows, columns, fingerprint and fields of one table. @throws PitotError as every function that takes a table */
export function tableSummary(table: TableInput | MeasuredDataset): TableSummary {
  const { rows, schema } = measureTable(table);
  return {
    rows,
    columns: schema.fields.length,
    schemaFingerprint: schemaFingerprint(schema),
    schema: schemaPayload(schema),
  };
}

/** The datasets that are there, measured, and the names of those that are not. */
function measureDatasets(datasets: Datasets): {
  readonly present: readonly (readonly [name: string, dataset: MeasuredDataset])[];
  readonly missing: readonly string[];
} {
  checkDatasets(datasets);
  const entries = Object.entries(datasets);
  return {
    present: entries.flatMap(([name, table]) =>
      table === null ? [] : [[name, measureTable(table)] as const],
    ),
    missing: entries.flatMap(([name, table]) => (table === null ? [name] : [])),
  };
}

/** @throws PitotError INVALID_ARGUMENT for what has no names, a table itself among it */
export function checkDatasets(datasets: unknown): void {
  if (!isObject(datasets) || Array.isArray(datasets) || isArrow(datasets))
    throw refused("These are not datasets by name", datasets, "Give an object whose values are tables.");
}

function noted(schema: Schema, missing: readonly string[]): Schema {
  if (missing.length === 0) return schema;
  return new Schema(schema.fields, new Map([[MISSING_DATASETS, JSON.stringify(missing)]]));
}
