import { PitotError } from "@pitot/core";
import type { SchemaElement } from "./file-metadata.ts";

// Deeper ones exist only to break readers.
const DEPTH = 100;

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

const trees = new WeakMap<readonly SchemaElement[], SchemaTree>();

/** The tree of a flat schema; made once per schema. Throws INVALID_DATA where the numbers of children do not add up. */
export function schemaTree(schema: readonly SchemaElement[]): SchemaTree {
  let tree = trees.get(schema);
  if (tree === undefined) {
    tree = build(schema);
    trees.set(schema, tree);
  }
  return tree;
}

function build(schema: readonly SchemaElement[]): SchemaTree {
  let next = 0;
  const leaves: SchemaNode[] = [];
  const node = (parent: SchemaNode | undefined, depth: number): SchemaNode => {
    const element = schema[next++];
    if (element === undefined) return invalid("The schema has fewer nodes than it says", schema.length);
    if (depth > DEPTH) return invalid("The schema is nested too deeply", depth);
    const repetition = parent === undefined ? "REQUIRED" : element.repetition;
    const children: SchemaNode[] = [];
    const made: SchemaNode = {
      element,
      path: parent === undefined ? [] : [...parent.path, element.name],
      children,
      maxDef: (parent?.maxDef ?? 0) + (repetition === "OPTIONAL" || repetition === "REPEATED" ? 1 : 0),
      maxRep: (parent?.maxRep ?? 0) + (repetition === "REPEATED" ? 1 : 0),
    };
    const count = element.numChildren ?? 0;
    if (count < 0 || count > schema.length - next)
      return invalid("A node of the schema has more children than there are nodes", count);
    for (let i = 0; i < count; i++) children.push(node(made, depth + 1));
    // An empty group has no data, and so no chunk; it has no physical type either.
    if (count === 0 && parent !== undefined && element.type !== undefined) leaves.push(made);
    return made;
  };
  const root = node(undefined, 0);
  if (next !== schema.length) invalid("The schema has more nodes than its tree", schema.length - next);
  return { root, leaves };
}

function invalid(problem: string, value: unknown): never {
  throw new PitotError("INVALID_DATA", problem, {
    value,
    remedy: "Check that the file is a complete Parquet file",
  });
}
