import {
  Binary,
  DataType,
  DateDay,
  Field,
  Float32,
  Int16,
  Int32,
  Int64,
  List,
  Map_,
  Precision,
  Schema,
  Struct,
  TimestampMicrosecond,
  Utf8,
  type Table,
} from "apache-arrow";
import { PitotError, type SchemaViolation } from "@pitot/core";
import { checkContract, typeString } from "@pitot/tables";

/**
 * The schema of an Arrow table in types that Delta has: dictionaries become their values, small unsigned integers the next larger ones,
 * timestamps microseconds. A column counts as nullable only where it has a null.
 *
 * @throws PitotError UNSUPPORTED for a type that Delta has no equal of
 */
export function writtenSchema(table: Table): Schema {
  return new Schema(
    table.schema.fields.map((field) => {
      const nulls = table.getChild(field.name)?.nullCount ?? 0;
      return new Field(field.name, deltaType(field.type as DataType, field.name), nulls > 0);
    }),
  );
}

/** How the columns of an append differ from those of the table: findings, none where it fits. */
export function appendViolations(name: string, table: Schema, written: Schema): SchemaViolation[] {
  return checkContract(written, {
    tableName: name,
    exact: true,
    // A column that may be null may be left out: it is null then.
    columns: table.fields
      .filter((field) => !field.nullable || written.fields.some((own) => own.name === field.name))
      .map((field) => ({
        name: field.name,
        type: typeString(field.type as DataType),
        ...(field.nullable ? {} : { nullable: false }),
      })),
  });
}

/** The schema as the log writes it, for a new table: every column may be null. */
export function schemaString(fields: readonly Field[]): string {
  return JSON.stringify({ type: "struct", fields: fields.map((field) => fieldJson(field)) });
}

/** Whether a column is, or holds, a timestamp without zone: a feature of the table. */
export function hasTimestampNtz(type: DataType): boolean {
  if (DataType.isTimestamp(type)) return type.timezone == null;
  return (type.children ?? []).some((field) => hasTimestampNtz(field.type as DataType));
}

function deltaType(type: DataType, column: string): DataType {
  if (DataType.isDictionary(type)) return deltaType(type.dictionary as DataType, column);
  if (DataType.isInt(type)) {
    if (type.isSigned) return type;
    if (type.bitWidth === 8) return new Int16();
    if (type.bitWidth === 16) return new Int32();
    if (type.bitWidth === 32) return new Int64();
  }
  if (DataType.isFloat(type)) return type.precision === Precision.HALF ? new Float32() : type;
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) return new Utf8();
  if (DataType.isBinary(type) || DataType.isLargeBinary(type) || DataType.isFixedSizeBinary(type))
    return new Binary();
  if (DataType.isBool(type)) return type;
  if (DataType.isDecimal(type) && type.bitWidth === 128) return type;
  if (DataType.isDate(type)) return new DateDay();
  if (DataType.isTimestamp(type)) return new TimestampMicrosecond(type.timezone == null ? null : "UTC");
  if (DataType.isList(type) || DataType.isFixedSizeList(type)) {
    const [element] = type.children;
    return new List(new Field("element", deltaType(element!.type as DataType, column), true));
  }
  if (DataType.isStruct(type))
    return new Struct(
      type.children.map((field) => new Field(field.name, deltaType(field.type as DataType, column), true)),
    );
  if (DataType.isMap(type)) {
    const [key, value] = (type.children[0] as Field).type.children as Field[];
    const entries = new Struct<{ key: DataType; value: DataType }>([
      new Field("key", deltaType(key!.type as DataType, column), false),
      new Field("value", deltaType(value!.type as DataType, column), true),
    ]);
    return new Map_(new Field("entries", entries, false));
  }
  throw new PitotError("UNSUPPORTED", `Column ${column} has a type that Delta Lake has no equal of`, {
    value: typeString(type),
    remedy: "Convert the column before it is written.",
  });
}

function fieldJson({ name, type }: Field): object {
  return { name, type: typeJson(type as DataType), nullable: true, metadata: {} };
}

function typeJson(type: DataType): string | object {
  if (DataType.isInt(type)) return { 8: "byte", 16: "short", 32: "integer", 64: "long" }[type.bitWidth];
  if (DataType.isFloat(type)) return type.precision === Precision.SINGLE ? "float" : "double";
  if (DataType.isUtf8(type)) return "string";
  if (DataType.isBinary(type)) return "binary";
  if (DataType.isBool(type)) return "boolean";
  if (DataType.isDecimal(type)) return `decimal(${type.precision},${type.scale})`;
  if (DataType.isDate(type)) return "date";
  if (DataType.isTimestamp(type)) return type.timezone == null ? "timestamp_ntz" : "timestamp";
  if (DataType.isList(type))
    return {
      type: "array",
      elementType: typeJson(type.children[0]!.type as DataType),
      containsNull: true,
    };
  if (DataType.isMap(type)) {
    const [key, value] = (type.children[0] as Field).type.children as Field[];
    return {
      type: "map",
      keyType: typeJson(key!.type as DataType),
      valueType: typeJson(value!.type as DataType),
      valueContainsNull: true,
    };
  }
  return { type: "struct", fields: type.children.map((field) => fieldJson(field)) };
}
