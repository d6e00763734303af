import { PitotError, type JoinedTexts, type RecordColumn } from "@pitot/core";
import { BatchBody } from "./batch-body.ts";
import { ColumnDictionary } from "./column-dictionary.ts";
import { joinedTexts } from "./column-values.ts";
import { encodeCodes, encodeColumn, encodeTexts } from "./encode-column.ts";
import { batchMetadata, dictionaryMetadata, PREFIX, schemaMetadata } from "./ipc-metadata.ts";
import { textsOfPart, type DictionaryPart } from "./message-header.ts";
import type { ColumnSchema, TableSchema } from "./table-schema.ts";

/** Encoding is synchronous, so that all tables of a process share one; undefined while one is encoding, since values may run code of their own. */
let shared: BatchBody | undefined = new BatchBody();

/** Buffers that the type of a column has. */
const BUFFERS: Readonly<Record<string, number>> = { utf8: 3, binary: 3, "list<utf8>": 5 };

/**
 * Encodes the batches of one table as Arrow IPC stream messages, written without a library, since the record path is where
 * milliseconds count. The concatenation of what was committed is an IPC stream that any reader takes, up to the last whole batch: schema first,
 * then each batch behind the dictionary values that are new in it.
 *
 * Source: https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc
 */
export class BatchEncoder {
  readonly schema: TableSchema;
  readonly #dictionaries: readonly (ColumnDictionary | undefined)[];
  readonly #metadataLength: number;
  readonly #names: ReadonlySet<string>;
  #started = false;

  constructor(schema: TableSchema) {
    this.schema = schema;
    this.#names = new Set(schema.columns.map(({ name }) => name));
    this.#dictionaries = schema.columns.map(({ type }) =>
      type === "dictionary<utf8>" ? new ColumnDictionary() : undefined,
    );
    const buffers = schema.columns.reduce((sum, { type }) => sum + (BUFFERS[type] ?? 2), 0);
    const nodes = schema.columns.length + schema.columns.filter(({ type }) => type === "list<utf8>").length;
    this.#metadataLength = batchMetadata(0, zeros(nodes, buffers)).length;
  }

  /**
   * The messages of a batch of `length` rows; a column that is not given is null throughout. The bytes stand until any table's next
   * batch is encoded. Call {@link BatchEncoder.commit} once they are written; else the next call brings what this one did.
   *
   * @throws PitotError INVALID_DATA, naming column and value, where one does not fit its type, or the table has no such column
   */
  encode(length: number, columns: Readonly<Record<string, RecordColumn>>): Uint8Array {
    for (const name in columns) if (!this.#names.has(name)) throw unknown(name);
    const body = shared ?? new BatchBody();
    shared = undefined;
    try {
      return this.#encode(body, length, columns);
    } finally {
      shared = body;
    }
  }

  /** What was encoded last is written. */
  commit(): void {
    this.#started = true;
    for (const dictionary of this.#dictionaries) dictionary?.commit();
  }

  /** A stream that was written before goes on: it has its schema, and with `part` these values of a dictionary. */
  resume(part?: DictionaryPart): void {
    this.#started = true;
    if (part !== undefined) this.#dictionaries[part.id]?.resume(textsOfPart(part));
  }

  #encode(body: BatchBody, length: number, columns: Readonly<Record<string, RecordColumn>>): Uint8Array {
    body.reset();
    if (!this.#started) {
      const metadata = schemaMetadata(this.schema);
      body.message(body.allocate(PREFIX + metadata.length), metadata);
    }
    const codes = this.#dictionaries.map((dictionary, id) => {
      if (dictionary === undefined) return undefined;
      const result = dictionary.codesOf(columns[this.schema.columns[id]!.name], length);
      if (!dictionary.started || dictionary.pending.length > 0) writeDictionary(body, id, dictionary);
      return result;
    });
    const at = body.allocate(PREFIX + this.#metadataLength);
    body.begin();
    this.schema.columns.forEach((column, i) => {
      const [own, values] = [codes[i], columns[column.name]];
      if (own === undefined) encodeColumn(body, column, values, length);
      else encodeCodes(body, column, own, length, nullsOf(values, own, length));
    });
    body.message(at, batchMetadata(length, body.layout()));
    return body.bytes.subarray(0, body.length);
  }
}

/** As the column tells, or counted. */
function nullsOf(values: RecordColumn | undefined, codes: Int32Array, length: number): number {
  if (values !== undefined && "codes" in values && values.nullCount !== undefined) return values.nullCount;
  let nulls = 0;
  for (let i = 0; i < length; i++) nulls += codes[i]! >>> 31;
  return nulls;
}

const VALUE: ColumnSchema = { name: "value", type: "utf8", nullable: false };
const DICTIONARY_LENGTH = dictionaryMetadata(0, false, 0, zeros(1, 3)).length;

function writeDictionary(body: BatchBody, id: number, { pending, started }: ColumnDictionary): void {
  const at = body.allocate(PREFIX + DICTIONARY_LENGTH);
  body.begin();
  const texts: JoinedTexts = joinedTexts(pending, pending.length);
  encodeTexts(body, VALUE, texts, pending.length);
  body.message(at, dictionaryMetadata(id, started, pending.length, body.layout()));
}

function unknown(name: string): PitotError {
  return new PitotError("INVALID_DATA", "The table has no such column", {
    value: name,
    remedy: "Add it to the table's schema.",
  });
}

function zeros(nodes: number, buffers: number): Parameters<typeof batchMetadata>[1] {
  return {
    nodes: Array.from({ length: 2 * nodes }, () => 0),
    buffers: Array.from({ length: 2 * buffers }, () => 0),
    bytes: 0,
  };
}
