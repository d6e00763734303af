import { PitotError } from "@pitot/core";
import { Data, Vector, type Table } from "apache-arrow";
import { canonicalText } from "./canonical-text.ts";
import { checkInstance, checkOptions } from "./check-argument.ts";
import { isNumeric, numbersOf } from "./double-blocks.ts";
import { idKeys } from "./id-keys.ts";
import { IdSet } from "./id-set.ts";
import { idColumnOf } from "./id-type.ts";
import { BLOCK_ROWS } from "./invalid-ids.ts";
import { QualityBuilder, qualityTableOf } from "./quality-builder.ts";
import type { QualityOptions, QualityPlanSpec } from "./quality-table.ts";
import { checkedOptions, checkSpec } from "./check-spec.ts";
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
 * A quality row for each id that came before: the second and later rows of an id. Nulls are not compared; `qualityFromIds` finds them.
 *
 * @param seen ids of earlier batches; it grows by those of this table. Memory grows with the number of ids, see {@link IdSet}
 * @throws PitotError INVALID_ARGUMENT as `qualityFromIds`, or where `seen` holds ids of another sort
 */
export function qualityFromDuplicates(
  table: TableInput,
  spec: QualityPlanSpec,
  options: QualityOptions & { readonly seen?: IdSet } = {},
): Table {
  checkOptions(options);
  const seen = options.seen ?? new IdSet();
  checkInstance(seen, IdSet);
  const view = tableView(table);
  return qualityWhere(view, spec, options, (rowOf) => byIds(view, spec.idCol, seen, true, rowOf));
}

/**
 * A quality row for each id that is not among `known`: `new IdSet().add(airports, "iata")`. Nulls refer to nothing and are not reported.
 *
 * @throws PitotError INVALID_ARGUMENT as `qualityFromIds`, or where the ids of the two columns cannot be compared
 */
export function qualityFromReferences(
  table: TableInput,
  spec: QualityPlanSpec,
  known: IdSet,
  options: QualityOptions = {},
): Table {
  if (!(known instanceof IdSet))
    throw new PitotError("INVALID_ARGUMENT", "Known ids are not an IdSet", {
      value: known,
      remedy: "Give new IdSet().add(table, column).",
    });
  const view = tableView(table);
  return qualityWhere(view, spec, options, (rowOf) => byIds(view, spec.idCol, known, false, rowOf));
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

/** Collects rows in blocks, so that what waits is bounded, and makes them a quality table with the ids as text. */
function qualityWhere(
  view: TableView,
  spec: QualityPlanSpec,
  options: QualityOptions,
  find: (rowOf: (row: number) => void) => void,
): Table {
  checkSpec(spec);
  const { ordinals, firstRow } = checkedOptions(options);
  const id = columnOf(view, spec.idCol);
  const builder = new QualityBuilder(spec, ordinals);
  const textOf = idTexts(id);
  let rows: number[] = [];
  const deliver = (): void => {
    const from = rows;
    builder.addTexts(from.map(textOf), (i) => firstRow + from[i]!);
    rows = [];
  };
  find((row) => {
    if (rows.push(row) === BLOCK_ROWS) deliver();
  });
  deliver();
  return qualityTableOf(builder.takeBatches(), ordinals);
}

function* placed({ chunks }: ColumnView): Generator<{ chunk: Data; base: number }> {
  let base = 0;
  for (const chunk of chunks) {
    yield { chunk, base };
    base += chunk.length;
  }
}

/** The id of a row as text, by ascending rows. */
function idTexts(id: ColumnView): (row: number) => string | null {
  const parts = [...placed(id)].map(({ chunk, base }) => ({
    end: base + chunk.length,
    base,
    words: validWords(chunk),
    text: canonicalText(chunk),
  }));
  let k = 0;
  return (row) => {
    while (row >= parts[k]!.end) k++;
    if (row < parts[k]!.base) k = parts.findIndex(({ end }) => row < end);
    const { base, words, text } = parts[k]!;
    if (words !== undefined && bit(words, row - base) === 0) return null;
    return text?.(row - base) ?? null;
  };
}

/** See `IdSet.rows`. */
function byIds(
  view: TableView,
  idCol: string,
  ids: IdSet,
  adding: boolean,
  rowOf: (row: number) => void,
): void {
  for (const { chunk, base } of placed(idColumnOf(view, idCol)))
    ids.rows(idKeys(chunk), chunk.length, idCol, adding, (row) => rowOf(base + row));
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
