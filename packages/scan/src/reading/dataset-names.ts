import type { Fragment } from "../dataset/fragment-source.ts";
import type { NameOf } from "./build-column.ts";

/**
 * What the columns of a fragment's file are called in the dataset, parts of structs without the path before them. Names on either side may have dots, so that a path is
 * cut only where that of what it is a part of ends.
 */
export function datasetNames({ columnNames }: Fragment): NameOf {
  if (columnNames === undefined) return (node) => node.element.name;
  const paths = new Map(Array.from(columnNames, ([ours, theirs]) => [theirs, ours]));
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
