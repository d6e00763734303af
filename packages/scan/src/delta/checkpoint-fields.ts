import type { SchemaElement } from "hyparquet";
import type { ExactObject, ExactValue } from "./exact-json.ts";

/** Why a table gets no checkpoint from this writer: something that it could not write as it was, or must not. */
export class UnfitForCheckpoint extends Error {}

/** A field of a checkpoint: how its Parquet schema reads, and how a value of the log's JSON is stored in it. */
export interface CheckpointField {
  elements(name: string): SchemaElement[];
  /** @throws UnfitForCheckpoint where the value is not of the field's type */
  stored(value: ExactValue, name: string): unknown;
}

const optional = { repetition_type: "OPTIONAL" } as const;
const textElement = { ...optional, type: "BYTE_ARRAY", converted_type: "UTF8" } as const;

export const text: CheckpointField = {
  elements: (name) => [{ ...textElement, name, logical_type: { type: "STRING" } }],
  stored: (value, name) => {
    if (typeof value !== "string") throw unfit(name, "no text");
    return value;
  },
};

export const flag: CheckpointField = {
  elements: (name) => [{ ...optional, name, type: "BOOLEAN" }],
  stored: (value, name) => {
    if (typeof value !== "boolean") throw unfit(name, "neither true nor false");
    return value;
  },
};

/** In a checkpoint no file is one that has just changed. */
export const unchanged: CheckpointField = { elements: (name) => flag.elements(name), stored: () => false };

/** Known, and left out of checkpoints as the protocol asks. */
export const leftOut: CheckpointField = { elements: () => [], stored: () => undefined };

export const int: CheckpointField = {
  elements: (name) => [{ ...optional, name, type: "INT32" }],
  stored: (value, name) => {
    const number = Number(value);
    if ((typeof value !== "number" && typeof value !== "bigint") || number !== (number | 0))
      throw unfit(name, "no 32-bit integer");
    return number;
  },
};

export const long: CheckpointField = {
  elements: (name) => [{ ...optional, name, type: "INT64" }],
  stored: (value, name) => {
    if (typeof value !== "bigint" && !Number.isSafeInteger(value)) throw unfit(name, "no 64-bit integer");
    const number = BigInt(value as number | bigint);
    if (BigInt.asIntN(64, number) !== number) throw unfit(name, "no 64-bit integer");
    return number;
  },
};

export const texts: CheckpointField = {
  elements: (name) => [
    { ...optional, name, converted_type: "LIST", logical_type: { type: "LIST" }, num_children: 1 },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    ...text.elements("element"),
  ],
  stored: (value, name) => {
    if (!Array.isArray(value)) throw unfit(name, "no list of texts");
    return (value as readonly ExactValue[]).map((item) => text.stored(item, name));
  },
};

export const textMap: CheckpointField = {
  elements: (name) => [
    { ...optional, name, converted_type: "MAP", logical_type: { type: "MAP" }, num_children: 1 },
    { name: "key_value", repetition_type: "REPEATED", num_children: 2 },
    { ...textElement, name: "key", repetition_type: "REQUIRED", logical_type: { type: "STRING" } },
    ...text.elements("value"),
  ],
  stored: (value, name) => {
    if (!isObject(value)) throw unfit(name, "no map of texts");
    for (const key in value)
      if (value[key] != null && typeof value[key] !== "string") throw unfit(name, "no map of texts");
    return value;
  },
};

/** A struct of fields; one that is not among them must be null, as leaving it out would change the table. */
export function struct(fields: Readonly<Record<string, CheckpointField>>): CheckpointField {
  const entries = Object.entries(fields);
  return {
    elements: (name) => {
      const children = entries
        .map(([child, field]) => field.elements(child))
        .filter(({ length }) => length > 0);
      return [{ ...optional, name, num_children: children.length }, ...children.flat()];
    },
    stored: (value, name) => {
      if (!isObject(value)) throw unfit(name, "no object");
      for (const key in value)
        if (value[key] != null && !Object.hasOwn(fields, key))
          throw new UnfitForCheckpoint(`${name}.${key} is a field that this writer does not know`);
      const stored: Record<string, unknown> = {};
      for (const [child, field] of entries) {
        const inner = value[child];
        stored[child] = inner == null ? null : field.stored(inner, `${name}.${child}`);
      }
      return stored;
    },
  };
}

function isObject(value: ExactValue | undefined): value is ExactObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unfit(name: string, what: string): UnfitForCheckpoint {
  return new UnfitForCheckpoint(`${name} is ${what}`);
}
