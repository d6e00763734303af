import { Table, vectorFromArray, type Schema } from "apache-arrow";

/** A table of these columns, one list of values per field; without rows too, of which apache-arrow makes none by itself. */
export function tableOf(schema: Schema, columns: readonly (readonly unknown[])[]): Table {
  if ((columns[0]?.length ?? 0) === 0) return new Table(schema);
  return new Table(
    schema,
    Object.fromEntries(
      schema.fields.map(({ name, type }, i) => [name, vectorFromArray(columns[i] ?? [], type)]),
    ),
  );
}
