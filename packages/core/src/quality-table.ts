import type { QualityRow } from "./diagnostics-sink.ts";
import type { GettableColumn } from "./record-batch.ts";
import { rowOrdinal } from "./row-ordinal.ts";

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

/** The rows as objects, made while they are read: for a sink that takes no columns; none of a table that a run does not take. Can be iterated again. */
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
      for (let i = 0; i < table.numRows; i++)
        yield {
          entity_kind: String(kind.get(i)),
          entity_id: (id?.get(i) as string | null | undefined) ?? null,
          issue: String(issue.get(i)),
          source_table: (source?.get(i) as string | null | undefined) ?? null,
          ...(place == null ? {} : { row_ordinal: rowOrdinal(place.get(i)) ?? null }),
        };
    },
  };
}
