import { BatchMetadata } from "./batch-metadata.ts";
import { schemaMetadata } from "./ipc-metadata.ts";
import type { TableSchema } from "./table-schema.ts";

/** The metadata that all streams of a table have: that of their first message, and of their batches. */
export interface TableMetadata {
  readonly schema: Uint8Array;
  readonly batch: BatchMetadata;
}

const known = new WeakMap<TableSchema, TableMetadata>();

/** Made once per table. */
export function tableMetadata(table: TableSchema): TableMetadata {
  let metadata = known.get(table);
  if (metadata === undefined) {
    metadata = { schema: schemaMetadata(table), batch: batchMetadata(table) };
    known.set(table, metadata);
  }
  return metadata;
}

/** Buffers that the type of a column has. */
const BUFFERS: Readonly<Record<string, number>> = { utf8: 3, binary: 3, "list<utf8>": 5 };

function batchMetadata({ columns }: TableSchema): BatchMetadata {
  const lists = columns.filter(({ type }) => type === "list<utf8>").length;
  const buffers = columns.reduce((sum, { type }) => sum + (BUFFERS[type] ?? 2), 0);
  return new BatchMetadata(columns.length + lists, buffers);
}
