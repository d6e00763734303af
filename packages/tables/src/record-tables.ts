import {
  composeSinks,
  guarded,
  type ColumnRecords,
  qualityRows,
  type DiagnosticsSink,
  type QualityRow,
  type QualityTable,
} from "@pitot/core";
import {
  ATTR_COLUMN_NAME,
  ATTR_COLUMN_NULL_COUNT,
  ATTR_COLUMN_TYPE,
  ATTR_COLUMNS_EXPORTED,
  ATTR_COLUMNS_TOTAL,
  ATTR_DATASET_BYTES,
  ATTR_DATASET_COLUMNS,
  ATTR_DATASET_NAME,
  ATTR_DATASET_ROWS,
  ATTR_DATASET_SCHEMA_FINGERPRINT,
  EVENT_COLUMN,
  EVENT_DATASET,
  METRIC_COLUMN_NULLS,
  METRIC_DATASET_BYTES,
  METRIC_DATASET_COLUMNS,
  METRIC_DATASET_ROWS,
} from "@pitot/semconv";
import type { Table } from "apache-arrow";
import { checkOptions, refused } from "./check-argument.ts";
import type { Datasets } from "./dataset-stats.ts";
import { measureTable, type MeasuredDataset } from "./measured-dataset.ts";
import { schemaFingerprint } from "./schema-fingerprint.ts";
import { tableView } from "./table-input.ts";
import { checkColumns } from "./quality-table.ts";
import { typeString } from "./type-string.ts";

/** Columns per dataset that become events and gauges. */
const COLUMNS = 100;

/** How {@link recordDatasets} tells of columns. */
export interface RecordDatasetsOptions {
  /** Columns per dataset that become events and gauges; the snapshot has all of them. Default 100. */
  readonly columns?: number;
}

/**
 * Records rows, columns, bytes, schema fingerprint, and type and nulls of each column, of datasets: as events `pitot.dataset` and
 * `pitot.column`, as gauges, and as the snapshot's tables `dataset_stats` and `column_stats`. A dataset that is null, or cannot be read, is
 * an event `dataset_missing` with its name and reason. Never throws; options that are none are told once through OTel's `diag`, and the defaults hold. Reads validity bitmaps, not values.
 */
export function recordDatasets(
  sink: DiagnosticsSink,
  datasets: Datasets,
  options: RecordDatasetsOptions = {},
): void {
  guarded("recordDatasets", () => {
    let most = COLUMNS;
    // Bad options are told, and lose nothing.
    guarded("recordDatasets options", () => (most = checkedColumns(options)));
    const measured: [string, MeasuredDataset][] = [];
    for (const [name, table] of Object.entries(datasets))
      try {
        if (table === null) sink.recordEvent("dataset_missing", { dataset: name, reason: "null" });
        else measured.push([name, measureTable(table)]);
      } catch (error) {
        sink.recordEvent("dataset_missing", {
          dataset: name,
          reason: error instanceof Error ? error.message : String(error),
        });
      }
    if (measured.length === 0) return;
    recordDatasetRows(sink, measured, most);
    for (const [name, dataset] of measured) recordColumnRows(sink, name, dataset, most);
    recordGauges(sink, measured, most);
  });
}

/**
 * Hands a quality table to a sink. Never throws; a table of other columns is told and counted as dropped. A run reads it by column, a few
 * nanoseconds a row; another sink gets rows, made while it reads them.
 */
export function recordQualityTable(sink: DiagnosticsSink, table: Table): void {
  guarded("recordQualityTable", () => {
    let refused = true;
    const shown: QualityTable = {
      numRows: table.numRows,
      // A run counts rows without columns as dropped.
      getChild: (name) => (refused ? null : table.getChild(name)),
    };
    const rows: QualityTable & Iterable<QualityRow> = {
      ...shown,
      [Symbol.iterator]: () => qualityRows(shown)[Symbol.iterator](),
    };
    try {
      checkColumns(tableView(table));
      refused = false;
    } finally {
      sink.recordQuality(rows);
    }
  });
}

