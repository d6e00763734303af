import { DataType, type Field, type Schema } from "apache-arrow";

/**
 * The type of a leaf by its path through structs, `a.b`; undefined where there is none. What lies in lists and maps has no place
 * of its own in a row, and so no path here.
 */
export function leafType(schema: Schema, path: string): DataType | undefined {
  let fields: readonly Field[] = schema.fields;
  let rest = path;
  for (;;) {
    // Names may hold dots themselves; the whole of what is left is tried first.
    const whole = fields.find((field) => field.name === rest);
    if (whole !== undefined) return whole.type as DataType;
    const parent = fields.find((field) => DataType.isStruct(field.type) && rest.startsWith(`${field.name}.`));
    if (parent === undefined) return undefined;
    rest = rest.slice(parent.name.length + 1);
    fields = (parent.type as DataType).children;
  }
}

/** The top-level column that has a leaf; undefined where there is none. */
export function topLevelColumn(schema: Schema, path: string): Field | undefined {
  return (
    schema.fields.find((field) => field.name === path) ??
    schema.fields.find((field) => DataType.isStruct(field.type) && path.startsWith(`${field.name}.`))
  );
}
