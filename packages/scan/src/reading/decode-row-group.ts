import { PitotError } from "@pitot/core";
import { parquetRead, type AsyncBuffer, type FileMetaData, type ParquetType } from "hyparquet";
import type { FileFooter } from "../dataset/file-footer.ts";
import type { ColumnChunk } from "../parquet/column-chunk.ts";
import type { SchemaElement } from "../parquet/file-metadata.ts";
import { schemaTree, type SchemaNode } from "../parquet/schema-tree.ts";
import { storedName, type RawValues } from "./build-column.ts";
import { CheckedChunks, codecOf } from "./checked-chunks.ts";
import { chunkBytes } from "./chunk-bytes.ts";

/**
 * The stored values of some top-level columns of a row group, by their names in the file. Reads the byte ranges of the chunks at `leaves` and no others; of structs the values have the
 * parts that these hold.
 * @throws PitotError INVALID_DATA, UNSUPPORTED for pages that cannot be decoded
 */
export async function decodeRowGroup(
  file: AsyncBuffer,
  footer: FileFooter,
  group: number,
  columns: readonly string[],
  leaves: ReadonlySet<number>,
  { start, end }: { readonly start: number; readonly end: number },
  signal?: AbortSignal,
): Promise<Map<string, RawValues>> {
  const rows = footer.rowGroup(group).numRows;
  const narrowed = start > 0 || end < rows;
  if (columns.length === 0) return new Map();
  const flat = new Map(
    footer.columns.map(({ element, children }) => [element.name, children.length > 0 ? undefined : element]),
  );
  const pages = new Map<string, RawValues[]>(columns.map((name) => [name, []]));
  const checked = new CheckedChunks(file, footer, group, leaves);
  let failure: unknown;
  try {
    await parquetRead({
      file: checked.file,
      metadata: physicalMetadata(footer, group, leaves),
      columns: [...columns],
      compressors: checked.compressors,
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
  } catch (error) {
    if ((error instanceof PitotError && error.code !== "INVALID_DATA") || signal?.aborted === true)
      throw error;
    throw new PitotError(
      "INVALID_DATA",
      `Row group ${group} of ${footer.location} cannot be decoded (${reasonOf(error)}), column`,
      {
        value: checked.broken ?? columns.join(", "),
        remedy: "Leave the column out, or write the file anew with a current writer",
        cause: error,
      },
    );
  }
  return new Map(
    Array.from(pages, ([name, parts]) => [name, joined(parts, end - start, name, footer, group)]),
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : String(error);
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
  if (chunk.encrypted || chunk.filePath !== undefined)
    throw new PitotError(
      "UNSUPPORTED",
      `A column of ${footer.location} cannot be read, ${chunk.encrypted ? "for it is encrypted" : "for it lies in another file"}`,
      {
        value: chunk.pathInSchema.join("."),
        remedy: chunk.encrypted
          ? "Leave the column out"
          : "Open the files that it names instead of the sidecar",
      },
    );
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
function joined(
  parts: readonly RawValues[],
  rows: number,
  column: string,
  footer: FileFooter,
  group: number,
): RawValues {
  const length = parts.reduce((total, part) => total + part.length, 0);
  if (length !== rows)
    throw new PitotError(
      "INVALID_DATA",
      `Row group ${group} of ${footer.location} has ${length} rows instead of ${rows} in a column`,
      {
        value: column,
        remedy: "The file is damaged; write it again",
      },
    );
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

/** The rows of a selection; all where there is none. */
export function selectRows(values: RawValues, selection: Uint32Array | undefined): RawValues {
  if (selection === undefined) return values;
  const selected = ArrayBuffer.isView(values)
    ? new ((values as unknown as Int32Array).constructor as Int32ArrayConstructor)(selection.length)
    : Array.from<unknown>({ length: selection.length });
  for (let i = 0; i < selection.length; i++) (selected as unknown[])[i] = values[selection[i]!];
  return selected;
}
