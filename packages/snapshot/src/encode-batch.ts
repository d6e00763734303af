import { PitotError, type JoinedTexts, type RecordColumn } from "@pitot/core";
import { BatchBody } from "./batch-body.ts";
import { DICTIONARY } from "./batch-metadata.ts";
import { ColumnDictionary } from "./column-dictionary.ts";
import { joinedTexts } from "./column-values.ts";
import { encodeCodes, encodeColumn, encodeTexts } from "./encode-column.ts";
import { PREFIX } from "./ipc-metadata.ts";
import { textsOfPart, type DictionaryPart } from "./message-header.ts";
import { tableMetadata, type TableMetadata } from "./table-metadata.ts";
import type { ColumnSchema, TableSchema } from "./table-schema.ts";

/** Encoding is synchronous, so that all tables of a process share one; undefined while one is encoding, since values may run code of their own. */
let shared: BatchBody | undefined = new BatchBody();

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
  readonly #metadata: TableMetadata;
  readonly #names: ReadonlySet<string>;
  #started = false;

  constructor(schema: TableSchema) {
    this.schema = schema;
    this.#names = new Set(schema.columns.map(({ name }) => name));
    this.#dictionaries = schema.columns.map(({ type }) =>
      type === "dictionary<utf8>" ? new ColumnDictionary() : undefined,
    );
    this.#metadata = tableMetadata(schema);
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
      const { schema } = this.#metadata;
      body.message(body.allocate(PREFIX + schema.length), schema);
    }
    const codes = this.#dictionaries.map((dictionary, id) => {
      if (dictionary === undefined) return undefined;
      const result = dictionary.codesOf(columns[this.schema.columns[id]!.name], length);
      if (!dictionary.started || dictionary.pending.length > 0) writeDictionary(body, id, dictionary);
      return result;
    });
    const at = body.allocate(this.#metadata.batch.length);
    body.begin();
    this.schema.columns.forEach((column, i) => {
      const [own, values] = [codes[i], columns[column.name]];
      if (own === undefined) encodeColumn(body, column, values, length);
      else encodeCodes(body, column, own, length, nullsOf(values, own, length));
    });
    body.message(at, this.#metadata.batch.of(length, body.layout()));
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

/** Appends a message with these values of a dictionary. */
function writeDictionary(body: BatchBody, id: number, { pending, started }: ColumnDictionary): void {
  const at = body.allocate(DICTIONARY.length);
  body.begin();
  const texts: JoinedTexts = joinedTexts(pending, pending.length);
  encodeTexts(body, VALUE, texts, pending.length);
  body.message(at, DICTIONARY.of(id, started, pending.length, body.layout()));
}

function unknown(name: string): PitotError {
  return new PitotError("INVALID_DATA", "The table has no such column", {
    value: name,
    remedy: "Add it to the table's schema.",
  });
}
