import { PitotError } from "@pitot/core";
import type { DataType } from "apache-arrow";
import type { AsyncBuffer } from "hyparquet";
import type { FileFooter } from "../dataset/file-footer.ts";
import type { ColumnChunk } from "../parquet/column-chunk.ts";
import type { LeafColumn } from "../parquet/leaf-column.ts";
import type { RawValues } from "./build-column.ts";
import { CheckedChunks } from "./checked-chunks.ts";
import { chunkBytes } from "./chunk-bytes.ts";
import { FetchedChunks, type ByteRange } from "./fetched-chunks.ts";
import { FlatColumn, flatColumn, isFlat } from "./flat-column.ts";
import { hyparquetPages, joined } from "./hyparquet-pages.ts";
import { placesIn, rowsIn, type RowRange } from "./row-ranges.ts";
import { selectPages, type KnownPages, type SelectedPages } from "./selected-pages.ts";
import { isLarge, MOST_TEXT } from "./text-limit.ts";

/** What is decoded of a column: a flat one as Arrow has it, others as hyparquet makes them. */
export type DecodedValues = RawValues | FlatColumn;

/** Which rows of a row group are decoded. */
interface Rows {
  readonly ranges: readonly RowRange[];
  readonly pages: KnownPages;
  /** Whether all of them go into one batch, so that their text must fit. */
  readonly whole: boolean;
}

/**
 * The stored values of some top-level columns of a row group, by their names in the file. Reads the byte ranges of the chunks at `leaves` and no others; of structs the values have the
 * parts that these hold.
 *
 * @param columns - By their names in the file, with the types that they are read as.
 * @throws PitotError INVALID_DATA, UNSUPPORTED for pages that cannot be decoded
 */
export async function decodeRowGroup(
  file: AsyncBuffer,
  footer: FileFooter,
  group: number,
  columns: ReadonlyMap<string, DataType>,
  leaves: ReadonlySet<number>,
  rows: Rows,
  signal?: AbortSignal,
): Promise<Map<string, DecodedValues>> {
  const decoded = new Map<string, FlatColumn | RawValues[]>();
  const left = new Set(leaves);
  const { ranges } = rows;
  const span = { start: ranges[0]!.start, end: ranges.at(-1)!.end };
  const count = rowsIn(ranges);
  let broken: string | undefined;
  const flatLeaves = Array.from(leaves, (index) => footer.leaves[index]!).filter((leaf) => {
    const type = columns.get(leaf.names[0]!);
    return type !== undefined && isFlat(type, leaf);
  });
  const mostText = ({ names }: LeafColumn): number =>
    rows.whole && !isLarge(columns.get(names[0]!)!) ? MOST_TEXT : Infinity;
  const chunkOf = ({ index }: LeafColumn): ColumnChunk => footer.rowGroup(group).columns[index]!;
  const decode = (
    leaf: LeafColumn,
    { bytes, entries, places }: Partial<SelectedPages> & Pick<SelectedPages, "bytes">,
  ): void => {
    const { codec, numValues } = chunkOf(leaf);
    broken = leaf.path;
    const { type = "" } = leaf.element;
    const chunk = { bytes, type, codec, entries: entries ?? numValues, maxDef: leaf.maxDef, maxRep: 0 };
    const column = flatColumn(chunk, mostText(leaf) === MOST_TEXT);
    broken = undefined;
    if (column === undefined) return;
    decoded.set(leaf.path, places === undefined ? column : column.select(places));
    left.delete(leaf.index);
  };
  try {
    let source = file;
    for (const leaf of leaves) requireReadable(footer.rowGroup(group).columns[leaf]!, footer);
    if (count === footer.rowGroup(group).numRows) {
      const fetched = await FetchedChunks.of(
        file,
        Array.from(leaves, (leaf) => chunkRange(footer, group, leaf)),
      );
      source = fetched.file(file.byteLength);
      for (const leaf of flatLeaves)
        decode(leaf, { bytes: fetched.chunk(chunkRange(footer, group, leaf.index)) });
    } else {
      const paged = flatLeaves.filter((leaf) => isPaged(chunkOf(leaf)));
      const pages = await selectPages(
        file,
        paged.map((leaf) => ({ chunk: chunkOf(leaf), known: rows.pages.get(leaf.index) })),
        ranges,
        footer.rowGroup(group).numRows,
      );
      paged.forEach((leaf, i) => decode(leaf, pages[i]!));
    }
    const rest = [...columns.keys()].filter((name) => !decoded.has(name));
    if (rest.length > 0) {
      const checked = new CheckedChunks(source, footer, group, left, mostText);
      try {
        for (const [name, pages] of await hyparquetPages(checked, footer, group, rest, left, span))
          decoded.set(name, pages);
      } finally {
        ({ broken } = checked);
      }
    }
  } catch (error) {
    if ((error instanceof PitotError && error.code !== "INVALID_DATA") || signal?.aborted === true)
      throw error;
    throw new PitotError(
      "INVALID_DATA",
      `Row group ${group} of ${footer.location} cannot be decoded (${reasonOf(error)}), column`,
      {
        value: broken ?? [...columns.keys()].join(", "),
        remedy: "Leave the column out, or write the file anew with a current writer",
        cause: error,
      },
    );
  }
  const spanned = span.end - span.start;
  return new Map(
    Array.from(decoded, ([name, values]): [string, DecodedValues] => {
      const [found, expected] = Array.isArray(values)
        ? [values.reduce((total, { length }) => total + length, 0), spanned]
        : [values.values.length, count];
      if (found !== expected) throw wrongRows(found, expected, name, footer, group);
      if (!Array.isArray(values)) return [name, values];
      return [
        name,
        selectRows(joined(values, spanned), count === spanned ? undefined : placesIn(ranges, span.start)),
      ];
    }),
  );
}

