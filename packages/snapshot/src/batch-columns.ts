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

/** The rows of a batch as objects. */
export function rowsOf<Row>(batch: RecordBatch, read: { readonly [K in keyof Row]: Reader<unknown> }): Row[] {
  const columns = Object.entries<Reader<unknown>>(read);
  return Array.from(
    { length: batch.numRows },
    (_, row) => Object.fromEntries(columns.map(([name, get]) => [name, get(row)])) as Row,
  );
}
