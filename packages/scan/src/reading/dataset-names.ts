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
