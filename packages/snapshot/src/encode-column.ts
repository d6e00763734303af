import { PitotError, type JoinedTexts, type RecordColumn } from "@pitot/core";
import type { BatchBody } from "./batch-body.ts";
import { joinedTexts, textOf, validityOf, valuesOf } from "./column-values.ts";
import type { ColumnSchema } from "./table-schema.ts";
import { utf8View, viewNulls, type Utf8View } from "./utf8-view.ts";

/**
 * Writes `length` values of a column into a body: a node, and its buffers in Arrow's order.
 * @throws PitotError INVALID_DATA, naming column and value, where one does not fit its type
 */
export function encodeColumn(
  body: BatchBody,
  column: ColumnSchema,
  values: RecordColumn | undefined,
  length: number,
): void {
  switch (column.type) {
    case "int64":
    case "timestamp[ns, UTC]":
      encodeInt64(body, column, values, length);
      break;
    case "int32":
      encodeInt32(body, column, values, length);
      break;
    case "float64":
      encodeFloat64(body, column, values, length);
      break;
    case "bool":
      encodeBool(body, column, valuesOf(values, length), length);
      break;
    case "binary":
      encodeBinary(body, column, valuesOf(values, length), length);
      break;
    case "list<utf8>":
      encodeLists(body, column, valuesOf(values, length), length);
      break;
    default: {
      const view = utf8View(values, length);
      if (view === undefined) encodeTexts(body, column, joinedTexts(values, length), length);
      else encodeView(body, column, view, length);
    }
  }
}

/** Writes dictionary codes; -1 is null. */
export function encodeCodes(
  body: BatchBody,
  column: ColumnSchema,
  codes: Int32Array,
  length: number,
  nullCount: number,
): void {
  let validity: Uint8Array | undefined;
  if (nullCount > 0) {
    validity = new Uint8Array((length + 7) >> 3);
    for (let i = 0; i < length; i++) validity[i >> 3]! |= (~codes[i]! >>> 31) << (i & 7);
  }
  writeValidity(body, column, length, nullCount, validity);
  const at = body.buffer(4 * length) >> 2;
  body.int32.set(codes.length === length ? codes : codes.subarray(0, length), at);
  // What a null holds is read by nobody, but must not look like an index out of range.
  if (nullCount > 0) for (let i = at; i < at + length; i++) if (body.int32[i]! < 0) body.int32[i] = 0;
}

/** Writes texts as offsets and bytes; lone surrogates become U+FFFD. */
export function encodeTexts(
  body: BatchBody,
  column: ColumnSchema,
  { text, ends, nullCount, validity }: JoinedTexts,
  length: number,
): void {
  writeValidity(body, column, length, nullCount, validity);
  const offsets = body.buffer(4 * (length + 1)) >> 2;
  body.int32[offsets] = 0;
  body.int32.set(ends.length === length ? ends : ends.subarray(0, length), offsets + 1);
  // Four more, so that text which is not ASCII cannot seem as long as it is in UTF-16.
  body.ensure(text.length + 16);
  const written = body.bytes.write(text, body.length, text.length + 4, "utf8");
  if (written === text.length) {
    body.buffer(written);
    return;
  }
  // Text by text, since the offsets are others, and since joining may have made a pair of two lone surrogates.
  body.ensure(3 * text.length + 16);
  const start = body.length;
  let end = start;
  for (let i = 0, from = 0; i < length; i++) {
    const to = ends[i]!;
    if (to > from) end += body.bytes.write(text.slice(from, to), end, "utf8");
    body.int32[offsets + i + 1] = end - start;
    from = to;
  }
  body.buffer(end - start);
}

/** Copies text that lies in Arrow's layout. */
function encodeView(body: BatchBody, column: ColumnSchema, view: Utf8View, length: number): void {
  const { nullCount, validity } = viewNulls(view, length);
  writeValidity(body, column, length, nullCount, validity);
  const offsets = body.buffer(4 * (length + 1)) >> 2;
  body.int32[offsets] = 0;
  let row = offsets;
  let end = 0;
  for (const chunk of view.chunks) {
    const shift = end - chunk.valueOffsets[0]!;
    for (let i = 1; i <= chunk.length; i++) body.int32[row + i] = chunk.valueOffsets[i]! + shift;
    row += chunk.length;
    end = body.int32[row]!;
  }
  let at = body.buffer(end);
  for (const { values, valueOffsets, length: rows } of view.chunks) {
    const text = values.subarray(valueOffsets[0], valueOffsets[rows]);
    body.bytes.set(text, at);
    at += text.length;
  }
}

function encodeInt64(
  body: BatchBody,
  column: ColumnSchema,
  values: RecordColumn | undefined,
  length: number,
): void {
  if (values === undefined) {
    encodeNulls(body, column, length);
    return;
  }
  if (values instanceof BigInt64Array) {
    writeValidity(body, column, length, 0, undefined);
    const start = body.buffer(8 * length) >> 3;
    body.int64.set(values.length === length ? values : values.subarray(0, length), start);
    return;
  }
  const numbers = valuesOf(values, length);
  writeValidityOf(body, column, numbers, length);
  const at = body.buffer(8 * length) >> 2;
  for (let i = 0; i < length; i++) {
    const value = numbers[i] ?? 0;
    if (typeof value === "bigint") {
      if (BigInt.asIntN(64, value) !== value) throw misfit(column, value);
      body.int64[(at >> 1) + i] = value;
      continue;
    }
    // By halves, since a BigInt per row costs more than the row.
    if (!Number.isInteger(value) || !((value as number) >= -(2 ** 63) && (value as number) < 2 ** 63))
      throw misfit(column, value);
    body.int32[at + 2 * i] = (value as number) % 2 ** 32;
    body.int32[at + 2 * i + 1] = Math.floor((value as number) / 2 ** 32);
  }
}

