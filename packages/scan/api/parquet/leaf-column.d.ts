import type { DataType } from "apache-arrow";
import { type BoundKind } from "./bound-kind.ts";
import type { FileMetadata, SchemaElement } from "./file-metadata.ts";
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
/** The leaf columns of a file, in the order of their chunks. Made once per schema. */
export declare function leafColumns(metadata: FileMetadata): readonly LeafColumn[];
