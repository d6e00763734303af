import { FlatBuffer, type FlatField } from "./flat-buffer.ts";
import type { ColumnSchema, ColumnType, TableSchema } from "./table-schema.ts";

// Numbers of the Arrow format: https://github.com/apache/arrow/tree/main/format
const V5 = 4;
const HEADER = { schema: 1, dictionary: 2, batch: 3 } as const;
const TYPE = { int: 2, float: 3, binary: 4, utf8: 5, bool: 6, timestamp: 10, list: 12 } as const;
const DOUBLE = 2;
const NANOSECOND = 3;

/** What comes before the metadata of a message: a marker and the length. */
export const PREFIX = 8;

/** Length and offset pairs of one body, as its message tells them. */
export interface BodyLayout {
  /** Rows and nulls, per field. */
  readonly nodes: readonly number[];
  /** Offset and length, per buffer. */
  readonly buffers: readonly number[];
  readonly bytes: number;
}

/** Where a message lies in a file: offset, metadata with prefix, body. */
export type FileBlock = readonly [offset: number, metadata: number, body: number];

/** The metadata of a schema message. The dictionary of a column has the column's ordinal as id. */
export function schemaMetadata({ columns, metadata }: TableSchema): Uint8Array {
  const flat = new FlatBuffer();
  const fields = columns.map((column, id) => field(flat, column, id));
  const pairs = Object.entries(metadata).map(([key, value]) =>
    flat.table({ at: flat.string(key) }, { at: flat.string(value) }),
  );
  const vector = flat.vector(fields);
  const custom = flat.vector(pairs);
  return message(flat, HEADER.schema, flat.table(i16(0), { at: vector }, { at: custom }));
}

/** The metadata of a record batch, whose numbers are still 0. */
export function blankBatch(nodes: number, buffers: number): Uint8Array {
  const flat = new FlatBuffer();
  return message(flat, HEADER.batch, recordBatch(flat, nodes, buffers));
}

/** The metadata of a dictionary of utf8, whose numbers are still 0. */
export function blankDictionary(): Uint8Array {
  const flat = new FlatBuffer();
  const data = recordBatch(flat, 1, 3);
  return message(flat, HEADER.dictionary, flat.table(i64(0), { at: data }, { bytes: 1, value: 0 }));
}

/** A file's footer, around the schema of the stream's first message, which goes in as it is. */
export function footer(
  schema: { readonly metadata: Uint8Array; readonly header: number },
  dictionaries: readonly FileBlock[],
  batches: readonly FileBlock[],
): Uint8Array {
  const flat = new FlatBuffer();
  const embedded = flat.embed(schema.metadata) - schema.header;
  const first = flat.structs(dictionaries.flat(), 3);
  const second = flat.structs(batches.flat(), 3);
  return flat.finish(flat.table(i16(V5), { at: embedded }, { at: first }, { at: second }));
}

/** A message without a body, or whose length is still to be told. */
function message(flat: FlatBuffer, type: number, header: number): Uint8Array {
  return flat.finish(flat.table(i16(V5), { bytes: 1, value: type }, { at: header }, i64(0)));
}

function recordBatch(flat: FlatBuffer, nodes: number, buffers: number): number {
  const nodesAt = flat.structs(new Float64Array(2 * nodes), 2);
  const buffersAt = flat.structs(new Float64Array(2 * buffers), 2);
  return flat.table(i64(0), { at: nodesAt }, { at: buffersAt });
}

function field(flat: FlatBuffer, { name, type, nullable }: ColumnSchema, id: number): number {
  const nameAt = flat.string(name);
  const children =
    type === "list<utf8>" ? [field(flat, { name: "item", type: "utf8", nullable: true }, -1)] : [];
  const childrenAt = flat.vector(children);
  const [number, typeAt] = typeOf(flat, type);
  const dictionary: FlatField =
    type === "dictionary<utf8>" ? { at: flat.table(i64(id), { at: integer(flat, 32) }) } : undefined;
  return flat.table(
    { at: nameAt },
    { bytes: 1, value: nullable ? 1 : 0 },
    { bytes: 1, value: number },
    { at: typeAt },
    dictionary,
    { at: childrenAt },
  );
}

function typeOf(flat: FlatBuffer, type: ColumnType): [number: number, at: number] {
  switch (type) {
    case "int32":
      return [TYPE.int, integer(flat, 32)];
    case "int64":
      return [TYPE.int, integer(flat, 64)];
    case "float64":
      return [TYPE.float, flat.table(i16(DOUBLE))];
    case "bool":
      return [TYPE.bool, flat.table()];
    case "binary":
      return [TYPE.binary, flat.table()];
    case "list<utf8>":
      return [TYPE.list, flat.table()];
    case "timestamp[ns, UTC]": {
      const zone = flat.string("UTC");
      return [TYPE.timestamp, flat.table(i16(NANOSECOND), { at: zone })];
    }
    default:
      return [TYPE.utf8, flat.table()];
  }
}

function integer(flat: FlatBuffer, bits: number): number {
  return flat.table({ bytes: 4, value: bits }, { bytes: 1, value: 1 });
}

function i16(value: number): FlatField {
  return { bytes: 2, value };
}

function i64(value: number): FlatField {
  return { bytes: 8, value };
}
