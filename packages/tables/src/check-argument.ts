// What TypeScript would refuse, and JavaScript hands over: told by value and remedy ahead of any use.
import { PitotError } from "@pitot/core";
import type { DataType, Schema } from "apache-arrow";

/** @throws PitotError INVALID_ARGUMENT for options that are none */
export function checkOptions(options: unknown): void {
  if (!isObject(options))
    throw refused("Options are not an object", options, "Leave them out, or give { name: value }.");
}

/** @throws PitotError INVALID_ARGUMENT for what is no list */
export function checkList(list: unknown, problem: string, remedy: string): void {
  if (!Array.isArray(list)) throw refused(problem, list, remedy);
}

/** @throws PitotError INVALID_ARGUMENT for an object of another class */
export function checkInstance(value: unknown, wanted: new (...of: never[]) => object): void {
  if (!(value instanceof wanted))
    throw refused(`This is not a ${wanted.name}`, value, `Give a ${wanted.name} of this package.`);
}

/** @throws PitotError INVALID_ARGUMENT for what is no schema of Arrow */
export function checkSchema(schema: unknown): void {
  if (!isSchema(schema))
    throw refused("This is not an Arrow schema", schema, "Give the `schema` of an apache-arrow table.");
}

/** @throws PitotError INVALID_ARGUMENT for what is no type of Arrow */
export function checkType(type: unknown): void {
  if (typeof (type as DataType | null | undefined)?.typeId !== "number")
    throw refused("This is not an Arrow type", type, "Give the `type` of a field or vector of apache-arrow.");
}

/** Told by shape, since two copies of apache-arrow may be loaded in one process. */
export function isSchema(schema: unknown): boolean {
  return Array.isArray((schema as Schema | null | undefined)?.fields);
}

export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

export function refused(problem: string, value: unknown, remedy: string): PitotError {
  return new PitotError("INVALID_ARGUMENT", problem, { value: shown(value), remedy });
}

/** An Arrow table's own text has all of its rows. */
function shown(value: unknown): unknown {
  return isObject(value) && "schema" in value && "numRows" in value
    ? `an Arrow table of ${String(value.numRows)} rows`
    : value;
}
