import { closeSync, rmSync } from "node:fs";
import {
  DataType,
  Type,
  type Field,
  type List,
  type RecordBatch,
  type Schema,
  type Vector,
} from "apache-arrow";
import type { ParquetWriter, SchemaElement } from "hyparquet-writer";
import { openNew } from "./private-file.ts";
import { readBatches } from "./read-batches.ts";

/** Rows of a row group: few enough for memory, many enough for statistics to be worth it. */
const GROUP_ROWS = 65_536;
/** Rows of long texts take more memory than many rows do. */
const GROUP_BYTES = 32 << 20;

/**
 * Writes a table as Parquet and returns its rows. Timestamps keep their nanoseconds (DuckDB shows UTC
 * times to the microsecond). The writer is imported when it is used: who records
 * does not pay for it.
 */
export async function writeParquet(source: string, path: string): Promise<number> {
  const { ParquetWriter, fileWriter } = await import("hyparquet-writer");
  // What lies there is replaced, and no link is followed.
  rmSync(path, { force: true });
  closeSync(openNew(path));
  let writer: ParquetWriter | undefined;
  let rows = 0;
  for await (const group of rowGroups(source)) {
    writer ??= new ParquetWriter({ writer: fileWriter(path), schema: parquetSchema(group[0]!.schema) });
    await writeGroup(writer, group);
    rows += group.reduce((sum, { numRows }) => sum + numRows, 0);
  }
  await writer?.finish();
  return rows;
}

async function* rowGroups(source: string): AsyncGenerator<RecordBatch[]> {
  let group: RecordBatch[] = [];
  let [rows, bytes] = [0, 0];
  for await (const batch of readBatches(source)) {
    if (batch.numRows === 0) continue;
    group.push(batch);
    rows += batch.numRows;
    bytes += batch.data.byteLength;
    if (rows < GROUP_ROWS && bytes < GROUP_BYTES) continue;
    yield group;
    group = [];
    [rows, bytes] = [0, 0];
  }
  if (group.length > 0) yield group;
}

async function writeGroup(writer: ParquetWriter, group: readonly RecordBatch[]): Promise<void> {
  const { fields } = group[0]!.schema;
  const rows = group.reduce((sum, { numRows }) => sum + numRows, 0);
  if (fields.some(({ type }) => DataType.isList(type))) {
    // Few tables have lists, and those have few rows.
    const columnData = fields.map(({ name }, i) => ({
      name,
      data: group.flatMap((batch) => objects(batch.getChildAt(i)!)),
    }));
    await writer.write({ columnData, rowGroupSize: rows });
    return;
  }
  const { writeChunk } = await import("./parquet-chunk.ts");
  const start = writer.writer.offset;
  // The root stands before its columns.
  const columns = writer.schema.slice(1).map((element, i) =>
    writeChunk(
      writer.writer,
      element,
      group.flatMap((batch) => batch.data.children[i]!),
    ),
  );
  writer.row_groups.push({
    columns,
    total_byte_size: columns.reduce((sum, { meta_data: meta }) => sum + meta!.total_uncompressed_size, 0n),
    num_rows: BigInt(rows),
    total_compressed_size: BigInt(writer.writer.offset - start),
  });
  writer.num_rows += BigInt(rows);
}

function objects(vector: Vector): unknown[] {
  if (DataType.isList(vector.type))
    return Array.from(vector as Vector<List>, (item) => item && Array.from(item));
  if (!DataType.isInt(vector.type) && !DataType.isTimestamp(vector.type)) return Array.from(vector);
  // A vector of timestamps yields rounded milliseconds.
  const integers = vector.toArray() as ArrayLike<unknown>;
  return Array.from(integers, (value, row) => (vector.isValid(row) ? value : null));
}

function parquetSchema({ fields }: Schema): SchemaElement[] {
  return [{ name: "root", num_children: fields.length }, ...fields.flatMap(elements)];
}

/** Source: https://github.com/apache/parquet-format/blob/master/LogicalTypes.md */
function elements({ name, type, nullable }: Field): SchemaElement[] {
  const repetition_type = nullable ? "OPTIONAL" : "REQUIRED";
  const valueType = DataType.isDictionary(type) ? (type.dictionary as DataType) : type;
  switch (valueType.typeId as Type) {
    case Type.Timestamp:
      return [
        {
          name,
          repetition_type,
          type: "INT64",
          logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "NANOS" },
        },
      ];
    case Type.Int:
      return [
        {
          name,
          repetition_type,
          type: (valueType as { bitWidth?: number }).bitWidth === 64 ? "INT64" : "INT32",
        },
      ];
    case Type.Float:
      return [{ name, repetition_type, type: "DOUBLE" }];
    case Type.Bool:
      return [{ name, repetition_type, type: "BOOLEAN" }];
    case Type.Binary:
      return [{ name, repetition_type, type: "BYTE_ARRAY" }];
    case Type.List:
      return [
        { name, repetition_type, converted_type: "LIST", num_children: 1 },
        { name: "list", repetition_type: "REPEATED", num_children: 1 },
        ...elements((valueType as { children: Field[] }).children[0]!),
      ];
    default:
      return [{ name, repetition_type, type: "BYTE_ARRAY", converted_type: "UTF8" }];
  }
}
