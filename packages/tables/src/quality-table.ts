import { PitotError } from "@pitot/core";
import { makeData, RecordBatch, Struct, Table, type Data } from "apache-arrow";
import type { QualityLimit } from "./assert-quality.ts";
import { guardedStream } from "./batch-stream.ts";
import { checkList } from "./check-argument.ts";
import { checkedOptions, checkSpecs } from "./check-spec.ts";
import { idColumnOf } from "./id-type.ts";
import { BLOCK_ROWS, idKernel } from "./invalid-ids.ts";
import { nullCount } from "./null-count.ts";
import { QualityBuilder, qualityTableOf, type QualityLabels } from "./quality-builder.ts";
import { QUALITY_ORDINALS_SCHEMA, QUALITY_SCHEMA } from "./quality-schema.ts";
import { tableView, type ColumnView, type TableInput, type TableView } from "./table-input.ts";
import { typeString } from "./type-string.ts";

/** What to look for in one id column. Severity and threshold are for `assertQuality`. */
export interface QualityPlanSpec extends QualityLabels, Pick<QualityLimit, "severity" | "threshold"> {
  readonly idCol: string;
}

/** How quality tables are made. */
export interface QualityOptions {
  /** With the column `row_ordinal` beside the canonical ones: {@link QUALITY_ORDINALS_SCHEMA}. Default false. */
  readonly ordinals?: boolean;
  /** Ordinal of the table's first row, where it is a part of a greater whole. Default 0. */
  readonly firstRow?: number;
}

/** A quality table without rows. */
export function emptyQualityTable(): Table {
  return qualityTableOf([], false);
}

/**
 * Quality rows for invalid ids of a column: null, zero of any numeric type (−0 too), and the text "0".
 *
 * @throws PitotError INVALID_ARGUMENT where the table has no such column (the nearest are listed), or its type can hold no id
 */
export function qualityFromIds(
  table: TableInput,
  spec: QualityPlanSpec,
  options: QualityOptions = {},
): Table {
  return qualityFromPlans(table, [spec], options);
}

/**
 * The rows of several specs over one table, in their order. Each id column is read once, however many specs name it.
 *
 * @throws PitotError as {@link qualityFromIds}
 */
export function qualityFromPlans(
  table: TableInput,
  specs: readonly QualityPlanSpec[],
  options: QualityOptions = {},
): Table {
  checkSpecs(specs);
  return ofPlans(tableView(table), specs, checkedOptions(options));
}

function ofPlans(
  view: TableView,
  specs: readonly QualityPlanSpec[],
  { ordinals, firstRow }: Required<QualityOptions>,
): Table {
  const builders = specs.map((spec) => new QualityBuilder(spec, ordinals));
  const byColumn = new Map<ColumnView, QualityBuilder[]>();
  specs.forEach(({ idCol }, i) => {
    const column = idColumnOf(view, idCol);
    byColumn.set(column, [...(byColumn.get(column) ?? []), builders[i]!]);
  });
  for (const [column, wanted] of byColumn) scan(column, wanted, firstRow);
  return qualityTableOf(
    builders.flatMap((builder) => builder.takeBatches()),
    ordinals,
  );
}

/**
 * The quality tables of a stream of batches, one per batch that has invalid ids, with ordinals that go on from batch to batch. Holds one
 * batch at a time.
 *
 * @throws PitotError IO where the stream itself fails, after the tables of all batches before that; else as {@link qualityFromIds}
 */
export async function* qualityFromStream(
  batches: AsyncIterable<TableInput> | Iterable<TableInput>,
  specs: readonly QualityPlanSpec[],
  options: QualityOptions = {},
): AsyncGenerator<Table, void, undefined> {
  checkSpecs(specs);
  let { ordinals, firstRow } = checkedOptions(options);
  for await (const batch of guardedStream(batches)) {
    const view = tableView(batch);
    const found = ofPlans(view, specs, { ordinals, firstRow });
    firstRow += view.rows;
    if (found.numRows > 0) yield found;
  }
}

/**
 * One table of many; an empty one of none. With ordinals where all of them have ordinals, else without.
 * @throws PitotError INVALID_ARGUMENT for what is no list, or where a table's columns are not those of {@link QUALITY_SCHEMA}, or have nulls that it has not
 */
export function concatQualityTables(tables: readonly TableInput[]): Table {
  checkList(tables, "Quality tables are not a list", "Give a list of them, also of one.");
  const views = tables.map(tableView);
  for (const view of views) checkColumns(view);
  const width = QUALITY_SCHEMA.fields.length;
  const ordinals = views.length > 0 && views.every(({ columns }) => columns.length > width);
  const schema = ordinals ? QUALITY_ORDINALS_SCHEMA : QUALITY_SCHEMA;
  for (const { columns } of views)
    schema.fields.forEach(({ name, nullable }, i) => {
      const nulls = nullable ? 0 : nullCount(columns[i]!.chunks);
      if (nulls > 0)
        throw new PitotError("INVALID_ARGUMENT", `Column ${name} of a quality table has nulls`, {
          value: nulls,
          remedy: "Name the entity kind and the issue of each row.",
        });
    });
  const type = new Struct(schema.fields);
  // Rebuilt around the same buffers: tables may come from another copy of apache-arrow, or with other metadata.
  const batches = views.flatMap(({ columns }) =>
    columns[0]!.chunks
      .map((first, k) => {
        const children = schema.fields.map(({ type: own }, i) => {
          const { length, offset, nullCount, nullBitmap, valueOffsets, values } = columns[i]!.chunks[k]!;
          return makeData({
            type: own,
            length,
            offset,
            nullCount,
            nullBitmap,
            valueOffsets,
            data: values,
          } as never) as Data;
        });
        return new RecordBatch(schema, makeData({ type, length: first.length, nullCount: 0, children }));
      })
      .filter(({ numRows }) => numRows > 0),
  );
  return qualityTableOf(batches, ordinals);
}

/** @throws PitotError INVALID_ARGUMENT for what is not a quality table */
export function checkColumns({ columns }: TableView): void {
  const text = (fields: readonly { name: string; type: ColumnView["type"] }[]): string =>
    fields.map(({ name, type }) => `${name}: ${typeString(type)}`).join(", ");
  const actual = text(columns);
  if (actual !== text(QUALITY_SCHEMA.fields) && actual !== text(QUALITY_ORDINALS_SCHEMA.fields))
    throw new PitotError("INVALID_ARGUMENT", "This is not a quality table", {
      value: actual,
      remedy: `Its columns must be ${text(QUALITY_SCHEMA.fields)}.`,
    });
}

/** Rows that a kernel looks at between two looks at whether a batch is full: hits of several steps fill one batch. */
const STEP_ROWS = BLOCK_ROWS / 2;

/** Hits of a step, used again by each scan: to make it costs as much as to look at half a million values. */
const hits = new Int32Array(BLOCK_ROWS);

function scan(column: ColumnView, builders: readonly QualityBuilder[], firstRow: number): void {
  let base = firstRow;
  for (const chunk of column.chunks) {
    const kernel = idKernel(chunk);
    let count = 0;
    const deliver = (): void => {
      for (const builder of builders) builder.addInvalid(hits, count, base);
      count = 0;
    };
    for (let from = 0; from < chunk.length; from += STEP_ROWS) {
      if (count + STEP_ROWS > hits.length) deliver();
      count += kernel(from, Math.min(from + STEP_ROWS, chunk.length), hits.subarray(count));
    }
    deliver();
    base += chunk.length;
  }
}
