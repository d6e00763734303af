import type { QualityRow } from "./diagnostics-sink.ts";
import type { GettableColumn } from "./record-batch.ts";
import { ordinalAt } from "./row-ordinal.ts";

/** A column of a {@link QualityTable}: an Arrow vector of text. */
export interface QualityColumn extends GettableColumn {
  /** Its chunks, where they can be read by their buffers. */
  readonly data?: readonly unknown[];
  /** Rows `begin` to `end`, as a view. */
  slice?(begin: number, end: number): GettableColumn;
}

/** A quality table by column, e.g. an Arrow table with the canonical columns, and `row_ordinal` or not; core itself knows no Arrow library. */
export interface QualityTable {
  readonly numRows: number;
  getChild(name: string): QualityColumn | null;
}

/** Told by shape: whoever has columns by name and a number of rows is read by column. */
export function isQualityTable(rows: object): rows is QualityTable {
  return (
    "numRows" in rows &&
    typeof rows.numRows === "number" &&
    "getChild" in rows &&
    typeof rows.getChild === "function"
  );
}

/**
 * How many rows the columns of a table can give, and how many it tells of: more, where one of its numbers is not as the others. What is no
 * count, NaN say, tells nothing.
 */
export function rowCounts(table: QualityTable): { readonly readable: number; readonly told: number } {
  const lengths = ["entity_kind", "entity_id", "issue", "source_table"].map(
    (name) => table.getChild(name)?.length,
  );
  const counts = [table.numRows, ...lengths].filter(
    (each): each is number => Number.isSafeInteger(each) && each! >= 0,
  );
  return counts.length === 0
    ? { readable: 0, told: 0 }
    : { readable: Math.min(...counts), told: Math.max(...counts) };
}

/**
 * The rows as objects, made while they are read: for a sink that takes no columns; none of a table that a run does not take. Can be iterated
 * again. What a column throws passes.
 */
export function qualityRows(table: QualityTable): Iterable<QualityRow> {
  return {
    *[Symbol.iterator]() {
      const [kind, id, issue, source, place] = [
        "entity_kind",
        "entity_id",
        "issue",
        "source_table",
        "row_ordinal",
      ].map((name) => table.getChild(name));
      if (kind == null || issue == null) return;
      const { readable } = rowCounts(table);
      for (let i = 0; i < readable; i++)
        yield {
          entity_kind: String(kind.get(i)),
          entity_id: (id?.get(i) as string | null | undefined) ?? null,
          issue: String(issue.get(i)),
          source_table: (source?.get(i) as string | null | undefined) ?? null,
          ...(place == null ? {} : { row_ordinal: ordinalAt(place, i) ?? null }),
        };
    },
  };
}
