import { PitotError } from "@pitot/core";
import {
  Field,
  makeData,
  makeVector,
  Null,
  Schema,
  Utf8,
  Vector,
  vectorFromArray,
  type Data,
  type DataType,
} from "apache-arrow";
import { checkBuffers } from "./check-buffers.ts";
import type { ColumnInput, TableView } from "./table-input.ts";
import { textBuffers } from "./text-buffers.ts";

/**
 * Columns by name as a table.
 * @throws PitotError INVALID_ARGUMENT for columns of unequal lengths, or values that are of no type
 */
export function plainColumns(input: Readonly<Record<string, ColumnInput>>): TableView {
  const vectors = Object.entries(input).map(([name, values]) => [name, vectorOf(name, values)] as const);
  const rows = vectors[0]?.[1].length ?? 0;
  const whole = vectors.map(([name, vector]) => {
    if (vector.length !== rows)
      throw new PitotError("INVALID_ARGUMENT", `Column ${name} is not as long as ${vectors[0]![0]}`, {
        value: `${vector.length} and ${rows} rows`,
        remedy: "Give columns of one length.",
      });
    const chunks = (vector.data as readonly Data[]).filter(({ length }) => length > 0);
    for (const chunk of chunks) checkBuffers(chunk, name);
    return { name, type: vector.type as DataType, chunks };
  });
  const cuts = new Set(whole.flatMap(({ chunks }) => endsOf(chunks)));
  const columns = whole.map((column) => ({ ...column, chunks: cutAt(column.chunks, cuts) }));
  return { schema: new Schema(columns.map(({ name, type }) => new Field(name, type, true))), rows, columns };
}

function endsOf(chunks: readonly Data[]): number[] {
  let end = 0;
  return chunks.map(({ length }) => (end += length));
}

/** The same rows in chunks that end at `cuts`, where their own ends are among these. */
function cutAt(chunks: readonly Data[], cuts: ReadonlySet<number>): readonly Data[] {
  if (chunks.length === cuts.size) return chunks;
  const ends = endsOf(chunks);
  let from = 0;
  let k = 0;
  return [...cuts]
    .toSorted((a, b) => a - b)
    .map((to) => {
      while (ends[k]! < to) k++;
      const chunk = chunks[k]!;
      const part = chunk.slice(from - (ends[k]! - chunk.length), to - from);
      from = to;
      return part;
    });
}

function vectorOf(name: string, values: ColumnInput): Vector {
  const failed = (cause?: unknown): never => {
    throw new PitotError("INVALID_ARGUMENT", `The values of column ${name} are of no type that Arrow has`, {
      value: values,
      remedy: "Give values of one type, a typed array, or an Arrow vector.",
      cause,
    });
  };
  if (typeof values !== "object" || values === null) return failed();
  if ("data" in values && "type" in values) return values as Vector;
  if (ArrayBuffer.isView(values))
    return values instanceof DataView
      ? failed()
      : makeVector((values instanceof Uint8ClampedArray ? new Uint8Array(values) : values) as Uint8Array);
  if (!Array.isArray(values)) return failed();
  const list = (values as readonly unknown[]).map((value) => value ?? null);
  const first = list.find((value) => value !== null);
  const beyond = list.find((value) => typeof value === "bigint" && BigInt.asIntN(64, value) !== value);
  if (beyond !== undefined)
    throw new PitotError("INVALID_ARGUMENT", `Column ${name} holds an integer beyond int64`, {
      value: beyond,
      remedy: "Give a BigUint64Array, a decimal vector, or text.",
    });
  try {
    if (first === undefined) return vectorFromArray(list, new Null());
    if (typeof first !== "string") return vectorFromArray(list) as Vector;
  } catch (error) {
    return failed(error);
  }
  const other = list.find((value) => value !== null && typeof value !== "string");
  if (other !== undefined)
    throw new PitotError("INVALID_ARGUMENT", `Column ${name} holds text and a ${typeof other}`, {
      value: other,
      remedy: "Make its values one type: is it a number to you, or text?",
    });
  // Not the dictionary that apache-arrow would infer: text that a user gave is text.
  return new Vector([
    makeData({ type: new Utf8(), length: list.length, ...textBuffers(list as (string | null)[]) }),
  ]);
}