/** A column that was not given, which costs every run that does not use it: a bit a row. */
function encodeNulls(body: BatchBody, column: ColumnSchema, length: number): void {
  writeValidity(body, column, length, length, new Uint8Array((length + 7) >> 3));
  body.unread(8 * length);
}

function encodeInt32(
  body: BatchBody,
  column: ColumnSchema,
  values: RecordColumn | undefined,
  length: number,
): void {
  const numbers = valuesOf(values, length);
  writeValidityOf(body, column, numbers, length);
  const at = body.buffer(4 * length) >> 2;
  for (let i = 0; i < length; i++) {
    const value = Number(numbers[i] ?? 0);
    if ((value | 0) !== value) throw misfit(column, numbers[i]);
    body.int32[at + i] = value;
  }
}

function encodeFloat64(
  body: BatchBody,
  column: ColumnSchema,
  values: RecordColumn | undefined,
  length: number,
): void {
  if (values instanceof Float64Array) {
    writeValidity(body, column, length, 0, undefined);
    const start = body.buffer(8 * length) >> 3;
    body.float64.set(values.length === length ? values : values.subarray(0, length), start);
    return;
  }
  const numbers = valuesOf(values, length);
  writeValidityOf(body, column, numbers, length);
  const at = body.buffer(8 * length) >> 3;
  for (let i = 0; i < length; i++) {
    const value = numbers[i] ?? 0;
    if (typeof value !== "number" && typeof value !== "bigint") throw misfit(column, value);
    body.float64[at + i] = Number(value);
  }
}

function encodeBool(body: BatchBody, column: ColumnSchema, values: readonly unknown[], length: number): void {
  writeValidityOf(body, column, values, length);
  const bytes = (length + 7) >> 3;
  const at = body.buffer(bytes);
  body.bytes.fill(0, at, at + bytes);
  for (let i = 0; i < length; i++) {
    const value = values[i] ?? false;
    if (typeof value !== "boolean") throw misfit(column, value);
    if (value) body.bytes[at + (i >> 3)]! |= 1 << (i & 7);
  }
}

function encodeBinary(
  body: BatchBody,
  column: ColumnSchema,
  values: readonly unknown[],
  length: number,
): void {
  writeValidityOf(body, column, values, length);
  const offsets = body.buffer(4 * (length + 1)) >> 2;
  body.int32[offsets] = 0;
  let bytes = 0;
  for (let i = 0; i < length; i++) {
    const value = values[i];
    if (value instanceof Uint8Array) bytes += value.length;
    else if (value !== null && value !== undefined) throw misfit(column, value);
    body.int32[offsets + i + 1] = bytes;
  }
  let at = body.buffer(bytes);
  for (let i = 0; i < length; i++) {
    const value = values[i] as Uint8Array | null | undefined;
    if (value === null || value === undefined) continue;
    body.bytes.set(value, at);
    at += value.length;
  }
}

function encodeLists(
  body: BatchBody,
  column: ColumnSchema,
  values: readonly unknown[],
  length: number,
): void {
  writeValidityOf(body, column, values, length);
  const offsets = body.buffer(4 * (length + 1)) >> 2;
  body.int32[offsets] = 0;
  const items: (string | null)[] = [];
  for (let i = 0; i < length; i++) {
    const value = values[i] ?? [];
    if (typeof value !== "object" || !(Symbol.iterator in value)) throw misfit(column, value);
    for (const item of value as Iterable<unknown>)
      items.push(item === null || item === undefined ? null : textOf(item));
    body.int32[offsets + i + 1] = items.length;
  }
  encodeTexts(body, ITEM, joinedTexts(items, items.length), items.length);
}

const ITEM: ColumnSchema = { name: "item", type: "utf8", nullable: true };

/** The validity of values that are looked at one by one. */
function writeValidityOf(
  body: BatchBody,
  column: ColumnSchema,
  values: Parameters<typeof validityOf>[0],
  length: number,
): void {
  const { nullCount, validity } = validityOf(values, length);
  writeValidity(body, column, length, nullCount, validity);
}

/** The node of a column and the buffer that says which rows are null: empty where none is. */
function writeValidity(
  body: BatchBody,
  column: ColumnSchema,
  length: number,
  nullCount: number,
  validity: Uint8Array | undefined,
): void {
  if (nullCount > 0 && !column.nullable) throw misfit(column, null);
  body.node(length, nullCount);
  if (nullCount === 0 || validity === undefined) {
    body.buffer(0);
    return;
  }
  const bytes = (length + 7) >> 3;
  const at = body.buffer(bytes);
  body.bytes.set(validity.length === bytes ? validity : validity.subarray(0, bytes), at);
}

function misfit({ name, type, nullable }: ColumnSchema, value: unknown): PitotError {
  return new PitotError(
    "INVALID_DATA",
    `Column ${name} (${type}${nullable ? "" : ", not null"}) cannot hold a value`,
    {
      value,
      remedy: "Give a value of the column's type.",
    },
  );
}
