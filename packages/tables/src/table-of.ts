import { makeData, RecordBatch, Struct, Table, vectorFromArray, type Schema } from "apache-arrow";

/** A table of these columns, one list of values per field; without rows too, of which apache-arrow makes none by itself. */
export function tableOf(schema: Schema, columns: readonly (readonly unknown[])[]): Table {
  const length = columns[0]?.length ?? 0;
  if (length === 0) return new Table(schema);
  const children = schema.fields.map(({ type }, i) => vectorFromArray(columns[i] ?? [], type).data[0]!);
  return new Table(
    schema,
    new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, nullCount: 0, children })),
  );
}
