import {
  CONVERTED_TYPES,
  type LogicalType,
  type ParquetTimeUnit,
  PHYSICAL_TYPES,
  REPETITIONS,
  type SchemaElement,
} from "./file-metadata.ts";
import { keepText } from "./kept-text.ts";
import { LOGICAL_FIELDS, TIME_UNITS, writeLogicalType } from "./logical-type-fields.ts";
import {
  BINARY,
  FALSE,
  I32,
  I8,
  type RawField,
  STRUCT,
  type ThriftReader,
  TRUE,
} from "./thrift-compact-reader.ts";
import { ThriftWriter } from "./thrift-compact-writer.ts";

/** The schema element at the reader's place. */
export function decodeSchemaElement(reader: ThriftReader): SchemaElement {
  let name: string | undefined;
  const element: { -readonly [key in keyof SchemaElement]?: SchemaElement[key] } = {};
  const kept: RawField[] = [];
  let id = 0;
  while (reader.field(id)) {
    id = reader.id;
    const { type } = reader;
    if (type === I32 && id < 10) {
      const start = reader.pos;
      const code = reader.int();
      if (!setNumber(element, id, code))
        kept.push({ id, type, bytes: reader.bytes.subarray(start, reader.pos) });
    } else if (id === 4 && type === BINARY) name = keepText(reader, kept);
    else if (id === 10 && type === STRUCT) {
      const start = reader.pos;
      const logicalType = decodeLogicalType(reader);
      element.logicalType = logicalType;
      const bytes = reader.bytes.subarray(start, reader.pos);
      // An annotation of a newer version may have fields that are not known: only what comes back the same is left to its typed form.
      if (!isSame(logicalType, bytes)) kept.push({ id, type, bytes });
    } else kept.push(reader.raw());
  }
  if (name === undefined) reader.fail("A schema element lacks its name", id);
  if (kept.length > 0) element.kept = kept;
  return { ...element, name };
}

function setNumber(
  element: { -readonly [key in keyof SchemaElement]?: SchemaElement[key] },
  id: number,
  code: number,
): boolean {
  switch (id) {
    case 1: {
      const type = PHYSICAL_TYPES[code];
      if (type === undefined) return false;
      element.type = type;
      return true;
    }
    case 2:
      element.typeLength = code;
      return true;
    case 3: {
      const repetition = REPETITIONS[code];
      if (repetition === undefined) return false;
      element.repetition = repetition;
      return true;
    }
    case 5:
      element.numChildren = code;
      return true;
    case 6: {
      const converted = CONVERTED_TYPES[code];
      if (converted === undefined) return false;
      element.convertedType = converted;
      return true;
    }
    case 7:
      element.scale = code;
      return true;
    case 8:
      element.precision = code;
      return true;
    case 9:
      element.fieldId = code;
      return true;
    default:
      return false;
  }
}

function isSame(logicalType: LogicalType, bytes: Uint8Array): boolean {
  if (logicalType.type === "UNDEFINED") return false;
  const out = new ThriftWriter();
  writeLogicalType(out, logicalType);
  return Buffer.compare(out.finish(), bytes) === 0;
}

function decodeLogicalType(reader: ThriftReader): LogicalType {
  let logicalType: LogicalType = { type: "UNDEFINED", field: 0 };
  let id = 0;
  while (reader.field(id)) {
    id = reader.id;
    if (reader.type === STRUCT) logicalType = decodeMember(reader, id);
    else reader.skip(reader.type);
  }
  return logicalType;
}

function decodeMember(reader: ThriftReader, field: number): LogicalType {
  const numbers: (number | undefined)[] = [];
  const flags: (boolean | undefined)[] = [];
  let unit: ParquetTimeUnit | undefined;
  let crs: string | undefined;
  let id = 0;
  while (reader.field(id)) {
    id = reader.id;
    const { type } = reader;
    if (id > 2) reader.skip(type);
    else if (type === I32) numbers[id] = reader.int();
    else if (type === I8) numbers[id] = (reader.byte() << 24) >> 24;
    else if (type === TRUE || type === FALSE) flags[id] = type === TRUE;
    else if (type === STRUCT) {
      let member = 0;
      while (reader.field(member)) {
        member = reader.id;
        reader.skip(reader.type);
      }
      unit = TIME_UNITS[member - 1];
    } else if (type === BINARY) crs = reader.text();
    else reader.skip(type);
  }
  const type = LOGICAL_FIELDS[field];
  switch (type) {
    case undefined:
      return { type: "UNDEFINED", field };
    case "DECIMAL":
      return { type, scale: numbers[1] ?? 0, precision: numbers[2] ?? 0 };
    case "TIME":
    case "TIMESTAMP":
      return unit === undefined
        ? { type: "UNDEFINED", field }
        : { type, isAdjustedToUtc: flags[1] ?? false, unit };
    case "INTEGER":
      return { type, bitWidth: numbers[1] ?? 0, isSigned: flags[2] ?? false };
    case "VARIANT":
      return { type, ...(numbers[1] !== undefined && { specificationVersion: numbers[1] }) };
    case "GEOMETRY":
      return { type, ...(crs !== undefined && { crs }) };
    case "GEOGRAPHY":
      return {
        type,
        ...(crs !== undefined && { crs }),
        ...(numbers[2] !== undefined && { algorithm: numbers[2] }),
      };
    default:
      return { type };
  }
}
