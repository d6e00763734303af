// Arrow columns from what hyparquet decodes when it is shown physical types only: nothing is rounded on the way, since no logical type
// is applied but here. Decimals do not become floats, microseconds do not become milliseconds, bytes do not become broken text.
import { PitotError } from "@pitot/core";
import { typeString } from "@pitot/tables";
import { DataType, makeData, Vector, type Data } from "apache-arrow";
import { requireReadable } from "../dataset/type-compatibility.ts";
import { wrapsItem } from "../parquet/arrow-schema.ts";
import { primitiveArrowType } from "../parquet/primitive-arrow-type.ts";
import type { SchemaNode } from "../parquet/schema-tree.ts";
import { fixedWidthValues } from "./fixed-width-values.ts";
import { FlatColumn } from "./flat-column.ts";
import { FlatNumbers } from "./flat-numbers.ts";
import { nullBitmap } from "./null-bitmap.ts";
import { MOST_TEXT, tooMuchText } from "./text-limit.ts";
import { widenedValues } from "./widened-values.ts";

/** Decoded values, null or undefined where there is none. */
export type RawValues = ArrayLike<unknown>;

/** A column of `type`, from the values of the Parquet column `node` as they are stored. */
export function buildColumn(
  type: DataType,
  values: RawValues | FlatColumn,
  node: SchemaNode,
  nameOf: NameOf = ownName,
): Data {
  if (values instanceof FlatColumn) return buildFlat(type, values, node);
  if (node.element.repetition === "REPEATED" && isListLike(type))
    return buildList(type, neverNull(values), withoutRepetition(node), nameOf);
  if (DataType.isStruct(type)) return buildStruct(type, values, node, nameOf);
  if (DataType.isMap(type)) return buildMap(type, values, node, nameOf);
  if (isListLike(type)) {
    const { items, element } = unwrapList(values, node);
    return buildList(type, items, element, nameOf);
  }
  if (node.children.length > 0) throw unsupported(type);
  if (node.element.type !== undefined)
    requireReadable(primitiveArrowType(node.element), type, node.path.join("."));
  return buildLeaf(type, widenedValues(type, values, node));
}

function buildFlat(type: DataType, { values, bitmap, nullCount }: FlatColumn, node: SchemaNode): Data {
  requireReadable(primitiveArrowType(node.element), type, node.path.join("."));
  const common = { type: type as never, length: values.length, nullCount, nullBitmap: bitmap };
  if (values instanceof FlatNumbers)
    return makeData({
      ...common,
      data: fixedWidthValues(type, widenedValues(type, values.array, node)) as never,
    });
  const { bytes, offsets } = values.toArrow();
  const large = DataType.isLargeUtf8(type) || DataType.isLargeBinary(type);
  return makeData({
    ...common,
    valueOffsets: (large ? wideOffsets(offsets) : offsets) as Int32Array,
    data: bytes,
  });
}

/** By halves, since a BigInt per row costs more than the row. */
function wideOffsets(offsets: Int32Array): BigInt64Array {
  const halves = new Int32Array(offsets.length * 2);
  for (let i = 0; i < offsets.length; i++) halves[2 * i] = offsets[i]!;
  return new BigInt64Array(halves.buffer);
}

/** What the decoder calls a part of a struct: it makes objects, in which one name has a meaning of its own. */
export function storedName(name: string): string {
  return name === "__proto__" ? "__proto__ " : name;
}

/** The name of a column in the dataset, which may have another one than the file. */
export type NameOf = (node: SchemaNode) => string;

/** A column that the file does not have: null throughout. */
export function nullColumn(type: DataType, rows: number): Data {
  return buildColumn(
    type,
    Array.from({ length: rows }, () => null),
    ABSENT,
  );
}

/** A leaf of any type. */
export function buildLeaf(type: DataType, values: RawValues): Data {
  const length = values.length;
  if (DataType.isNull(type)) return makeData({ type, length });
  if (DataType.isDictionary(type)) return buildDictionary(type, values);
  const { bitmap, nullCount } = nullBitmap(values);
  const nulls = { length, nullCount, nullBitmap: bitmap };
  if (DataType.isUtf8(type) || DataType.isBinary(type)) {
    const { offsets, bytes } = textBuffers(values, type);
    return makeData({ type: type as never, ...nulls, valueOffsets: offsets as Int32Array, data: bytes });
  }
  if (DataType.isLargeUtf8(type) || DataType.isLargeBinary(type)) {
    const { offsets, bytes } = textBuffers(values, type);
    return makeData({ type: type as never, ...nulls, valueOffsets: offsets as BigInt64Array, data: bytes });
  }
  return makeData({ type: type as never, ...nulls, data: fixedWidthValues(type, values) as never }) as Data;
}

