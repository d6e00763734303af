import { PitotError } from "@pitot/core";
import { typeString } from "@pitot/tables";
import { DataType, Precision, TimeUnit, type Field, type Schema } from "apache-arrow";
import type { LogicalType, ParquetTimeUnit, SchemaElement } from "../parquet/file-metadata.ts";

const UNITS: Readonly<Partial<Record<TimeUnit, ParquetTimeUnit>>> = {
  [TimeUnit.MILLISECOND]: "MILLIS",
  [TimeUnit.MICROSECOND]: "MICROS",
  [TimeUnit.NANOSECOND]: "NANOS",
};

/**
 * An Arrow schema as Parquet's, as a writer of format version 2 has it: for a folder that has no file yet.
 * @throws PitotError UNSUPPORTED for types that Parquet has not
 */
export function parquetSchema(schema: Schema): SchemaElement[] {
  return [
    { name: "schema", numChildren: schema.fields.length },
    ...schema.fields.flatMap((field) => elementsOf(field)),
  ];
}

function elementsOf(field: Field): SchemaElement[] {
  const type = DataType.isDictionary(field.type)
    ? (field.type.dictionary as DataType)
    : (field.type as DataType);
  const { name } = field;
  const repetition = field.nullable ? "OPTIONAL" : "REQUIRED";
  if (DataType.isStruct(type)) return group({ name, repetition }, type.children);
  if (DataType.isList(type) || DataType.isLargeList(type) || DataType.isFixedSizeList(type))
    return [
      { name, repetition, numChildren: 1, convertedType: "LIST", logicalType: { type: "LIST" } },
      ...group({ name: "list", repetition: "REPEATED" }, type.children),
    ];
  if (DataType.isMap(type))
    return [
      { name, repetition, numChildren: 1, convertedType: "MAP", logicalType: { type: "MAP" } },
      ...group({ name: "key_value", repetition: "REPEATED" }, (type.children[0]!.type as DataType).children),
    ];
  return [{ name, repetition, ...leaf(type) }];
}

function group(element: SchemaElement, children: readonly Field[]): SchemaElement[] {
  return [{ ...element, numChildren: children.length }, ...children.flatMap((child) => elementsOf(child))];
}

function leaf(type: DataType): Omit<SchemaElement, "name"> {
  if (DataType.isNull(type)) return { type: "INT32", logicalType: { type: "NULL" } };
  if (DataType.isBool(type)) return { type: "BOOLEAN" };
  if (DataType.isInt(type)) {
    const { bitWidth, isSigned } = type;
    const physical = bitWidth === 64 ? "INT64" : "INT32";
    if (isSigned && bitWidth >= 32) return { type: physical };
    return { type: physical, logicalType: { type: "INTEGER", bitWidth, isSigned } };
  }
  if (DataType.isFloat(type)) {
    if (type.precision === Precision.HALF)
      return { type: "FIXED_LEN_BYTE_ARRAY", typeLength: 2, logicalType: { type: "FLOAT16" } };
    return { type: type.precision === Precision.SINGLE ? "FLOAT" : "DOUBLE" };
  }
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type))
    return { type: "BYTE_ARRAY", convertedType: "UTF8", logicalType: { type: "STRING" } };
  if (DataType.isBinary(type) || DataType.isLargeBinary(type)) return { type: "BYTE_ARRAY" };
  if (DataType.isFixedSizeBinary(type)) return { type: "FIXED_LEN_BYTE_ARRAY", typeLength: type.byteWidth };
  if (DataType.isDate(type)) return { type: "INT32", convertedType: "DATE", logicalType: { type: "DATE" } };
  if (DataType.isDecimal(type)) {
    const { precision, scale } = type;
    // The fewest bytes that hold so many digits and a sign.
    const typeLength = Math.ceil((precision * Math.log2(10) + 1) / 8);
    const logicalType: LogicalType = { type: "DECIMAL", scale, precision };
    return {
      type: "FIXED_LEN_BYTE_ARRAY",
      typeLength,
      convertedType: "DECIMAL",
      scale,
      precision,
      logicalType,
    };
  }
  if (DataType.isTime(type) || DataType.isTimestamp(type)) {
    const unit = UNITS[type.unit];
    if (unit !== undefined) {
      const adjusted = DataType.isTimestamp(type) && type.timezone !== null && type.timezone !== undefined;
      const logicalType: LogicalType = {
        type: DataType.isTime(type) ? "TIME" : "TIMESTAMP",
        isAdjustedToUtc: adjusted,
        unit,
      };
      return { type: DataType.isTime(type) && unit === "MILLIS" ? "INT32" : "INT64", logicalType };
    }
  }
  if (DataType.isDuration(type)) return { type: "INT64" };
  throw new PitotError("UNSUPPORTED", "Parquet has no type for", {
    value: typeString(type),
    remedy: "Leave the column out of the schema",
  });
}
