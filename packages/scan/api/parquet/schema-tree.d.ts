import type { SchemaElement } from "./file-metadata.ts";
/** A node of the schema with its children. */
export interface SchemaNode {
    readonly element: SchemaElement;
    /** Names from the root, which is left out. */
    readonly path: readonly string[];
    readonly children: readonly SchemaNode[];
    /** Definition level of a value that is there: optional and repeated nodes down to it. */
    readonly maxDef: number;
    /** Repetition level: repeated nodes down to it. */
    readonly maxRep: number;
}
/** A schema as a tree. */
export interface SchemaTree {
    readonly root: SchemaNode;
    /** The nodes without children, which have the data, in the order of column chunks. */
    readonly leaves: readonly SchemaNode[];
}
/** The tree of a flat schema; made once per schema. Throws INVALID_DATA where the numbers of children do not add up. */
export declare function schemaTree(schema: readonly SchemaElement[]): SchemaTree;
