import { PitotError } from "@pitot/core";
import { DataType, Type } from "apache-arrow";
import { BYTE_TYPES } from "./byte-column.ts";
import { columnOf, type ColumnView, type TableView } from "./table-input.ts";
import { typeString } from "./type-string.ts";

const ID_TYPES: ReadonlySet<number> = new Set([Type.Null, Type.Int, Type.Float, Type.Decimal, ...BYTE_TYPES]);

/**
 * The column of that name, as one of ids.
 * @throws PitotError INVALID_ARGUMENT where the table has no such column (the nearest are listed), or its type can hold no id, with rows or without
 */
export function idColumnOf(view: TableView, name: string): ColumnView {
  const column = columnOf(view, name);
  const type = DataType.isDictionary(column.type) ? column.type.dictionary : column.type;
  if (!ID_TYPES.has(type.typeId))
    throw new PitotError("INVALID_ARGUMENT", `Column ${name} is of a type that holds no ids`, {
      value: typeString(column.type),
      remedy: "Give a column of integers, floats, decimals, text, binary, or a dictionary of these.",
    });
  return column;
}
