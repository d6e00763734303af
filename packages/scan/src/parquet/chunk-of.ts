import { PitotError } from "@pitot/core";
import type { ColumnChunk } from "./column-chunk.ts";
import type { FileMetadata, RowGroup } from "./file-metadata.ts";
import type { LeafColumn } from "./leaf-column.ts";

/**
 * A row group and its chunk of a leaf column.
 * @throws PitotError INVALID_ARGUMENT where the file has no such row group or column
 */
export function chunkOf(
  metadata: FileMetadata,
  rowGroup: number,
  leaf: LeafColumn,
): { readonly group: RowGroup; readonly chunk: ColumnChunk } {
  const group = metadata.rowGroups[rowGroup];
  const chunk = group?.columns[leaf.index];
  if (group === undefined || chunk === undefined)
    throw new PitotError("INVALID_ARGUMENT", "The file has no such row group or column", {
      value: `row group ${rowGroup}, column ${leaf.path}`,
      remedy: `Give a row group below ${metadata.rowGroups.length} and a column of the same file`,
    });
  return { group, chunk };
}