// Of levels, and of values that are kernels of our own.
const FLAT_ENCODINGS: ReadonlySet<string> = new Set([
  "PLAIN",
  "PLAIN_DICTIONARY",
  "RLE_DICTIONARY",
  "RLE",
  "BIT_PACKED",
]);

/** Whether an offset index tells of pages that can be decoded one by one. */
function isPaged({ offsetIndexOffset, offsetIndexLength, encodings }: ColumnChunk): boolean {
  return (
    offsetIndexOffset !== undefined &&
    offsetIndexLength !== undefined &&
    encodings.every((encoding) => FLAT_ENCODINGS.has(encoding))
  );
}

/** Where a chunk lies. */
function chunkRange(footer: FileFooter, group: number, leaf: number): ByteRange {
  const chunk = footer.rowGroup(group).columns[leaf]!;
  const { startOffset: start } = chunk;
  return { start, end: start + chunkBytes(chunk, footer.leaves[leaf]!, footer) };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : String(error);
}

/** @throws PitotError UNSUPPORTED for a chunk that is encrypted or elsewhere */
function requireReadable(chunk: ColumnChunk, footer: FileFooter): void {
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
}

function wrongRows(
  found: number,
  expected: number,
  column: string,
  footer: FileFooter,
  group: number,
): PitotError {
  return new PitotError(
    "INVALID_DATA",
    `Row group ${group} of ${footer.location} has ${found} rows instead of ${expected} in a column`,
    { value: column, remedy: "The file is damaged; write it again" },
  );
}

/** The rows of a selection; all where there is none. */
export function selectRows(values: DecodedValues, selection: Uint32Array | undefined): DecodedValues {
  if (selection === undefined) return values;
  if (values instanceof FlatColumn) return values.select(selection);
  const selected = ArrayBuffer.isView(values)
    ? new ((values as unknown as Int32Array).constructor as Int32ArrayConstructor)(selection.length)
    : Array.from<unknown>({ length: selection.length });
  for (let i = 0; i < selection.length; i++) (selected as unknown[])[i] = values[selection[i]!];
  return selected;
}