/** @throws PitotError INVALID_ARGUMENT for what is no number of columns, or no options */
function checkedColumns(options: RecordDatasetsOptions): number {
  checkOptions(options);
  const { columns = COLUMNS } = options;
  if (!(Number.isInteger(columns) || columns === Infinity) || columns < 0)
    throw refused("columns is no number of columns", columns, "Give a whole number from 0 on, or Infinity.");
  return columns;
}

function recordDatasetRows(
  sink: DiagnosticsSink,
  measured: readonly (readonly [string, MeasuredDataset])[],
  most: number,
): void {
  const prints = measured.map(([, { schema }]) => schemaFingerprint(schema));
  emit(sink, {
    kind: "dataset_stats",
    length: measured.length,
    columns: {
      dataset_name: measured.map(([name]) => name),
      rows: Float64Array.from(measured, ([, { rows }]) => rows),
      columns: Int32Array.from(measured, ([, { schema }]) => schema.fields.length),
      schema_fingerprint: prints,
    },
    event: (row) => {
      const [name, { rows, bytes, schema }] = measured[row]!;
      return {
        name: EVENT_DATASET,
        attributes: {
          [ATTR_DATASET_NAME]: name,
          [ATTR_DATASET_ROWS]: rows,
          [ATTR_DATASET_COLUMNS]: schema.fields.length,
          [ATTR_DATASET_BYTES]: bytes,
          [ATTR_DATASET_SCHEMA_FINGERPRINT]: prints[row]!,
          [ATTR_COLUMNS_TOTAL]: schema.fields.length,
          [ATTR_COLUMNS_EXPORTED]: Math.min(schema.fields.length, most),
        },
      };
    },
  });
}

function recordColumnRows(
  sink: DiagnosticsSink,
  dataset: string,
  { schema, nullCounts }: MeasuredDataset,
  most: number,
): void {
  const { fields } = schema;
  const { length } = fields;
  const types = fields.map(({ type }) => typeString(type));
  emit(sink, {
    kind: "column_stats",
    length,
    exported: most,
    columns: {
      dataset_name: { codes: new Int32Array(length), values: [dataset] },
      column_name: fields.map(({ name }) => name),
      type: types,
      null_count: Float64Array.from(nullCounts),
    },
    event: (row) => ({
      name: EVENT_COLUMN,
      attributes: {
        [ATTR_DATASET_NAME]: dataset,
        [ATTR_COLUMN_NAME]: fields[row]!.name,
        [ATTR_COLUMN_TYPE]: types[row]!,
        [ATTR_COLUMN_NULL_COUNT]: nullCounts[row]!,
      },
    }),
  });
}

function recordGauges(
  sink: DiagnosticsSink,
  measured: readonly (readonly [string, MeasuredDataset])[],
  most: number,
): void {
  const gauge = (name: string, value: number, unit: string, tags: Record<string, string>): void =>
    sink.recordMetric(name, value, tags, { kind: "gauge", unit });
  for (const [dataset, { rows, bytes, schema, nullCounts }] of measured) {
    const tags = { [ATTR_DATASET_NAME]: dataset };
    gauge(METRIC_DATASET_ROWS, rows, "{row}", tags);
    gauge(METRIC_DATASET_COLUMNS, schema.fields.length, "{column}", tags);
    gauge(METRIC_DATASET_BYTES, bytes, "By", tags);
    for (let i = 0; i < Math.min(schema.fields.length, most); i++)
      gauge(METRIC_COLUMN_NULLS, nullCounts[i]!, "{row}", {
        ...tags,
        [ATTR_COLUMN_NAME]: schema.fields[i]!.name,
      });
  }
}

function emit(sink: DiagnosticsSink, records: ColumnRecords): void {
  // The composition gives a sink without columns its rows as events.
  if (sink.recordColumns === undefined) composeSinks(sink).recordColumns!(records);
  else sink.recordColumns(records);
}
