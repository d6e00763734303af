import { ColumnChunk, elements } from "./column-chunk.ts";
import { ChunkScanner } from "./chunk-scanner.ts";
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
  const groups: RowGroup[] = [];
  for (let i = 0; i < size; i++) groups.push(decodeRowGroup(reader, columns));
  return groups;
}

function decodeRowGroup(reader: ThriftReader, leaves: number): RowGroup {
  const group: Writable<RowGroup> = { columns: NO_COLUMNS, totalByteSize: -1, numRows: -1 };
  let kept: RawField[] | undefined;
  let id = 0;
  let seen = 0;
  while (reader.field(id)) {
    id = reader.id;
    const { type } = reader;
    if (id === 1 && type === LIST) {
      group.columns = decodeChunks(reader, leaves);
      seen |= 1;
    } else if (id === 2 && type === I64) {
      group.totalByteSize = reader.int();
      seen |= 2;
    } else if (id === 3 && type === I64) {
      group.numRows = reader.int();
      seen |= 4;
    } else if (id === 4 && type === LIST)
      group.sortingColumns = elements(reader, STRUCT, decodeSortingColumn);
    else if (id === 5 && type === I64) group.fileOffset = reader.int();
    else if (id === 6 && type === I64) group.totalCompressedSize = reader.int();
    else if (id === 7 && type === I16) group.ordinal = reader.int();
    else (kept ??= []).push(reader.raw());
  }
  if (seen !== 7) reader.fail("A row group lacks its columns, its size or its number of rows", seen);
  if (group.numRows < 0) reader.fail("The number of rows of a row group is negative", group.numRows);
  if (kept !== undefined) group.kept = kept;
  return group;
}

const NO_COLUMNS: readonly ColumnChunk[] = [];

function decodeChunks(reader: ThriftReader, leaves: number): ColumnChunk[] {
  const size = reader.listOf(STRUCT);
  if (size !== leaves) reader.fail("A row group has not one chunk per column", `${size} of ${leaves}`);
  const chunks: ColumnChunk[] = [];
  for (let i = 0; i < size; i++) {
    const start = reader.pos;
    scanner.scan(reader);
    chunks.push(new ColumnChunk(reader.bytes, start, scanner));
  }
  return chunks;
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
  const { bytes, pos } = reader;
  // What nearly all columns have, an empty struct as field 1, once for all.
  if (bytes[pos] === (0x10 | STRUCT) && bytes[pos + 1] === 0 && bytes[pos + 2] === 0) {
    reader.pos += 3;
    return TYPE_DEFINED;
  }
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

const TYPE_DEFINED: ColumnOrder = { order: "TYPE_DEFINED" };

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
