import type { Attributes } from "@opentelemetry/api";
import { columnValue, type RecordColumn, type RecordKind } from "./record-batch.ts";

/**
 * Rows of one kind by column, and the event that tells each of them. What `tables` and `scan` hand to a run; the run adds
 * the columns that link rows to their span.
 */
export interface ColumnRecords {
  readonly kind: Exclude<RecordKind, "event" | "artifact" | "metric" | "quality">;
  readonly length: number;
  /** The table's own columns, by its schema in the snapshot. A column that is absent is null throughout. */
  readonly columns: Readonly<Record<string, RecordColumn>>;
  /** Rows told as events at most, within the budget of their kind. Default all. */
  readonly exported?: number;
  /** The event of a row: asked for as many rows as are exported. */
  event(row: number): { readonly name: string; readonly attributes: Attributes };
}

/** The rows as objects: for a sink that takes no columns. */
export function columnRecordRows({ length, columns }: ColumnRecords): object[] {
  const names = Object.keys(columns);
  return Array.from({ length }, (_, i) =>
    Object.fromEntries(names.map((name) => [name, columnValue(columns[name]!, i)])),
  );
}
