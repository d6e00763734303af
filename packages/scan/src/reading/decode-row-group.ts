import { PitotError } from "@pitot/core";
import { parquetRead, type AsyncBuffer, type FileMetaData, type ParquetType } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import type { FileFooter } from "../dataset/file-footer.ts";
import type { ColumnChunk } from "../parquet/column-chunk.ts";
import type { SchemaElement } from "../parquet/file-metadata.ts";
import type { RawValues } from "./build-column.ts";

/**
 * The stored values of some top-level columns of a row group, by their names in the file. Reads the byte ranges of their chunks and no others.
 * @throws PitotError INVALID_DATA, UNSUPPORTED for pages that cannot be decoded
 */
export async function decodeRowGroup(
  file: AsyncBuffer,
  footer: FileFooter,
  group: number,
  columns: readonly string[],
  { start, end }: { readonly start: number; readonly end: number },
  signal?: AbortSignal,
): Promise<Map<string, RawValues>> {
  const rows = footer.rowGroup(group).numRows;
  const narrowed = start > 0 || end < rows;
  if (columns.length === 0) return new Map();
  const pages = new Map<string, RawValues[]>(columns.map((name) => [name, []]));
  const flat = new Map(
    footer.columns.map(({ element, children }) => [element.name, children.length > 0 ? undefined : element]),
  );
  try {
    await parquetRead({
      file,
      metadata: physicalMetadata(footer, group, columns),
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
        pages.get(columnName)!.push(compacted(rows, flat.get(columnName)));
      },
    });
  } catch (error) {
    if (error instanceof PitotError || signal?.aborted === true) throw error;
    throw new PitotError(
      "INVALID_DATA",
      `Row group ${group} of ${footer.location} cannot be decoded, columns`,
      {
        value: columns.join(", "),
        remedy: "Leave the column out, or write the file anew with a current writer",
        cause: error,
      },
    );
  }
  return new Map(
    Array.from(pages, ([name, parts]) => [name, joined(parts, end - start, name, footer, group)]),
  );
}

/**
 * The row group as a file of its own in which no column has a logical type, so that hyparquet hands out what is stored. It would make floats
 * of decimals, milliseconds of microseconds, and objects of maps.
 */
function physicalMetadata(footer: FileFooter, group: number, columns: readonly string[]): FileMetaData {
  const { metadata, location } = footer;
  const rowGroup = footer.rowGroup(group);
  const wanted = new Set(columns);
  const chunks = rowGroup.columns.filter((chunk) => wanted.has(chunk.pathInSchema[0] ?? ""));
  return {
    version: metadata.version,
    schema: metadata.schema.map(physicalElement),
    num_rows: BigInt(rowGroup.numRows),
    metadata_length: 0,
    row_groups: [
      {
        columns: chunks.map((chunk) => ({
          file_offset: 0n,
          meta_data: chunkMetadata(chunk, location),
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

function physicalElement({
  type,
  typeLength,
  repetition,
  name,
  numChildren,
}: SchemaElement): FileMetaData["schema"][number] {
  return {
    name,
    ...(type !== undefined && { type }),
    ...(typeLength !== undefined && { type_length: typeLength }),
    ...(repetition !== undefined && { repetition_type: repetition }),
    ...(numChildren !== undefined && { num_children: numChildren }),
  };
}

function chunkMetadata(
  chunk: ColumnChunk,
  location: string,
): NonNullable<FileMetaData["row_groups"][0]["columns"][0]["meta_data"]> {
  if (chunk.encrypted || chunk.filePath !== undefined)
    throw new PitotError(
      "UNSUPPORTED",
      `A column of ${location} cannot be read, ${chunk.encrypted ? "for it is encrypted" : "for it lies in another file"}`,
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
    path_in_schema: [...chunk.pathInSchema],
    codec: chunk.codec as "SNAPPY",
    num_values: BigInt(chunk.numValues),
    total_uncompressed_size: BigInt(chunk.totalUncompressedSize),
    total_compressed_size: BigInt(chunk.totalCompressedSize),
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
      `Column ${column} of row group ${group} of ${footer.location} has not ${rows} rows but`,
      {
        value: length,
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
