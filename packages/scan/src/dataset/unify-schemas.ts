import { PitotError } from "@pitot/core";
import { typeString } from "@pitot/tables";
import { DataType, Field, Precision, Schema } from "apache-arrow";

/** A schema and the file that has it. */
export interface LocatedSchema {
  readonly schema: Schema;
  readonly location: string;
}

/**
 * The schema that all files can be read in: columns in order of appearance; where types differ, the wider of two integers of one sign, of
 * two floats, or of a dictionary and its values. A column that a file lacks is nullable.
 * @throws PitotError INVALID_DATA naming the first column whose types no such rule unites, and the file
 */
export function unifySchemas(schemas: readonly LocatedSchema[]): Schema {
  const [first, ...others] = schemas;
  if (first === undefined) return new Schema([]);
  const fields = new Map(first.schema.fields.map((field) => [field.name, field]));
  for (const { schema, location } of others) {
    const seen = new Set<string>();
    for (const field of schema.fields) {
      seen.add(field.name);
      const known = fields.get(field.name);
      if (known === undefined) fields.set(field.name, withNullable(field, field.type as DataType, true));
      else {
        const type = unifyTypes(known.type as DataType, field.type as DataType);
        if (type === undefined)
          throw new PitotError(
            "INVALID_DATA",
            `Column ${field.name} is ${typeString(known.type as DataType)} in ${first.location}, but ${typeString(field.type as DataType)} in`,
            { value: location, remedy: "Read the files apart, or write them with one schema" },
          );
        fields.set(field.name, withNullable(known, type, known.nullable || field.nullable));
      }
    }
    for (const [name, field] of fields)
      if (!seen.has(name) && !field.nullable)
        fields.set(name, withNullable(field, field.type as DataType, true));
  }
  return new Schema([...fields.values()], first.schema.metadata);
}

/** The type that holds the values of both; undefined where there is none without loss. */
function unifyTypes(a: DataType, b: DataType): DataType | undefined {
  if (typeString(a) === typeString(b)) return a;
  if (DataType.isNull(a)) return b;
  if (DataType.isNull(b)) return a;
  if (DataType.isDictionary(a)) return unifyTypes(a.dictionary as DataType, b);
  if (DataType.isDictionary(b)) return unifyTypes(a, b.dictionary as DataType);
  if (DataType.isInt(a) && DataType.isInt(b) && a.isSigned === b.isSigned)
    return a.bitWidth > b.bitWidth ? a : b;
  // Half floats are kept as bits, which no other float can take as they are.
  if (
    DataType.isFloat(a) &&
    DataType.isFloat(b) &&
    a.precision !== Precision.HALF &&
    b.precision !== Precision.HALF
  )
    return a.precision === Precision.DOUBLE ? a : b;
  if (isText(a) && isText(b)) return DataType.isLargeUtf8(a) ? a : b;
  if (isBytes(a) && isBytes(b)) return DataType.isLargeBinary(a) ? a : b;
  return undefined;
}

function isText(type: DataType): boolean {
  return DataType.isUtf8(type) || DataType.isLargeUtf8(type);
}

function isBytes(type: DataType): boolean {
  return DataType.isBinary(type) || DataType.isLargeBinary(type);
}

function withNullable(field: Field, type: DataType, nullable: boolean): Field {
  return new Field(field.name, type, nullable, field.metadata);
}
