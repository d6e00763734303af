import { type DataType, Field, List, Schema, Struct } from "apache-arrow";
import { PitotError } from "@pitot/core";
import type { FileMetadata } from "./file-metadata.ts";
import { namedMap } from "./named-map.ts";
import { annotation, primitiveArrowType } from "./primitive-arrow-type.ts";
import { restoreFields } from "./restore-arrow-types.ts";
import { type SchemaNode, schemaTree } from "./schema-tree.ts";
import { decodeStoredSchema } from "./stored-arrow-schema.ts";

const STORED = "ARROW:schema";

/**
 * The Arrow schema of a Parquet file, as pyarrow reads it: from the Parquet types, and then what Arrow stored beside them for what Parquet
 * cannot say. A field's id is its metadata `PARQUET:field_id`; the file's key-value metadata are the schema's.
 *
 * Throws INVALID_DATA for lists and maps of a shape that no rule of the format reads. A stored schema that is broken counts as absent.
 */
export function arrowSchema(metadata: FileMetadata): Schema {
  const { root } = schemaTree(metadata.schema);
  const inferred = root.children.map(fieldOf);
  const pairs = new Map<string, string>();
  for (const { key, value } of metadata.keyValueMetadata ?? [])
    if (key !== STORED) pairs.set(key, value ?? "");
  const text = metadata.keyValueMetadata?.find(({ key }) => key === STORED)?.value;
  const stored = text === undefined ? undefined : decodeStoredSchema(text);
  if (stored === undefined) return new Schema(inferred, pairs);
  return new Schema(restoreFields(inferred, stored.fields), new Map([...stored.metadata, ...pairs]));
}

function fieldOf(node: SchemaNode): Field {
  const { element } = node;
  // A repeated field by itself is a list that is never null, of values that are never null.
  if (element.repetition === "REPEATED")
    return field(node, new List(new Field(element.name, valueType(node), false)), false);
  return field(node, valueType(node), element.repetition === "OPTIONAL");
}

function field({ element }: SchemaNode, type: DataType, nullable: boolean): Field {
  const id = element.fieldId;
  return new Field(
    element.name,
    type,
    nullable,
    id === undefined ? undefined : new Map([["PARQUET:field_id", String(id)]]),
  );
}

/** The type of one value of a node, whatever its own repetition. */
function valueType(node: SchemaNode): DataType {
  if (node.element.type !== undefined) return primitiveArrowType(node.element);
  const kind = annotation(node.element)?.type;
  if (kind === "LIST") return listType(node);
  if (kind === "MAP") return mapType(node);
  return structType(node);
}

function structType(node: SchemaNode): DataType {
  return new Struct(node.children.map(fieldOf));
}

/**
 * The three levels of today's lists, and the older shapes, told apart by the rules of the format:
 * https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#backward-compatibility-rules
 */
function listType(node: SchemaNode): DataType {
  const [repeated] = node.children;
  if (node.children.length !== 1 || repeated?.element.repetition !== "REPEATED")
    return invalid(node, "A list must have one repeated child");
  return new List(itemOf(node, repeated));
}

function itemOf(list: SchemaNode, repeated: SchemaNode): Field {
  // Two levels: the repeated field is the item, which then is never null.
  return wrapsItem(list, repeated)
    ? fieldOf(repeated.children[0]!)
    : field(repeated, repeatedItemType(repeated), false);
}

/** Whether a list has three levels: its repeated group only wraps the item. */
export function wrapsItem(list: SchemaNode, repeated: SchemaNode): boolean {
  const { name } = repeated.element;
  const [only] = repeated.children;
  return (
    repeated.children.length === 1 &&
    only !== undefined &&
    only.element.repetition !== "REPEATED" &&
    annotation(repeated.element)?.type !== "LIST" &&
    name !== "array" &&
    name !== `${list.element.name}_tuple`
  );
}

function repeatedItemType(repeated: SchemaNode): DataType {
  const [only] = repeated.children;
  // An item that is itself a list of two levels, its annotation on the repeated group or left out.
  if (repeated.children.length === 1 && only?.element.repetition === "REPEATED")
    return annotation(repeated.element)?.type === "MAP" ? valueType(repeated) : listType(repeated);
  return valueType(repeated);
}

function mapType(node: SchemaNode): DataType {
  const [entries] = node.children;
  if (node.children.length !== 1 || entries?.element.repetition !== "REPEATED")
    return invalid(node, "A map must have one repeated child");
  const [key, value] = entries.children;
  // A map without values is a set, which Arrow has as a list of its keys.
  if (entries.children.length === 1) return listType(node);
  if (entries.children.length !== 2 || key === undefined || value === undefined)
    return invalid(node, "The entries of a map must have a key and a value");
  // Hive writes keys as optional, though none is ever null.
  const keyField = new Field(key.element.name, valueType(key), false);
  return namedMap(node.element.name, [keyField, fieldOf(value)], false);
}

function invalid(node: SchemaNode, problem: string): never {
  throw new PitotError("INVALID_DATA", problem, {
    value: node.path.join("."),
    remedy: "Leave the column out, or write the file anew with a current writer",
  });
}
