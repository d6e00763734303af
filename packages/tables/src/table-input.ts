import { PitotError } from "@pitot/core";
import {
  makeData,
  Null,
  type Data,
  type DataType,
  type RecordBatch,
  type Schema,
  type Table,
  type Vector,
} from "apache-arrow";
import { isObject, isSchema } from "./check-argument.ts";
import { checkBuffers } from "./check-buffers.ts";
import { plainColumns } from "./plain-columns.ts";
import { readIpc } from "./read-ipc.ts";

/** Values of one column: an Arrow vector, a typed array, or a list (null where there is no value) whose type is taken from its values. */
export type ColumnInput = Vector | readonly unknown[] | NodeJS.TypedArray;

/**
 * What every function of this package takes as a table: an apache-arrow table or record batch (of any copy of the library), the bytes of
 * an Arrow IPC stream or file, or columns by name.
 */
export type TableInput =
  | Table
  | RecordBatch
  | Uint8Array
  | ArrayBuffer
  | Readonly<Record<string, ColumnInput>>;

/** A column of a {@link TableView}. */
export interface ColumnView {
  readonly name: string;
  readonly type: DataType;
  readonly chunks: readonly Data[];
}

/** A table as kernels read it: chunks of buffers per column, checked against their lengths. All columns are cut at the same rows. */
export interface TableView {
  readonly schema: Schema;
  readonly rows: number;
  readonly columns: readonly ColumnView[];
}

const views = new WeakMap<object, TableView>();

/**
 * Reads a table; copies no values of Arrow input. What is a table is told by shape, since two copies of apache-arrow (its ES and its
 * CommonJS build) may be loaded in one process.
 *
 * @throws PitotError INVALID_ARGUMENT for what is no table, INVALID_DATA for broken buffers or IPC, UNSUPPORTED for types that apache-arrow does not read
 */
export function tableView(input: TableInput): TableView {
  if (!isObject(input)) throw noTable(input);
  let view = views.get(input);
  if (view === undefined) {
    view = read(input);
    // Plain columns may change between calls; Arrow tables do not.
    if (isTable(input) || isBatch(input)) views.set(input, view);
  }
  return view;
}

/** True for what {@link tableView} takes as one table without further iteration; a stream of batches is not. */
export function isTableInput(input: unknown): input is TableInput {
  return isObject(input) && (isArrow(input) || !(Symbol.asyncIterator in input || Symbol.iterator in input));
}

/** True for one table of Arrow, as objects or as bytes: for what is not columns by name. */
export function isArrow(input: object): boolean {
  return isTable(input) || isBatch(input) || ArrayBuffer.isView(input) || input instanceof ArrayBuffer;
}

/**
 * The first column of that name.
 * @throws PitotError INVALID_ARGUMENT naming it and listing the nearest of those there are
 */
export function columnOf(view: TableView, name: string): ColumnView {
  const column = view.columns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  const all = view.columns.map((candidate) => candidate.name);
  const near = all.length <= 12 ? all : nearest(name, all, 8);
  throw new PitotError("INVALID_ARGUMENT", "There is no such column", {
    value: name,
    remedy: `${all.length <= 12 ? "Columns" : `The nearest of ${all.length} columns`} are: ${near.join(", ")}.`,
  });
}

function read(input: TableInput): TableView {
  if (ArrayBuffer.isView(input))
    return read(readIpc(new Uint8Array(input.buffer, input.byteOffset, input.byteLength)));
  if (input instanceof ArrayBuffer) return read(readIpc(new Uint8Array(input)));
  if (isTable(input)) return viewOf(input.schema, input.batches);
  if (isBatch(input)) return viewOf(input.schema, [input]);
  if (!isColumns(input)) throw noTable(input);
  return plainColumns(input);
}

function isTable(input: object): input is Table {
  return "schema" in input && "batches" in input && Array.isArray(input.batches) && isSchema(input.schema);
}

function isBatch(input: object): input is RecordBatch {
  return (
    "schema" in input &&
    isSchema(input.schema) &&
    "data" in input &&
    Array.isArray((input.data as Data | null)?.children)
  );
}

function viewOf(schema: Schema, batches: readonly RecordBatch[]): TableView {
  const columns = schema.fields.map(({ name, type }, i) => ({
    name,
    type,
    // What has no rows has no buffers either.
    chunks: batches
      .filter(({ data }) => data.length > 0)
      .map(({ data }) => {
        const chunk = data.children[i] ?? makeData({ type: new Null(), length: data.length });
        if (chunk.length < data.length)
          throw new PitotError("INVALID_DATA", `Column ${name} is shorter than its batch`, {
            value: `${chunk.length} of ${data.length} rows`,
            remedy: "Write the batch again.",
          });
        checkBuffers(chunk, name);
        return chunk;
      }),
  }));
  return { schema, rows: batches.reduce((sum, { data }) => sum + data.length, 0), columns };
}

/** Rows, values of one column, a promise that nobody awaited, a Map, a Date: nothing of them is a column by name. */
function isColumns(input: object): boolean {
  const prototype = Object.getPrototypeOf(input) as unknown;
  return (
    !Array.isArray(input) &&
    (prototype === null || prototype === Object.prototype || Object.keys(input).length > 0)
  );
}

function noTable(input: unknown): PitotError {
  return new PitotError("INVALID_ARGUMENT", "This is not a table", {
    value: input,
    remedy: "Give an Arrow table, a record batch, Arrow IPC bytes, or columns by name: { id: [1, 2] }.",
  });
}

/** Names by edit distance from what was asked for. */
function nearest(name: string, all: readonly string[], count: number): string[] {
  return all
    .map((candidate) => [distance(name.toLowerCase(), candidate.toLowerCase()), candidate] as const)
    .toSorted((a, b) => a[0] - b[0])
    .slice(0, count)
    .map(([, candidate]) => candidate);
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let k = 1; k <= b.length; k++)
      next.push(Math.min(next[k - 1]! + 1, row[k]! + 1, row[k - 1]! + (a[i - 1] === b[k - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
