import { PitotError } from "@pitot/core";
import { DataType, Field, Schema, Struct } from "apache-arrow";

/**
 * The schema of some columns, in the order asked for: by name, or of structs by the path of a part, `a.b`. Parts of one struct become one column, of these parts alone;
 * a column that is asked for whole is whole. Lists and maps have no parts.
 * @throws PitotError INVALID_ARGUMENT for a column that is not there
 */
export function projectColumns(schema: Schema, paths: readonly string[]): Schema {
  return new Schema(chosenFields(schema.fields, paths, ""), schema.metadata);
}

/** `paths` are below `parent`, which is empty or ends with a dot. */
function chosenFields(fields: readonly Field[], paths: readonly string[], parent: string): Field[] {
  const chosen = new Map<Field, { whole: boolean; parts: string[] }>();
  for (const path of paths) {
    // Names may hold dots themselves; the whole name is tried first.
    const whole = fields.find(({ name }) => name === path);
    const field =
      whole ?? fields.find(({ name, type }) => DataType.isStruct(type) && path.startsWith(`${name}.`));
    if (field === undefined) throw noColumn(`${parent}${path}`, parent, fields);
    const known = chosen.get(field) ?? { whole: false, parts: [] };
    chosen.set(field, known);
    if (whole === undefined) known.parts.push(path.slice(field.name.length + 1));
    else known.whole = true;
  }
  return Array.from(chosen, ([field, { whole, parts }]) => {
    const { name, type, nullable, metadata } = field;
    // Each path is looked up, also below a column that is asked for whole.
    const below = parts.length === 0 ? [] : chosenFields(type.children, parts, `${parent}${name}.`);
    return whole ? field : new Field(name, new Struct(below), nullable, metadata);
  });
}

function noColumn(path: string, parent: string, fields: readonly Field[]): PitotError {
  const known = fields.map(({ name }) => `${parent}${name}`).join(", ");
  return new PitotError("INVALID_ARGUMENT", "The dataset has no column", {
    value: path,
    remedy: `Choose from ${known}; a part of a struct by its path, such as 'a.b'; lists and maps are read whole`,
  });
}
