import { rmSync } from "node:fs";
import { DataType, Type, type Field, type RecordBatch, type Schema } from "apache-arrow";
import type { SchemaElement } from "hyparquet-writer";
import { readBatches } from "./read-batches.ts";

/** Rows of a row group: few enough for memory, many enough for statistics to be worth it. */
const GROUP_ROWS = 65_536;

/**
 * Writes a table as Parquet and returns its rows. Timestamps keep their nanoseconds (DuckDB shows UTC
 * times to the microsecond). The writer is imported when it is used: who records
 * does not pay for it.
 */
export async function writeParquet(source: string, path: string): Promise<number> {
  const { ParquetWriter, fileWriter } = await import("hyparquet-writer");
  // What lies there is replaced, and no link is followed.
  rmSync(path, { force: true });
  let writer: InstanceType<typeof ParquetWriter> | undefined;
  let rows = 0;
  let group: RecordBatch[] = [];
  const flush = async (): Promise<void> => {
    const [first] = group;
    if (first === undefined) return;
    writer ??= new ParquetWriter({ writer: fileWriter(path), schema: parquetSchema(first.schema) });
    const columnData = first.schema.fields.map(({ name, type }, i) => ({
      name,
      data: group.flatMap((batch) => values(batch, type, i)),
    }));
    await writer.write({ columnData, rowGroupSize: GROUP_ROWS });
    group = [];
  };
  let waiting = 0;
  for await (const batch of readBatches(source)) {
    group.push(batch);
    rows += batch.numRows;
    waiting += batch.numRows;
    if (waiting < GROUP_ROWS) continue;
    await flush();
    waiting = 0;
  }
  await flush();
  await writer?.finish();
  return rows;
}

function values(batch: RecordBatch, type: DataType, column: number): unknown[] {
  const vector = batch.getChildAt(column)!;
  if (!DataType.isInt(type) && !DataType.isTimestamp(type)) return Array.from(vector);
  // A vector of timestamps yields rounded milliseconds.
  const integers = vector.toArray() as ArrayLike<unknown>;
  return Array.from(integers, (value, row) => (vector.isValid(row) ? value : null));
}

function parquetSchema({ fields }: Schema): SchemaElement[] {
  return [{ name: "root", num_children: fields.length }, ...fields.map(element)];
}

function element({ name, type, nullable }: Field): SchemaElement {
  const repetition_type = nullable ? "OPTIONAL" : "REQUIRED";
  const valueType = DataType.isDictionary(type) ? (type.dictionary as DataType) : type;
  switch (valueType.typeId) {
    case Type.Timestamp:
      return {
        name,
        repetition_type,
        type: "INT64",
        logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "NANOS" },
      };
    case Type.Int:
      return {
        name,
        repetition_type,
        type: (valueType as { bitWidth: number }).bitWidth === 64 ? "INT64" : "INT32",
      };
    case Type.Float:
      return { name, repetition_type, type: "DOUBLE" };
    case Type.Bool:
      return { name, repetition_type, type: "BOOLEAN" };
    default:
      return { name, repetition_type, type: "BYTE_ARRAY", converted_type: "UTF8" };
  }
}
