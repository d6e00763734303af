import {
  Binary,
  Bool,
  type DataType,
  DateDay,
  Decimal,
  FixedSizeBinary,
  Float16,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  Null,
  TimeMicrosecond,
  TimeMillisecond,
  TimeNanosecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  Uint16,
  Uint32,
  Uint64,
  Uint8,
  Utf8,
} from "apache-arrow";
import type { LogicalType, ParquetTimeUnit, SchemaElement } from "./file-metadata.ts";

/**
 * The Arrow type of a leaf by what Parquet says of it: logical type first, converted type where there is none, physical type where neither
 * is known or fits. INT96 is a timestamp in nanoseconds, as every writer of it meant.
 */
export function primitiveArrowType(element: SchemaElement): DataType {
  const logical = annotation(element);
  const annotated = logical === undefined ? undefined : annotatedType(element, logical);
  return annotated ?? physicalType(element);
}

/** The logical type, or what the converted type says in its terms. */
export function annotation(element: SchemaElement): LogicalType | undefined {
  if (element.logicalType !== undefined && element.logicalType.type !== "UNDEFINED")
    return element.logicalType;
  const converted = element.convertedType;
  switch (converted) {
    case undefined:
    case "INTERVAL":
      return undefined;
    case "UTF8":
      return { type: "STRING" };
    case "MAP":
    case "MAP_KEY_VALUE":
      return { type: "MAP" };
    case "LIST":
    case "ENUM":
    case "DATE":
    case "JSON":
    case "BSON":
      return { type: converted };
    case "DECIMAL":
      return { type: "DECIMAL", scale: element.scale ?? 0, precision: element.precision ?? 0 };
    case "TIME_MILLIS":
    case "TIME_MICROS":
    case "TIMESTAMP_MILLIS":
    case "TIMESTAMP_MICROS": {
      const [type, unit] = converted.split("_") as ["TIME" | "TIMESTAMP", ParquetTimeUnit];
      return { type, isAdjustedToUtc: true, unit };
    }
    default: {
      const [sign, width] = converted.split("_");
      return { type: "INTEGER", bitWidth: Number(width), isSigned: sign === "INT" };
    }
  }
}

function annotatedType(element: SchemaElement, logical: LogicalType): DataType | undefined {
  const { type } = element;
  switch (logical.type) {
    case "NULL":
      return new Null();
    case "STRING":
    case "JSON":
      return type === "BYTE_ARRAY" ? new Utf8() : undefined;
    case "DECIMAL":
      return decimalType(element, logical.precision, logical.scale);
    case "DATE":
      return type === "INT32" ? new DateDay() : undefined;
    case "TIME":
      if (type === "INT32" && logical.unit === "MILLIS") return new TimeMillisecond();
      if (type !== "INT64") return undefined;
      if (logical.unit === "MICROS") return new TimeMicrosecond();
      return logical.unit === "NANOS" ? new TimeNanosecond() : undefined;
    case "TIMESTAMP": {
      if (type !== "INT64") return undefined;
      const Timestamp = TIMESTAMPS[logical.unit];
      return new Timestamp(logical.isAdjustedToUtc ? "UTC" : null);
    }
    case "INTEGER":
      return integerType(type, logical.bitWidth, logical.isSigned);
    case "FLOAT16":
      return type === "FIXED_LEN_BYTE_ARRAY" && element.typeLength === 2 ? new Float16() : undefined;
    default:
      return undefined;
  }
}

const TIMESTAMPS = {
  MILLIS: TimestampMillisecond,
  MICROS: TimestampMicrosecond,
  NANOS: TimestampNanosecond,
} as const;

function decimalType(element: SchemaElement, precision: number, scale: number): DataType | undefined {
  const { type } = element;
  const most = { INT32: 9, INT64: 18, BYTE_ARRAY: 76, FIXED_LEN_BYTE_ARRAY: 76 }[type as string];
  if (most === undefined || precision < 1 || precision > most || scale < 0 || scale > precision)
    return undefined;
  return new Decimal(scale, precision, precision > 38 ? 256 : 128);
}

function integerType(type: SchemaElement["type"], bitWidth: number, isSigned: boolean): DataType | undefined {
  if (type === "INT64") {
    if (bitWidth !== 64) return undefined;
    return isSigned ? new Int64() : new Uint64();
  }
  if (type !== "INT32") return undefined;
  switch (bitWidth) {
    case 8:
      return isSigned ? new Int8() : new Uint8();
    case 16:
      return isSigned ? new Int16() : new Uint16();
    case 32:
      return isSigned ? new Int32() : new Uint32();
    default:
      return undefined;
  }
}

function physicalType(element: SchemaElement): DataType {
  switch (element.type) {
    case "BOOLEAN":
      return new Bool();
    case "INT32":
      return new Int32();
    case "INT64":
      return new Int64();
    case "INT96":
      return new TimestampNanosecond(null);
    case "FLOAT":
      return new Float32();
    case "DOUBLE":
      return new Float64();
    case "FIXED_LEN_BYTE_ARRAY":
      return new FixedSizeBinary(element.typeLength ?? 0);
    case "BYTE_ARRAY":
      return new Binary();
    default:
      return new Null();
  }
}
