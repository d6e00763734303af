import { PitotError } from "@pitot/core";
import { Data, Vector, type Table } from "apache-arrow";
import { isNumeric, numbersOf } from "./double-blocks.ts";
import type { QualityOptions, QualityPlanSpec } from "./quality-table.ts";
import { placed, qualityWhere } from "./quality-where.ts";
import { columnOf, tableView, type ColumnView, type TableInput, type TableView } from "./table-input.ts";
import { typeString } from "./type-string.ts";
import { bit, validWords } from "./validity.ts";

/** A row as a predicate sees it. One object for all rows: do not keep it. */
export interface PredicateRow {
  /** Ordinal of the row, from 0. */
  readonly ordinal: number;
  /** The value of a column, as apache-arrow's `get` gives it: null where null. @throws PitotError INVALID_ARGUMENT for a column that is not there */
  get(column: string): unknown;
}

/**
 * Numbers outside `min` … `max`, or NaN, are wrong; nulls are not. For numeric columns and times, in the column's own unit: a bound of
 * `timestamp[us]` is in microseconds. Decimals are rounded to doubles.
 */
export interface QualityRange {
  readonly column: string;
  readonly min?: number | bigint;
  readonly max?: number | bigint;
}

/**
 * A quality row for each row that `wrong` returns true for, or whose value is outside a range. A range is checked over buffers; a function
 * costs what its `get` calls cost.
 *
 * @throws PitotError INVALID_ARGUMENT for a column that is not there, or a range over a column that is not numeric; what `wrong` throws passes unchanged
 */
export function qualityFromPredicate(
  table: TableInput,
  spec: QualityPlanSpec,
  wrong: ((row: PredicateRow) => boolean) | QualityRange,
  options: QualityOptions = {},
): Table {
  const view = tableView(table);
  if (typeof wrong !== "function") checkRange(wrong);
  return qualityWhere(view, spec, options, (rowOf) => {
    if (typeof wrong === "function") byFunction(view, wrong, rowOf, options.firstRow ?? 0);
    else byRange(columnOf(view, wrong.column), wrong, rowOf);
  });
}

function byFunction(
  view: TableView,
  wrong: (row: PredicateRow) => boolean,
  rowOf: (row: number) => void,
  firstRow: number,
): void {
  const vectors = new Map<string, Vector>();
  const row = {
    ordinal: 0,
    index: 0,
    get(name: string): unknown {
      let vector = vectors.get(name);
      if (vector === undefined)
        vectors.set(name, (vector = new Vector(columnOf(view, name).chunks.map(ownData))));
      return vector.get(this.index);
    },
  };
  for (let i = 0; i < view.rows; i++) {
    row.index = i;
    row.ordinal = firstRow + i;
    const answer = wrong(row) as unknown;
    if (answer instanceof Promise)
      throw new PitotError(
        "INVALID_ARGUMENT",
        "A predicate answers with a promise, which is true of any row",
        {
          value: answer,
          remedy: "Give a function that is not async.",
        },
      );
    if (answer) rowOf(i);
  }
}

/** Data of another copy of apache-arrow around the same buffers: its vectors refuse ours, and ours its. */
function ownData(chunk: Data): Data {
  if (chunk instanceof Data) return chunk;
  const { type, offset, length, nullCount, buffers, children, dictionary } = chunk as Data;
  return new Data(type, offset, length, nullCount, buffers, children, dictionary);
}

function byRange(
  column: ColumnView,
  { min = -Infinity, max = Infinity }: QualityRange,
  rowOf: (row: number) => void,
): void {
  if (!isNumeric(column.type))
    throw new PitotError("INVALID_ARGUMENT", `Column ${column.name} is not numeric, so it has no range`, {
      value: typeString(column.type),
      remedy: "Give a function of the row.",
    });
  for (const { chunk, base } of placed(column)) {
    const values: ArrayLike<number | bigint> = numbersOf(chunk);
    const words = validWords(chunk);
    for (let i = 0; i < chunk.length; i++)
      if ((words === undefined || bit(words, i) === 1) && !(values[i]! >= min && values[i]! <= max))
        rowOf(base + i);
  }
}

/** @throws PitotError INVALID_ARGUMENT for what is no range, or bounds that nothing compares with */
function checkRange(range: QualityRange): void {
  const { column, min = 0, max = 0 } = (range ?? {}) as Partial<QualityRange>;
  const isBound = (bound: unknown): boolean =>
    typeof bound === "bigint" || (typeof bound === "number" && !Number.isNaN(bound));
  if (typeof column !== "string" || !isBound(min) || !isBound(max))
    throw new PitotError("INVALID_ARGUMENT", "This is neither a predicate nor a range", {
      value: range,
      remedy: "Give a function of the row, or { column, min, max } whose bounds are numbers.",
    });
}
