import { PitotError } from "@pitot/core";
import { typeString } from "@pitot/tables";
import { DataType, Precision, type Schema } from "apache-arrow";
import type { FileFooter } from "../dataset/file-footer.ts";
import { footerOf } from "../dataset/footer-cache.ts";
import type { Fragment } from "../dataset/fragment-source.ts";
import { orderedAhead } from "../dataset/ordered-ahead.ts";
import { columnBounds, type Scalar } from "../parquet/column-bounds.ts";
import { leafColumns, type LeafColumn } from "../parquet/leaf-column.ts";
import { scalarText } from "../parquet/scalar-text.ts";
import { requireLimit, requireOption, requireTexts } from "../require-option.ts";

/** Statistics of a leaf column in a row group; null is not known. */
export interface RowGroupColumnStats {
  /** Of its values, in pyarrow's form: what unit a bound is in. */
  readonly type: string;
  readonly nullCount: number | null;
  readonly distinctCount: number | null;
  /** 64-bit integers and times as bigint; decimals as text; bytes and half floats as hex. */
  readonly min: boolean | number | bigint | string | null;
  readonly max: boolean | number | bigint | string | null;
}

/** By which column a row group is sorted. */
export interface RowGroupSorting {
  readonly column: string;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** One row group of a file. */
export interface RowGroupStats {
  readonly file: string;
  /** Place in the file. */
  readonly rowGroup: number;
  readonly numRows: number;
  /** Bytes of its columns, uncompressed. */
  readonly totalByteSize: number;
  /** By leaf path. */
  readonly columns: Readonly<Record<string, RowGroupColumnStats>>;
  readonly sortingColumns: readonly RowGroupSorting[];
}

/** Which statistics. */
export interface RowGroupStatsOptions {
  /** The dataset's: it says which columns there are. */
  readonly schema: Schema;
  /** Leaf paths, or names of nested columns for all leaves below. */
  readonly columns: readonly string[];
  /** Stop after so many row groups; default all. */
  readonly maxRowGroups?: number;
  readonly signal?: AbortSignal;
}

/**
 * Statistics of the row groups that the fragments cover, of some columns, as exact as the file has them. Reads the footers, no more of
 * them than `maxRowGroups` takes.
 * @throws PitotError INVALID_ARGUMENT for a column that the schema has not
 */
export async function rowGroupStats(
  fragments: readonly Fragment[],
  { schema, columns, maxRowGroups = Infinity, signal }: RowGroupStatsOptions,
): Promise<RowGroupStats[]> {
  requireOption(
    "schema",
    schema,
    Array.isArray((schema as Partial<Schema> | undefined)?.fields),
    "an Arrow schema",
  );
  requireOption("columns", columns, columns !== undefined, "a list of texts");
  requireTexts("columns", columns);
  for (const column of columns)
    if (!schema.fields.some(({ name }) => column === name || column.startsWith(`${name}.`)))
      throw new PitotError("INVALID_ARGUMENT", "The schema has no column", {
        value: column,
        remedy: `Choose from ${schema.fields.map(({ name }) => name).join(", ")}`,
      });
  requireLimit("maxRowGroups", maxRowGroups, 0);
  const stats: RowGroupStats[] = [];
  const footers = orderedAhead(
    fragments,
    Math.min(16, maxRowGroups),
    async (fragment, stop) => [fragment, await footerOf(fragment, { signal: stop })] as const,
    signal,
  );
  for await (const [fragment, footer] of footers)
    for (const index of fragment.rowGroups ?? footer.metadata.rowGroups.keys()) {
      if (stats.length >= maxRowGroups) return stats;
      stats.push(ofRowGroup(fragment, footer, index, columns));
    }
  return stats;
}

function ofRowGroup(
  fragment: Fragment,
  footer: FileFooter,
  index: number,
  columns: readonly string[],
): RowGroupStats {
  const { metadata } = footer;
  const group = footer.rowGroup(index);
  const leaves = leafColumns(metadata);
  return {
    file: fragment.path,
    rowGroup: index,
    numRows: group.numRows,
    totalByteSize: group.totalByteSize,
    columns: Object.fromEntries(
      columns.flatMap((column) => {
        const theirs = fragment.columnNames?.get(column) ?? column;
        return leaves
          .filter(({ path }) => path === theirs || path.startsWith(`${theirs}.`))
          .map((leaf) => [column + leaf.path.slice(theirs.length), ofColumn(footer, index, leaf)] as const);
      }),
    ),
    sortingColumns: (group.sortingColumns ?? []).map(({ columnIndex, descending, nullsFirst }) => ({
      column: leaves[columnIndex]?.path ?? String(columnIndex),
      descending,
      nullsFirst,
    })),
  };
}

function ofColumn(footer: FileFooter, index: number, leaf: LeafColumn): RowGroupColumnStats {
  const { min, max, nullCount, distinctCount } = columnBounds(footer.metadata, index, leaf);
  return {
    type: typeString(leaf.type),
    nullCount: nullCount ?? null,
    distinctCount: distinctCount ?? null,
    min: plainBound(min, leaf.type),
    max: plainBound(max, leaf.type),
  };
}

function plainBound(bound: Scalar | undefined, type: DataType): RowGroupColumnStats["min"] {
  if (bound === undefined) return null;
  const half = DataType.isFloat(type) && type.precision === Precision.HALF;
  return bound instanceof Uint8Array || DataType.isDecimal(type) || half ? scalarText(bound, type) : bound;
}