function buildDictionary(type: DataType, values: RawValues): Data {
  if (!DataType.isDictionary(type)) throw unsupported(type);
  const codes = new (type.indices.ArrayType as Int32ArrayConstructor)(values.length);
  // Equal bytes of one page share an object, so most look-ups end in the first map.
  const byObject = new Map<unknown, number>();
  const byKey = new Map<unknown, number>();
  const distinct: unknown[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === null || value === undefined) continue;
    let code = byObject.get(value);
    if (code === undefined) {
      const key = value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value;
      code = byKey.get(key);
      if (code === undefined) {
        byKey.set(key, (code = distinct.length));
        distinct.push(value);
      }
      byObject.set(value, code);
    }
    codes[i] = code;
  }
  const { bitmap, nullCount } = nullBitmap(values);
  return makeData({
    type,
    length: values.length,
    nullCount,
    nullBitmap: bitmap,
    data: codes,
    dictionary: new Vector([buildLeaf(type.dictionary as DataType, distinct)]),
  } as never) as Data;
}

function buildStruct(type: DataType, values: RawValues, node: SchemaNode, nameOf: NameOf): Data {
  const { bitmap, nullCount } = nullBitmap(values);
  const children = type.children.map((field) => {
    const child = node.children.find((candidate) => nameOf(candidate) === field.name);
    if (child === undefined) return nullColumn(field.type as DataType, values.length);
    return buildColumn(field.type as DataType, pick(values, child.element.name), child, nameOf);
  });
  return makeData({
    type: type as never,
    length: values.length,
    nullCount,
    nullBitmap: bitmap,
    children,
  }) as Data;
}

function buildMap(type: DataType, values: RawValues, node: SchemaNode, nameOf: NameOf): Data {
  const entries = node.children[0];
  if (entries === undefined && node !== ABSENT) throw unsupported(type);
  const items =
    entries === undefined ? (values as ArrayLike<RawValues>) : pickLists(values, entries.element.name);
  const struct = type.children[0]!.type as DataType;
  const { offsets, flat, bitmap, nullCount } = flatten(items);
  // Arrow names a map's fields as it likes; Parquet's key comes first.
  const children = struct.children.map((field, i) => {
    const child = entries?.children[i];
    if (child === undefined) return nullColumn(field.type as DataType, flat.length);
    return buildColumn(field.type as DataType, pick(flat, child.element.name), child, nameOf);
  });
  const child = makeData({ type: struct as never, length: flat.length, nullCount: 0, children }) as Data;
  return makeData({
    type: type as never,
    length: items.length,
    nullCount,
    nullBitmap: bitmap,
    valueOffsets: offsets,
    child,
  } as never) as Data;
}

function buildList(type: DataType, items: ArrayLike<RawValues>, element: SchemaNode, nameOf: NameOf): Data {
  const inner = type.children[0]!.type as DataType;
  if (DataType.isFixedSizeList(type)) {
    const { bitmap, nullCount } = nullBitmap(items);
    const flat: unknown[] = [];
    for (let i = 0; i < items.length; i++)
      for (let at = 0; at < type.listSize; at++) flat.push(items[i]?.[at] ?? null);
    const child = buildColumn(inner, flat, element, nameOf);
    return makeData({
      type: type as never,
      length: items.length,
      nullCount,
      nullBitmap: bitmap,
      child,
    } as never) as Data;
  }
  const { offsets, flat, bitmap, nullCount } = flatten(items);
  const child = buildColumn(inner, flat, element, nameOf);
  return makeData({
    type: type as never,
    length: items.length,
    nullCount,
    nullBitmap: bitmap,
    valueOffsets: DataType.isLargeList(type) ? BigInt64Array.from(offsets, BigInt) : offsets,
    child,
  } as never) as Data;
}

