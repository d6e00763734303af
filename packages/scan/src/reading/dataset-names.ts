import { PitotError } from "@pitot/core";
import type { Fragment } from "../dataset/fragment-source.ts";
import type { NameOf } from "./build-column.ts";

/**
 * What the columns of a fragment's file are called in the dataset, parts of structs without the path before them. Names on either side may have dots, so that a path is
 * cut only where that of what it is a part of ends.
 * @throws PitotError UNSUPPORTED where two columns have one path: nothing says which is meant
 */
export function datasetNames({ columnNames, location }: Fragment): NameOf {
  if (columnNames === undefined) return (node) => node.element.name;
  const paths = new Map(Array.from(columnNames, ([ours, theirs]) => [theirs, ours]));
  if (paths.size < columnNames.size)
    throw new PitotError("UNSUPPORTED", "Two columns of a table have one path in a file", {
      value: location,
      remedy: "Write the table with names for files that have no dots.",
    });
  for (const [ours, theirs] of columnNames) addParents(paths, columnNames, ours, theirs);
  return ({ path, element }) => {
    const parent = path.length === 1 ? "" : paths.get(path.slice(0, -1).join("."));
    // Levels of a list as other writers name them.
    if (parent === undefined) return element.name;
    const own = paths.get(path.join("."));
    const start = parent === "" ? "" : `${parent}.`;
    // What the dataset does not know was dropped; a column that came later may have its name.
    return own?.startsWith(start) === true ? own.slice(start.length) : `\u0000${element.name}`;
  };
}

/** Structs that a leaf alone tells of; what is told of them themselves stays. */
function addParents(
  paths: Map<string, string>,
  columnNames: ReadonlyMap<string, string>,
  ours: string,
  theirs: string,
): void {
  const [ourEnd, theirEnd] = [ours.lastIndexOf("."), theirs.lastIndexOf(".")];
  if (ourEnd < 0 || theirEnd < 0) return;
  const [ourParent, theirParent] = [ours.slice(0, ourEnd), theirs.slice(0, theirEnd)];
  if (columnNames.has(ourParent) || paths.has(theirParent)) return;
  paths.set(theirParent, ourParent);
  addParents(paths, columnNames, ourParent, theirParent);
}
