import type { Schema } from "apache-arrow";
import { type TableInput } from "./table-input.ts";
/** What statistics need to know of a dataset, without its values: of one table, or of a stream that nobody holds as a whole. */
export declare class MeasuredDataset {
    readonly schema: Schema;
    readonly rows: number;
    /** Bytes of the Arrow buffers; those that chunks share count once per table or batch. */
    readonly bytes: number;
    /** By column. */
    readonly nullCounts: readonly number[];
    constructor(schema: Schema, rows: number, bytes: number, nullCounts: readonly number[]);
    /** For messages. */
    toString(): string;
}
/** Measures one table. @throws PitotError as every function that takes a table */
export declare function measureTable(table: TableInput | MeasuredDataset): MeasuredDataset;
/**
 * Measures a stream of batches, holding one at a time; hand the result to `datasetStatsTable` and its like in place of a table.
 *
 * @throws PitotError IO where the stream fails: its `cause` is the stream's error, its `value` the {@link MeasuredDataset} up to there;
 * INVALID_DATA where a batch has other columns than the first; INVALID_ARGUMENT for a stream without any batch, which has no schema
 */
export declare function measureStream(batches: AsyncIterable<TableInput> | Iterable<TableInput>): Promise<MeasuredDataset>;