/** The items of a LIST group, whatever its shape. */
function unwrapList(
  values: RawValues,
  node: SchemaNode,
): { items: ArrayLike<RawValues>; element: SchemaNode } {
  const repeated = node.children[0];
  if (repeated === undefined) return { items: values as ArrayLike<RawValues>, element: ABSENT };
  const items = pickLists(values, repeated.element.name);
  const [only] = repeated.children;
  if (only === undefined || !wrapsItem(node, repeated))
    return { items, element: withoutRepetition(repeated) };
  return {
    items: Array.from(items, (list) => (list == null ? null : pick(list, only.element.name))) as RawValues[],
    element: only,
  };
}

function flatten(items: ArrayLike<RawValues | null | undefined>): {
  offsets: Int32Array;
  flat: unknown[];
  bitmap: Uint8Array | null;
  nullCount: number;
} {
  const offsets = new Int32Array(items.length + 1);
  const flat: unknown[] = [];
  for (let i = 0; i < items.length; i++) {
    const list = items[i];
    if (list != null) for (let at = 0; at < list.length; at++) flat.push(list[at]);
    offsets[i + 1] = flat.length;
  }
  return { offsets, flat, ...nullBitmap(items) };
}

function pick(values: RawValues, name: string): unknown[] {
  const key = storedName(name);
  const picked = Array.from({ length: values.length });
  for (let i = 0; i < picked.length; i++)
    picked[i] = (values[i] as Record<string, unknown> | null | undefined)?.[key] ?? null;
  return picked;
}

function pickLists(values: RawValues, name: string): ArrayLike<RawValues> {
  return pick(values, name) as RawValues[];
}

function textBuffers(
  values: RawValues,
  type: DataType,
): { offsets: Int32Array | BigInt64Array; bytes: Uint8Array } {
  const length = values.length;
  const large = DataType.isLargeUtf8(type) || DataType.isLargeBinary(type);
  const halves = large ? 2 : 1;
  const offsets = new Int32Array((length + 1) * halves);
  let bytes = new Uint8Array(length * 8);
  let at = 0;
  for (let i = 0; i < length; i++) {
    const value = values[i] as Uint8Array | null | undefined;
    if (value != null) {
      const size = value.length;
      if (at + size > bytes.length) bytes = grown(bytes, at, at + size, large);
      // A call of `set` costs more than a few bytes do.
      if (size < 24) for (let b = 0; b < size; b++) bytes[at + b] = value[b]!;
      else bytes.set(value, at);
      at += size;
    }
    // By halves, since a BigInt per row costs more than the row.
    offsets[(i + 1) * halves] = at;
    if (at > 0xffffffff) offsets[(i + 1) * halves + 1] = at / 2 ** 32;
  }
  // What is over is little against the text, unless there is little text.
  const used = bytes.length > at * 2 ? bytes.slice(0, at) : bytes.subarray(0, at);
  return { offsets: large ? new BigInt64Array(offsets.buffer) : offsets, bytes: used };
}

function grown(bytes: Uint8Array, used: number, needed: number, large: boolean): Uint8Array<ArrayBuffer> {
  if (!large && needed > MOST_TEXT) throw tooMuchText(needed);
  const larger = new Uint8Array(Math.max(needed, Math.min(bytes.length * 2, large ? Infinity : MOST_TEXT)));
  larger.set(bytes.subarray(0, used));
  return larger;
}

/** What is repeated without a list around it is empty where it has no items, and never null. */
function neverNull(values: RawValues): ArrayLike<RawValues> {
  return Array.from(values, (items) => (items as RawValues | null | undefined) ?? []);
}

function isListLike(type: DataType): boolean {
  return DataType.isList(type) || DataType.isFixedSizeList(type) || DataType.isLargeList(type);
}

function withoutRepetition(node: SchemaNode): SchemaNode {
  return { ...node, element: { ...node.element, repetition: "REQUIRED" } };
}

function unsupported(type: DataType): PitotError {
  return new PitotError("UNSUPPORTED", "There is no reader for columns of", {
    value: typeString(type),
    remedy: "Leave the column out of `columns`",
  });
}

function ownName(node: SchemaNode): string {
  return node.element.name;
}

const ABSENT: SchemaNode = {
  children: [],
  path: [],
  element: { name: "", repetition: "OPTIONAL" },
  maxDef: 1,
  maxRep: 0,
};
