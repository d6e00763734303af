import { ColumnChunk, elements } from "./column-chunk.ts";
import { CHUNK_ROW, ChunkScanner } from "./chunk-scanner.ts";
import { decodeSchema } from "./decode-schema.ts";
import type {
  ColumnOrder,
  EncryptionAlgorithm,
  FileMetadata,
  RowGroup,
  SortingColumn,
} from "./file-metadata.ts";
import { decodeKeyValues } from "./key-values.ts";
import { schemaTree } from "./schema-tree.ts";
import { keepText } from "./kept-text.ts";
import {
  BINARY,
  FALSE,
  I16,
  I32,
  I64,
  LIST,
  type RawField,
  STRUCT,
  ThriftReader,
  TRUE,
} from "./thrift-compact-reader.ts";

// Decoding is synchronous, so one is enough for all.
const scanner = new ChunkScanner();

// What even a chunk takes whose metadata are encrypted.
const SMALLEST_CHUNK = 6;

type Writable<T> = { -readonly [key in keyof T]: T[key] };

/**
 * The footer's metadata from their bytes, which the result goes on using. Takes time and memory linear in the bytes.
 *
 * Throws `PitotError` INVALID_DATA for bytes that break the format, lack what it requires, or contradict themselves.
 */
export function decodeMetadata(bytes: Uint8Array): FileMetadata {
  const reader: ThriftReader = new ThriftReader(bytes);
  const metadata: Partial<Writable<FileMetadata>> = {};
  const kept: RawField[] = [];
  let id = 0;
  while (reader.field(id)) {
    id = reader.id;
    const { type } = reader;
    if (id === 1 && type === I32) metadata.version = reader.int();
    else if (id === 2 && type === LIST) metadata.schema = decodeSchema(reader);
    else if (id === 3 && type === I64) metadata.numRows = reader.int();
    else if (id === 4 && type === LIST) metadata.rowGroups = decodeRowGroups(reader, metadata.schema);
    else if (id === 5 && type === LIST) metadata.keyValueMetadata = decodeKeyValues(reader);
    else if (id === 6 && type === BINARY) metadata.createdBy = keepText(reader, kept);
    else if (id === 7 && type === LIST) metadata.columnOrders = elements(reader, STRUCT, decodeColumnOrder);
    else if (id === 8 && type === STRUCT) {
      const start = reader.pos;
      metadata.encryptionAlgorithm = decodeEncryption(reader);
      kept.push({ id, type, bytes: bytes.subarray(start, reader.pos) });
    } else if (id === 9 && type === BINARY) metadata.footerSigningKeyMetadata = reader.binary();
    else kept.push(reader.raw());
  }
  const { version, schema, numRows, rowGroups } = metadata;
  if (version === undefined || schema === undefined || numRows === undefined || rowGroups === undefined)
    reader.fail("The metadata lack version, schema, number of rows or row groups", Object.keys(metadata));
  if (numRows < 0) reader.fail("The number of rows is negative", numRows);
  if (kept.length > 0) metadata.kept = kept;
  return { ...metadata, version, schema, numRows, rowGroups };
}

function decodeRowGroups(reader: ThriftReader, schema: FileMetadata["schema"] | undefined): RowGroup[] {
  if (schema === undefined) reader.fail("The row groups come before the schema", reader.pos);
  const columns = schemaTree(schema).leaves.length;
  const size = reader.listOf(STRUCT);
  if (size * columns * SMALLEST_CHUNK > reader.end - reader.pos)
    reader.fail("There are more column chunks than there are bytes", size * columns);
  // One table for all chunks of the file: made once, and nothing for the garbage collector to walk.
  const table = new Float64Array(size * columns * CHUNK_ROW);
  const groups: RowGroup[] = [];
  for (let i = 0; i < size; i++) groups.push(decodeRowGroup(reader, table, i * columns, columns));
  return groups;
}

function decodeRowGroup(reader: ThriftReader, table: Float64Array, first: number, count: number): RowGroup {
  let hasColumns = false;
  let totalByteSize: number | undefined;
  let numRows: number | undefined;
  const rest: Partial<Writable<RowGroup>> = {};
  const kept: RawField[] = [];
  let id = 0;
  while (reader.field(id)) {
    id = reader.id;
    const { type } = reader;
    if (id === 1 && type === LIST) {
      scanChunks(reader, table, first, count);
      hasColumns = true;
    } else if (id === 2 && type === I64) totalByteSize = reader.int();
    else if (id === 3 && type === I64) numRows = reader.int();
    else if (id === 4 && type === LIST) rest.sortingColumns = elements(reader, STRUCT, decodeSortingColumn);
    else if (id === 5 && type === I64) rest.fileOffset = reader.int();
    else if (id === 6 && type === I64) rest.totalCompressedSize = reader.int();
    else if (id === 7 && type === I16) rest.ordinal = reader.int();
    else kept.push(reader.raw());
  }
  if (!hasColumns || totalByteSize === undefined || numRows === undefined)
    reader.fail("A row group lacks its columns, its size or its number of rows", id);
  if (numRows < 0) reader.fail("The number of rows of a row group is negative", numRows);
  if (kept.length > 0) rest.kept = kept;
  const { bytes } = reader;
  let columns: ColumnChunk[] | undefined;
  return {
    // Views are made when a row group is first looked into; an own property, so that copies of the row group have it.
    get columns(): ColumnChunk[] {
      if (columns === undefined) {
        columns = [];
        for (let i = first; i < first + count; i++)
          columns.push(new ColumnChunk(bytes, table, i * CHUNK_ROW));
      }
      return columns;
    },
    totalByteSize,
    numRows,
    ...rest,
  };
}

function scanChunks(reader: ThriftReader, table: Float64Array, first: number, count: number): void {
  const size = reader.listOf(STRUCT);
  if (size !== count) reader.fail("A row group has not one chunk per column", `${size} of ${count}`);
  for (let i = first; i < first + count; i++) {
    const start = reader.pos;
    scanner.scan(reader);
    scanner.fill(table, i * CHUNK_ROW, start);
  }
}

function decodeSortingColumn(reader: ThriftReader): SortingColumn {
  let columnIndex = -1;
  let descending = false;
  let nullsFirst = false;
  const kept: RawField[] = [];
  let id = 0;
  while (reader.field(id)) {
    id = reader.id;
    const { type } = reader;
    if (id === 1 && type === I32) columnIndex = reader.int();
    else if (id === 2 && type <= FALSE) descending = type === TRUE;
    else if (id === 3 && type <= FALSE) nullsFirst = type === TRUE;
    else kept.push(reader.raw());
  }
  return { columnIndex, descending, nullsFirst, ...(kept.length > 0 && { kept }) };
}

function decodeColumnOrder(reader: ThriftReader): ColumnOrder {
  let order: ColumnOrder["order"] = "UNDEFINED";
  const kept: RawField[] = [];
  let id = 0;
  while (reader.field(id)) {
    id = reader.id;
    if (reader.type === STRUCT && id === 1) order = "TYPE_DEFINED";
    else if (reader.type === STRUCT && id === 2) order = "IEEE_754_TOTAL";
    kept.push(reader.raw());
  }
  return { order, kept };
}

function decodeEncryption(reader: ThriftReader): EncryptionAlgorithm {
  let name: EncryptionAlgorithm["name"] = "UNDEFINED";
  let id = 0;
  while (reader.field(id)) {
    id = reader.id;
    if (id === 1) name = "AES_GCM_V1";
    else if (id === 2) name = "AES_GCM_CTR_V1";
    reader.skip(reader.type);
  }
  return { name };
}
