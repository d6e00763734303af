import { Field, Int32, Int64, Schema, Utf8, type Table } from "apache-arrow";
import { nullCount } from "./null-count.ts";
import { schemaFingerprint, schemaPayload, type SchemaPayload } from "./schema-fingerprint.ts";
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
export function datasetStatsTable(datasets: Datasets): Table {
  const present = entries(datasets);
  return tableOf(DATASET_STATS_SCHEMA, [
    present.map(([name]) => name),
    present.map(([, table]) => BigInt(table.numRows)),
    present.map(([, table]) => table.numCols),
    present.map(([, table]) => schemaFingerprint(table.schema)),
  ]);
}

/** Type and nulls of each column of each dataset, as {@link COLUMN_STATS_SCHEMA} has them. */
export function columnStatsTable(datasets: Datasets): Table {
  const rows = entries(datasets).flatMap(([dataset, table]) =>
    table.schema.fields.map((field, i) => ({
      dataset,
      column: field.name,
      type: typeString(field.type),
      nulls: nullCount(table.getChildAt(i)!),
    })),
  );
  return tableOf(COLUMN_STATS_SCHEMA, [
    rows.map(({ dataset }) => dataset),
    rows.map(({ column }) => column),
    rows.map(({ type }) => type),
    rows.map(({ nulls }) => BigInt(nulls)),
  ]);
}

/** Rows, columns, fingerprint and fields of one table. Reads no values. */
export function tableSummary(table: Table): TableSummary {
  return {
    rows: table.numRows,
    columns: table.numCols,
    schemaFingerprint: schemaFingerprint(table.schema),
    schema: schemaPayload(table.schema),
  };
}

function entries(datasets: Datasets): [string, Table][] {
  return Object.entries(datasets).filter((entry): entry is [string, Table] => entry[1] !== null);
}
