import { DataType } from "apache-arrow";
import type { SchemaElement } from "./file-metadata.ts";

/** How the bounds of a column are read from bytes; `none` where its type has no order. */
export type BoundKind =
  | "none"
  | "boolean"
  | "int32"
  | "uint32"
  | "bigInt32"
  | "int64"
  | "uint64"
  | "float"
  | "double"
  | "float16"
  | "text"
  | "decimalBytes"
  | "bytes";

/** The kind of a leaf's bounds, by its element and its Arrow type. */
export function boundKind(element: SchemaElement, type: DataType): BoundKind {
  // INT96 and intervals were never given an order; of newer types it is not known.
  if (element.convertedType === "INTERVAL") return "none";
  switch (element.logicalType?.type) {
    case "UNDEFINED":
    case "VARIANT":
    case "GEOMETRY":
    case "GEOGRAPHY":
    case "NULL":
      return "none";
    default:
  }
  switch (element.type) {
    case "BOOLEAN":
      return "boolean";
    case "INT32":
      if (DataType.isDecimal(type)) return "bigInt32";
      return DataType.isInt(type) && !type.isSigned ? "uint32" : "int32";
    case "INT64":
      return DataType.isInt(type) && !type.isSigned ? "uint64" : "int64";
    case "FLOAT":
      return "float";
    case "DOUBLE":
      return "double";
    case "FIXED_LEN_BYTE_ARRAY":
    case "BYTE_ARRAY":
      if (DataType.isFloat(type)) return "float16";
      if (DataType.isDecimal(type)) return "decimalBytes";
      return DataType.isUtf8(type) ? "text" : "bytes";
    default:
      return "none";
  }
}
