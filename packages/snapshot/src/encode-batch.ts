import {
  makeData,
  RecordBatch as ArrowBatch,
  RecordBatchStreamWriter,
  Struct,
  Type,
  type Data,
  type Int,
  type Schema,
} from "apache-arrow";
import { columnValue, type RecordColumn } from "@pitot/core";
import { utf8Column } from "./utf8-column.ts";

/**
 * Arrow IPC stream messages of one table. `header()` once, then `batch(…)` per batch: their concatenation is an IPC stream that
 * any reader takes, up to the last whole batch.
 */
export class BatchEncoder {
  readonly #schema: Schema;
  #header: Uint8Array | undefined;

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  /** The schema message. */
  header(): Uint8Array {
    this.#header ??= encode(new RecordBatchStreamWriter().reset(undefined, this.#schema));
    return this.#header;
  }

  /** A record batch message of `length` rows; a column that is not given is null throughout. */
  batch(length: number, columns: Readonly<Record<string, RecordColumn>>): Uint8Array {
    const { schema } = this;
    const children = schema.fields.map((field) => column(field.type, columns[field.name], length));
    const writer = new RecordBatchStreamWriter();
    writer.write(
      new ArrowBatch(schema, makeData({ type: new Struct(schema.fields), length, nullCount: 0, children })),
    );
    return encode(writer).subarray(this.header().length);
  }

  get schema(): Schema {
    return this.#schema;
  }
}

/** What has been written; without the end-of-stream marker, since more batches follow. */
function encode(writer: RecordBatchStreamWriter): Uint8Array {
  return writer.toUint8Array(true);
}

function column(
  type: Schema["fields"][number]["type"],
  values: RecordColumn | undefined,
  length: number,
): Data {
  switch (type.typeId) {
    case Type.Int:
      if ((type as Int).bitWidth === 32)
        return makeData({
          type,
          length,
          nullCount: 0,
          data: Int32Array.from({ length }, (_, i) => Number(at(values, i) ?? 0)),
        } as never);
      return makeData({ type, length, nullCount: 0, data: int64(values, length) } as never);
    case Type.Timestamp:
      return makeData({ type, length, nullCount: 0, data: int64(values, length) } as never);
    case Type.Float:
      return makeData({
        type,
        length,
        nullCount: 0,
        data: Float64Array.from({ length }, (_, i) => Number(at(values, i) ?? 0)),
      } as never);
    case Type.Bool: {
      const bits = new Uint8Array(Math.ceil(length / 8));
      for (let i = 0; i < length; i++) if (at(values, i)) bits[i >> 3]! |= 1 << (i & 7);
      return makeData({ type, length, nullCount: 0, data: bits } as never);
    }
    default:
      return makeData({ type, length, ...utf8Column(values, length) } as never);
  }
}

function at(values: RecordColumn | undefined, index: number): unknown {
  return values === undefined ? null : columnValue(values, index);
}

function int64(values: RecordColumn | undefined, length: number): BigInt64Array {
  if (values instanceof BigInt64Array) return values;
  const result = new BigInt64Array(length);
  for (let i = 0; i < length; i++) {
    const value = at(values, i);
    result[i] = typeof value === "bigint" ? value : BigInt(Math.round(Number(value ?? 0)));
  }
  return result;
}
