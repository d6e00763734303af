import type { RecordBatch } from "apache-arrow";

/** Reads one value of a column by its row. */
type Reader<T> = (row: number) => T;

/** A column of text; null where the batch has no such column. */
export function textsOf(batch: RecordBatch, name: string): Reader<string | null> {
  const column = batch.getChild(name);
  return (row) => (column?.get(row) as string | null | undefined) ?? null;
}

/** A column of 64-bit integers or timestamps, exact: a vector of timestamps yields rounded milliseconds. 0 where there is none. */
export function int64sOf(batch: RecordBatch, name: string): Reader<bigint> {
  const values = batch.getChild(name)?.toArray() as BigInt64Array | undefined;
  return (row) => values?.[row] ?? 0n;
}

/** A column of numbers, 64-bit ones too; null where the batch has no such column. */
export function numbersOf(batch: RecordBatch, name: string): Reader<number | null> {
  const column = batch.getChild(name);
  return (row) => {
    const value = column?.get(row) as number | bigint | null | undefined;
    return value === null || value === undefined ? null : Number(value);
  };
}

/** The rows of a batch as objects, or some of them. */
export function rowsOf<Row>(
  batch: RecordBatch,
  read: { readonly [K in keyof Row]: Reader<unknown> },
  only: readonly number[] = Array.from({ length: batch.numRows }, (_, row) => row),
): Row[] {
  const columns = Object.entries<Reader<unknown>>(read);
  return only.map((row) => Object.fromEntries(columns.map(([name, get]) => [name, get(row)])) as Row);
}

/** Rows as columns. */
export function columnsOf<Row extends object>(rows: readonly Row[]): Record<keyof Row, unknown[]> {
  const names = Object.keys(rows[0] ?? {}) as (keyof Row)[];
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])])) as never;
}

/** Rows as columns, with their ordinals from `first`; a batch that was not written leaves a gap in them. */
export function numberedColumns<Row extends object>(
  rows: readonly Row[],
  first: number,
): Record<keyof Row | "seq", unknown[]> {
  return { ...columnsOf(rows), seq: rows.map((_, i) => first + i) };
}
