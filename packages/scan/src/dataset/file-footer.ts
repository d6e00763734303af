import { PitotError } from "@pitot/core";
import type { Schema } from "apache-arrow";
import { arrowSchema } from "../parquet/arrow-schema.ts";
import { columnBounds } from "../parquet/column-bounds.ts";
import type { FileMetadata, RowGroup } from "../parquet/file-metadata.ts";
import type { ParquetFooter } from "../parquet/read-footer.ts";
import { leafColumns, type LeafColumn } from "../parquet/leaf-column.ts";
import { schemaTree, type SchemaNode } from "../parquet/schema-tree.ts";
import type { BoundsOf } from "../predicate/predicate.ts";
import { leafType, topLevelColumn } from "./column-types.ts";
import type { Dataset } from "./dataset.ts";
import type { Fragment } from "./fragment-source.ts";
import { partitionBounds } from "./partition-bounds.ts";
import { comparesAs } from "./type-compatibility.ts";

/** A file's footer as a scan asks of it: columns by the dataset's names, rows by their place in the file. */
export class FileFooter {
  readonly location: string;
  readonly metadata: FileMetadata;
  /** Columns by their names in the file. */
  readonly schema: Schema;
  readonly footerBytes: number;
  readonly fileBytes: number;
  /** Place of the first row of each row group. */
  readonly firstRows: readonly number[];
  readonly #leaves: ReadonlyMap<string, LeafColumn>;
  #places: ReadonlyMap<SchemaNode, number> | undefined;

  constructor(location: string, { metadata, footerBytes, fileBytes }: ParquetFooter) {
    this.location = location;
    this.metadata = metadata;
    this.schema = arrowSchema(metadata);
    this.footerBytes = footerBytes;
    this.fileBytes = fileBytes;
    let row = 0;
    this.firstRows = metadata.rowGroups.map((group) => {
      row += group.numRows;
      return row - group.numRows;
    });
    requireDistinct(
      location,
      this.columns.map(({ element }) => element.name),
    );
    requireDistinct(
      location,
      leafColumns(metadata).map(({ names }) => names.join("\0")),
    );
    this.#leaves = leavesByPath(leafColumns(metadata));
  }

  /** Top-level columns as they lie in the file. */
  get columns(): readonly SchemaNode[] {
    return schemaTree(this.metadata.schema).root.children;
  }

  /** In the order of column chunks. */
  get leaves(): readonly LeafColumn[] {
    return leafColumns(this.metadata);
  }

  /** Places of the leaves of a node, itself included. */
  leavesBelow(node: SchemaNode): number[] {
    if (node.children.length > 0) return node.children.flatMap((child) => this.leavesBelow(child));
    this.#places ??= new Map(schemaTree(this.metadata.schema).leaves.map((leaf, place) => [leaf, place]));
    const place = this.#places.get(node);
    return place === undefined ? [] : [place];
  }

  /** A leaf by its path in the file; undefined where there is none. */
  leaf(path: string): LeafColumn | undefined {
    return this.#leaves.get(path);
  }

  /** What is known of the columns of a row group, partition columns included. A column of another type than the dataset's counts as unknown. */
  bounds(group: number, fragment: Fragment, dataset: Dataset): BoundsOf {
    const rows = this.rowGroup(group).numRows;
    return (path) => {
      const partition = partitionBounds(fragment, dataset.partitionTypes, path, rows);
      if (partition !== undefined) return partition;
      const name = fragment.columnNames?.get(path) ?? path;
      if (this.#lacks(path, name, fragment, dataset))
        return {
          type: leafType(dataset.schema, path)!,
          bounds: { minExact: false, maxExact: false, nullCount: rows, rows },
        };
      const leaf = this.leaf(name);
      // Values in lists are no rows: their bounds and null counts say nothing of one.
      if (leaf === undefined || leaf.maxRep > 0) return undefined;
      const ours = leafType(dataset.schema, path);
      const theirs = leafType(this.schema, name);
      if (ours === undefined || theirs === undefined || !comparesAs(theirs, ours)) return undefined;
      return { type: leaf.type, bounds: columnBounds(this.metadata, group, leaf) };
    };
  }

  /** Whether the file was written before the dataset had the column, so that it is null in all rows. Of mapped names, only those of leaves are known. */
  #lacks(path: string, name: string, { columnNames }: Fragment, { schema }: Dataset): boolean {
    const column = topLevelColumn(schema, path);
    if (column?.nullable !== true || (columnNames !== undefined && column.name !== path)) return false;
    const theirs = column.name === path ? name : column.name;
    return !this.columns.some(({ element }) => element.name === theirs);
  }

  rowGroup(group: number): RowGroup {
    return this.metadata.rowGroups[group]!;
  }
}

/** @throws PitotError UNSUPPORTED where two columns have one name: nothing says which is meant */
function requireDistinct(location: string, names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name))
      throw new PitotError("UNSUPPORTED", `${location}: The file has two columns of the name`, {
        value: name.replaceAll("\0", "."),
        remedy: "Write the file with a name for each column",
      });
    seen.add(name);
  }
}

/** Names may have dots. Of leaves that have one path nothing is known, since it depends on the dataset's schema which of them is meant. */
function leavesByPath(leaves: readonly LeafColumn[]): Map<string, LeafColumn> {
  const byPath = new Map<string, LeafColumn>();
  const unclear = new Set<string>();
  for (const leaf of leaves) {
    if (byPath.has(leaf.path)) unclear.add(leaf.path);
    byPath.set(leaf.path, leaf);
  }
  for (const path of unclear) byPath.delete(path);
  return byPath;
}
