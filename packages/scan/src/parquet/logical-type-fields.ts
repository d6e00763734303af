import type { LogicalType, ParquetTimeUnit } from "./file-metadata.ts";
import { I32, I8, STRUCT } from "./thrift-compact-reader.ts";
import { StructWriter, type ThriftWriter } from "./thrift-compact-writer.ts";

type LogicalName = Exclude<LogicalType["type"], "UNDEFINED">;

/** Members of the union of logical types by field id. */
export const LOGICAL_FIELDS: readonly (LogicalName | undefined)[] = [
  undefined,
  "STRING",
  "MAP",
  "LIST",
  "ENUM",
  "DECIMAL",
  "DATE",
  "TIME",
  "TIMESTAMP",
  undefined,
  "INTEGER",
  "NULL",
  "JSON",
  "BSON",
  "UUID",
  "FLOAT16",
  "VARIANT",
  "GEOMETRY",
  "GEOGRAPHY",
];

/** Members of the union of time units, from field id 1. */
export const TIME_UNITS: readonly ParquetTimeUnit[] = ["MILLIS", "MICROS", "NANOS"];

/** Writes the union with its one member. */
export function writeLogicalType(out: ThriftWriter, logicalType: LogicalType): void {
  const id = logicalType.type === "UNDEFINED" ? logicalType.field : LOGICAL_FIELDS.indexOf(logicalType.type);
  new StructWriter(out).field(id, STRUCT, logicalType, (member) => writeMember(out, member)).end();
}

function writeMember(out: ThriftWriter, member: LogicalType): void {
  const fields = new StructWriter(out);
  switch (member.type) {
    case "DECIMAL":
      fields.int(1, I32, member.scale).int(2, I32, member.precision);
      break;
    case "TIME":
    case "TIMESTAMP":
      fields
        .bool(1, member.isAdjustedToUtc)
        .field(2, STRUCT, member.unit, (unit) =>
          new StructWriter(out).field(TIME_UNITS.indexOf(unit) + 1, STRUCT, unit, () => out.byte(0)).end(),
        );
      break;
    case "INTEGER":
      fields.field(1, I8, member.bitWidth, (width) => out.byte(width)).bool(2, member.isSigned);
      break;
    case "VARIANT":
      fields.field(1, I8, member.specificationVersion, (version) => out.byte(version));
      break;
    case "GEOMETRY":
      fields.text(1, member.crs);
      break;
    case "GEOGRAPHY":
      fields.text(1, member.crs).int(2, I32, member.algorithm);
      break;
    default:
  }
  fields.end();
}
