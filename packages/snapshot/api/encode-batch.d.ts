import { type RecordColumn } from "@pitot/core";
import { type DictionaryPart } from "./message-header.ts";
import type { TableSchema } from "./table-schema.ts";
/**
 * Encodes the batches of one table as Arrow IPC stream messages, written without a library, since the record path is where
 * milliseconds count. The concatenation of what was committed is an IPC stream that any reader takes, up to the last whole batch: schema first,
 * then each batch behind the dictionary values that are new in it.
 *
 * Source: https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc
 */
export declare class BatchEncoder {
    #private;
    readonly schema: TableSchema;
    constructor(schema: TableSchema);
    /**
     * The messages of a batch of `length` rows; a column that is not given is null throughout. The bytes stand until any table's next
     * batch is encoded. Call {@link BatchEncoder.commit} once they are written; else the next call brings what this one did.
     *
     * @throws PitotError INVALID_DATA, naming column and value, where one does not fit its type, or the table has no such column
     */
    encode(length: number, columns: Readonly<Record<string, RecordColumn>>): Uint8Array;
    /** What was encoded last is written. */
    commit(): void;
    /** A stream that was written before goes on: it has its schema, and with `part` these values of a dictionary. */
    resume(part?: DictionaryPart): void;
}
