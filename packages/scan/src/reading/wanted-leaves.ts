import { DataType } from "apache-arrow";
import type { FileFooter } from "../dataset/file-footer.ts";
import type { RowGroup } from "../parquet/file-metadata.ts";
import type { SchemaNode } from "../parquet/schema-tree.ts";
import type { NameOf } from "./build-column.ts";

/**
 * The leaves of a file's column, by their places among the chunks, that hold what `type` has of it. Where that is nothing, as of a struct to which a part was added later, it is the
 * smallest one below: it tells where the struct is null.
 */
export function wantedLeaves(
  type: DataType,
  node: SchemaNode,
  footer: FileFooter,
  group: RowGroup,
  nameOf: NameOf,
): readonly number[] {
  const below = footer.leavesBelow(node);
  if (!DataType.isStruct(type) || node.children.length === 0) return below;
  const wanted = type.children.flatMap((field) => {
    const child = node.children.find((candidate) => nameOf(candidate) === field.name);
    return child === undefined ? [] : wantedLeaves(field.type as DataType, child, footer, group, nameOf);
  });
  if (wanted.length > 0) return wanted;
  const size = (leaf: number): number => group.columns[leaf]?.totalCompressedSize ?? Infinity;
  return below.length === 0 ? below : [below.reduce((a, b) => (size(b) < size(a) ? b : a))];
}
