import type { DataType } from "apache-arrow";
import { type BoundKind, boundKind } from "./bound-kind.ts";
import type { FileMetadata, SchemaElement } from "./file-metadata.ts";
import { primitiveArrowType } from "./primitive-arrow-type.ts";
import { schemaTree } from "./schema-tree.ts";

/** A column that has data: a leaf of the schema, with one chunk in each row group. */
export interface LeafColumn {
  /** Names from the root, joined by dots: `a.list.element`. */
  readonly path: string;
  /** The same, apart: names may have dots in them. */
  readonly names: readonly string[];
  /** Place of its chunk in each row group. */
  readonly index: number;
  readonly element: SchemaElement;
  readonly maxDef: number;
  readonly maxRep: number;
  /** Type of its values, as Parquet says it: what `ARROW:schema` adds is not in it. */
  readonly type: DataType;
  /** How its statistics are read. */
  readonly boundKind: BoundKind;
}

const columns = new WeakMap<FileMetadata["schema"], readonly LeafColumn[]>();

/** The leaf columns of a file, in the order of their chunks. Made once per schema. */
export function leafColumns(metadata: FileMetadata): readonly LeafColumn[] {
  let leaves = columns.get(metadata.schema);
  if (leaves === undefined) {
    leaves = schemaTree(metadata.schema).leaves.map(({ element, path, maxDef, maxRep }, index) => {
      const type = primitiveArrowType(element);
      return {
        path: path.join("."),
        names: path,
        index,
        element,
        maxDef,
        maxRep,
        type,
        boundKind: boundKind(element, type),
      };
    });
    columns.set(metadata.schema, leaves);
  }
  return leaves;
}
