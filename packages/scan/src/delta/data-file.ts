import { DataType, Precision, type Field, type Table, type Vector } from "apache-arrow";
import type { SchemaElement } from "hyparquet";
import { ByteWriter, parquetWrite } from "hyparquet-writer";
import { fileStatistics } from "./file-statistics.ts";
import { storedValues, type StoredValue } from "./stored-value.ts";

/** A file of a table, encoded, and what the log says of its rows. */
export interface DataFile {
  readonly bytes: Uint8Array;
  readonly rows: number;
  /** JSON. */
  readonly stats: string;
}

/**
 * Encodes rows of an Arrow table as Parquet, Snappy-compressed.
 *
 * By hyparquet-writer: it is maintained with hyparquet, which reads here, needs no native code, and takes 64-bit integers, microseconds
 * and unscaled decimals as they are. DuckDB writes faster, but only from its own tables, and it is an optional engine here.
 *
 * @param fields the table's data columns: one that `table` lacks is null
 * @param rows all, where undefined
 * @param indexed leaf columns that have statistics; -1 is all
 */
export function encodeDataFile(
  table: Table,
  fields: readonly Field[],
  rows: Uint32Array | undefined,
  indexed: number,
): DataFile {
  const length = rows?.length ?? table.numRows;
  const columns = fields.map((field) => ({
    name: field.name,
    type: field.type as DataType,
    values: columnValues(table.getChild(field.name), rows, length),
  }));
  const writer = new ByteWriter(1 << 16);
  void parquetWrite({
    writer,
    columnData: columns.map(({ name, values }) => ({ name, data: values })),
    schema: [
      { name: "root", num_children: fields.length },
      ...fields.flatMap((field) => elements(field.name, field.type as DataType, field.nullable)),
    ],
    rowGroupSize: 131_072,
    createdBy: "pitot",
  });
  return { bytes: writer.getBytes(), rows: length, stats: fileStatistics(columns, length, indexed) };
}

/** The values of a column as they are stored. */
export function columnValues(
  column: Vector | null,
  rows: Uint32Array | undefined,
  length: number,
): StoredValue[] {
  const values = Array.from<StoredValue>({ length }).fill(null);
  if (column === null) return values;
  const chunks = column.data.map((chunk) => ({ read: storedValues(chunk), length: chunk.length }));
  let chunk = 0;
  let start = 0;
  for (let i = 0; i < length; i++) {
    const row = rows === undefined ? i : rows[i]!;
    // Rows ascend, so a chunk that is passed is passed for good.
    while (row >= start + chunks[chunk]!.length) start += chunks[chunk++]!.length;
    values[i] = chunks[chunk]!.read(row - start);
  }
  return values;
}

/** The Parquet schema of a column, depth first. */
function elements(name: string, type: DataType, nullable: boolean): SchemaElement[] {
  const element = { name, repetition_type: nullable ? "OPTIONAL" : "REQUIRED" } as const;
  if (DataType.isBool(type)) return [{ ...element, type: "BOOLEAN" }];
  if (DataType.isInt(type)) {
    if (type.bitWidth === 64) return [{ ...element, type: "INT64" }];
    return [
      {
        ...element,
        type: "INT32",
        ...(type.bitWidth === 32 ? {} : { converted_type: `INT_${type.bitWidth}` }),
      },
    ] as SchemaElement[];
  }
  if (DataType.isFloat(type))
    return [{ ...element, type: type.precision === Precision.SINGLE ? "FLOAT" : "DOUBLE" }];
  if (DataType.isUtf8(type))
    return [{ ...element, type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } }];
  if (DataType.isBinary(type)) return [{ ...element, type: "BYTE_ARRAY" }];
  if (DataType.isDate(type)) return [{ ...element, type: "INT32", converted_type: "DATE" }];
  if (DataType.isTimestamp(type)) {
    const isAdjustedToUTC = type.timezone != null;
    return [
      {
        ...element,
        type: "INT64",
        logical_type: { type: "TIMESTAMP", isAdjustedToUTC, unit: "MICROS" },
        // The old name of the type says UTC.
        ...(isAdjustedToUTC ? { converted_type: "TIMESTAMP_MICROS" as const } : {}),
      },
    ];
  }
  if (DataType.isDecimal(type)) {
    const { precision, scale } = type;
    const logical = {
      converted_type: "DECIMAL",
      precision,
      scale,
      logical_type: { type: "DECIMAL", precision, scale },
    } as const;
    if (precision <= 9) return [{ ...element, type: "INT32", ...logical }];
    if (precision <= 18) return [{ ...element, type: "INT64", ...logical }];
    return [{ ...element, type: "FIXED_LEN_BYTE_ARRAY", type_length: 16, ...logical }];
  }
  if (DataType.isList(type)) {
    const [inner] = type.children;
    return [
      { ...element, converted_type: "LIST", logical_type: { type: "LIST" }, num_children: 1 },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
      ...elements("element", inner!.type as DataType, inner!.nullable),
    ];
  }
  if (DataType.isMap(type)) {
    const [key, value] = (type.children[0] as Field).type.children as Field[];
    return [
      { ...element, converted_type: "MAP", logical_type: { type: "MAP" }, num_children: 1 },
      { name: "key_value", repetition_type: "REPEATED", num_children: 2 },
      ...elements("key", key!.type as DataType, false),
      ...elements("value", value!.type as DataType, value!.nullable),
    ];
  }
  const children = type.children ?? [];
  return [
    { ...element, num_children: children.length },
    ...children.flatMap((field) => elements(field.name, field.type as DataType, field.nullable)),
  ];
}
