import type { Data, Table } from "apache-arrow";
import { canonicalText } from "./canonical-text.ts";
import { checkedOptions, checkSpec } from "./check-spec.ts";
import { BLOCK_ROWS } from "./invalid-ids.ts";
import { QualityBuilder, qualityTableOf } from "./quality-builder.ts";
import type { QualityOptions, QualityPlanSpec } from "./quality-table.ts";
import { columnOf, type ColumnView, type TableView } from "./table-input.ts";
import { bit, validWords } from "./validity.ts";

/** Collects rows in blocks, so that what waits is bounded, and makes them a quality table with the ids as text. */
export function qualityWhere(
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

/** The chunks of a column, and the row where each begins. */
export function* placed({ chunks }: ColumnView): Generator<{ chunk: Data; base: number }> {
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
