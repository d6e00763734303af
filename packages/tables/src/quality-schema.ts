import { Field, Int64, Schema, Utf8 } from "apache-arrow";

/** One row per invalid entity. */
export const QUALITY_SCHEMA: Schema = new Schema([
  new Field("entity_kind", new Utf8(), false),
  new Field("entity_id", new Utf8(), true),
  new Field("issue", new Utf8(), false),
  new Field("source_table", new Utf8(), true),
]);

/**
 * {@link QUALITY_SCHEMA} and the ordinal of the row in the table that was checked, from 0: what the functions give with `ordinals: true`.
 * Whoever reads quality tables takes both.
 */
export const QUALITY_ORDINALS_SCHEMA: Schema = new Schema([
  ...QUALITY_SCHEMA.fields,
  new Field("row_ordinal", new Int64(), false),
]);
