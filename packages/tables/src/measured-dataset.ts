import { PitotError } from "@pitot/core";
import type { Data, Schema } from "apache-arrow";
import { checkSameColumns, foldStream } from "./batch-stream.ts";
import { nullCount } from "./null-count.ts";
import { tableView, type TableInput } from "./table-input.ts";

/** What statistics need to know of a dataset, without its values: of one table, or of a stream that nobody holds as a whole. */
export class MeasuredDataset {
  readonly schema: Schema;
  readonly rows: number;
  /** Bytes of the Arrow buffers; those that chunks share count once per table or batch. */
  readonly bytes: number;
  /** By column. */
  readonly nullCounts: readonly number[];

  constructor(schema: Schema, rows: number, bytes: number, nullCounts: readonly number[]) {
    this.schema = schema;
    this.rows = rows;
    this.bytes = bytes;
    this.nullCounts = nullCounts;
  }

  /** For messages. */
  toString(): string {
    return `${this.rows} rows of ${this.schema.fields.length} columns`;
  }
}

/** Measures one table. @throws PitotError as every function that takes a table */
export function measureTable(table: TableInput | MeasuredDataset): MeasuredDataset {
  if (table instanceof MeasuredDataset) return table;
  const { schema, rows, columns } = tableView(table);
  const buffers = new Map<ArrayBufferLike, Map<string, number>>();
  for (const { chunks } of columns) for (const chunk of chunks) collectBuffers(chunk, buffers);
  let bytes = 0;
  for (const spans of buffers.values()) for (const size of spans.values()) bytes += size;
  return new MeasuredDataset(
    schema,
    rows,
    bytes,
    columns.map(({ chunks }) => nullCount(chunks)),
  );
}

/**
 * Measures a stream of batches, holding one at a time; hand the result to `datasetStatsTable` and its like in place of a table.
 *
 * @throws PitotError IO where the stream fails: its `cause` is the stream's error, its `value` the {@link MeasuredDataset} up to there;
 * INVALID_DATA where a batch has other columns than the first; INVALID_ARGUMENT for a stream without any batch, which has no schema
 */
export async function measureStream(
  batches: AsyncIterable<TableInput> | Iterable<TableInput>,
): Promise<MeasuredDataset> {
  const result = await foldStream(batches, (all: MeasuredDataset | undefined, batch) => {
    const next = measureTable(batch);
    return all === undefined ? next : join(all, next);
  });
  if (result === undefined)
    throw new PitotError("INVALID_ARGUMENT", "A stream without any batch has no schema", {
      value: "0 batches",
      remedy: "Give a table without rows for a dataset that is empty.",
    });
  return result;
}

function join(all: MeasuredDataset, next: MeasuredDataset): MeasuredDataset {
  checkSameColumns(all.schema.fields, next.schema.fields);
  return new MeasuredDataset(
    all.schema,
    all.rows + next.rows,
    all.bytes + next.bytes,
    all.nullCounts.map((nulls, i) => nulls + next.nullCounts[i]!),
  );
}

function collectBuffers(chunk: Data, into: Map<ArrayBufferLike, Map<string, number>>): void {
  for (const buffer of [
    chunk.values,
    chunk.valueOffsets,
    chunk.nullBitmap,
    chunk.typeIds,
    ...(chunk.variadicBuffers ?? []),
  ] as (ArrayBufferView | null | undefined)[]) {
    if (buffer == null || buffer.byteLength === 0) continue;
    let spans = into.get(buffer.buffer);
    if (spans === undefined) into.set(buffer.buffer, (spans = new Map()));
    spans.set(`${buffer.byteOffset}+${buffer.byteLength}`, buffer.byteLength);
  }
  for (const child of chunk.children ?? []) collectBuffers(child, into);
  for (const part of (chunk.dictionary?.data ?? []) as readonly Data[]) collectBuffers(part, into);
}
