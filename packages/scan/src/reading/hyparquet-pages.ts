import { parquetRead, type FileMetaData, type ParquetType } from "hyparquet";
import type { FileFooter } from "../dataset/file-footer.ts";
import type { ColumnChunk } from "../parquet/column-chunk.ts";
import type { SchemaElement } from "../parquet/file-metadata.ts";
import { schemaTree, type SchemaNode } from "../parquet/schema-tree.ts";
import { storedName, type RawValues } from "./build-column.ts";
import { codecOf, type CheckedChunks } from "./checked-chunks.ts";
import { chunkBytes } from "./chunk-bytes.ts";
import type { RowRange } from "./row-ranges.ts";

/** The pages of columns of a row group as hyparquet decodes them, cut to the rows. */
export async function hyparquetPages(
  { file, compressors }: CheckedChunks,
  footer: FileFooter,
  group: number,
  columns: readonly string[],
  leaves: ReadonlySet<number>,
  { start, end }: RowRange,
): Promise<Map<string, RawValues[]>> {
  const narrowed = start > 0 || end < footer.rowGroup(group).numRows;
  const flat = new Map(
    footer.columns.map(({ element, children }) => [element.name, children.length > 0 ? undefined : element]),
  );
  const pages = new Map<string, RawValues[]>(columns.map((name) => [name, []]));
  let failure: unknown;
  await parquetRead({
    file,
    metadata: physicalMetadata(footer, group, leaves),
    columns: [...columns],
    compressors,
    utf8: false,
    geoparquet: false,
    parsers: { timestampFromNanoseconds: (value) => value },
    ...(narrowed && { rowStart: start, rowEnd: end, useOffsetIndex: true }),
    // Pages may begin before the range and end behind it.
    onChunk: ({ columnName, columnData, rowStart }) => {
      const from = Math.max(0, start - rowStart);
      const to = Math.min(columnData.length, end - rowStart);
      if (from >= to) return;
      const rows = from === 0 && to === columnData.length ? columnData : columnData.slice(from, to);
      try {
        pages.get(columnName)!.push(compacted(rows, flat.get(columnName)));
      } catch (error) {
        // What this throws, nobody catches.
        failure ??= error;
      }
    },
  });
  if (failure !== undefined) throw failure;
  return pages;
}

/**
 * The row group as a file of its own in which no column has a logical type, so that hyparquet hands out what is stored. It would make floats
 * of decimals, milliseconds of microseconds, and objects of maps.
 */
function physicalMetadata(footer: FileFooter, group: number, leaves: ReadonlySet<number>): FileMetaData {
  const { metadata } = footer;
  const rowGroup = footer.rowGroup(group);
  const chunks = rowGroup.columns.flatMap((chunk, index) =>
    leaves.has(index) ? [[chunk, index] as const] : [],
  );
  return {
    version: metadata.version,
    schema: physicalSchema(schemaTree(metadata.schema).root, footer, leaves),
    num_rows: BigInt(rowGroup.numRows),
    metadata_length: 0,
    row_groups: [
      {
        columns: chunks.map(([chunk, index]) => ({
          file_offset: 0n,
          meta_data: chunkMetadata(chunk, index, footer),
          ...(chunk.offsetIndexOffset !== undefined &&
            chunk.offsetIndexLength !== undefined && {
              offset_index_offset: BigInt(chunk.offsetIndexOffset),
              offset_index_length: chunk.offsetIndexLength,
            }),
        })),
        total_byte_size: BigInt(rowGroup.totalByteSize),
        num_rows: BigInt(rowGroup.numRows),
      },
    ],
  };
}

/** The elements of a node and of what is below it; of groups only the children that have some of the leaves. */
function physicalSchema(
  node: SchemaNode,
  footer: FileFooter,
  leaves: ReadonlySet<number>,
): FileMetaData["schema"] {
  const kept = node.children.filter((child) => footer.leavesBelow(child).some((leaf) => leaves.has(leaf)));
  return [
    physicalElement(node, kept.length),
    ...kept.flatMap((child) => physicalSchema(child, footer, leaves)),
  ];
}

function physicalElement({ element, path }: SchemaNode, children: number): FileMetaData["schema"][number] {
  const { type, typeLength, repetition, name } = element;
  return {
    name: path.length > 1 ? storedName(name) : name,
    ...(type !== undefined && { type }),
    ...(typeLength !== undefined && { type_length: typeLength }),
    ...(repetition !== undefined && { repetition_type: repetition }),
    ...(children > 0 && { num_children: children }),
  };
}

function chunkMetadata(
  chunk: ColumnChunk,
  index: number,
  footer: FileFooter,
): NonNullable<FileMetaData["row_groups"][0]["columns"][0]["meta_data"]> {
  const { startOffset, dataPageOffset } = chunk;
  return {
    type: chunk.type as ParquetType,
    encodings: [],
    path_in_schema: chunk.pathInSchema.map((name, depth) => (depth > 0 ? storedName(name) : name)),
    codec: codecOf(index) as "SNAPPY",
    num_values: BigInt(chunk.numValues),
    total_uncompressed_size: BigInt(chunk.totalUncompressedSize),
    total_compressed_size: BigInt(chunkBytes(chunk, footer.leaves[index]!, footer)),
    data_page_offset: BigInt(dataPageOffset),
    ...(startOffset < dataPageOffset && { dictionary_page_offset: BigInt(startOffset) }),
  };
}

const TYPED: Partial<Record<string, new (length: number) => { [index: number]: unknown }>> = {
  INT32: Int32Array,
  INT64: BigInt64Array,
  FLOAT: Float32Array,
  DOUBLE: Float64Array,
};

/** A page of a nullable column without nulls as a typed array: a row group of objects would be all work for the garbage collector. */
function compacted(page: RawValues, element: SchemaElement | undefined): RawValues {
  const Typed = element?.repetition === "OPTIONAL" ? TYPED[element.type ?? ""] : undefined;
  if (Typed === undefined || ArrayBuffer.isView(page)) return page;
  const typed = new Typed(page.length);
  for (let i = 0; i < page.length; i++) {
    const value = page[i];
    if (value === null || value === undefined) return page;
    typed[i] = value;
  }
  return typed as unknown as RawValues;
}

/** Pages as one array: typed where all of them are of one kind. */
export function joined(parts: readonly RawValues[], rows: number): RawValues {
  const [first] = parts;
  if (first === undefined) return [];
  if (parts.length === 1) return first;
  if (isTyped(parts)) {
    const all = new (parts[0]!.constructor as Int32ArrayConstructor)(rows);
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
  const all = Array.from<unknown>({ length: rows });
  let at = 0;
  for (const part of parts) for (let i = 0; i < part.length; i++) all[at++] = part[i];
  return all;
}

function isTyped(parts: readonly RawValues[]): parts is readonly Int32Array[] {
  return parts.every((part) => ArrayBuffer.isView(part) && part.constructor === parts[0]!.constructor);
}
