import { RecordBatch, Table } from "apache-arrow";
/** The constant columns of a check's rows. */
export interface QualityLabels {
    readonly entityKind: string;
    readonly issue: string;
    readonly sourceTable?: string;
}
/**
 * Builds quality tables in batches of at most {@link BLOCK_ROWS} rows from buffers of its own. A constant column is encoded once, as plain utf8
 * of a whole batch, and all full batches share its buffers: a hundred million rows cost their ids alone.
 */
export declare class QualityBuilder {
    #private;
    constructor({ entityKind, issue, sourceTable }: QualityLabels, ordinals: boolean);
    /** Rows of invalid ids, as an `IdKernel` finds them: `row` is the id "0", `~row` null. `firstRow` is the ordinal of row 0. */
    addInvalid(hits: Int32Array, count: number, firstRow: number): void;
    /** Rows of these ids. `ordinal(i)` is the row of the `i`-th in its table. */
    addTexts(ids: readonly (string | null)[], ordinal: (index: number) => number): void;
    /** What has been added since the last call. */
    takeBatches(): RecordBatch[];
}
/** One table of quality batches; an empty one of none. */
export declare function qualityTableOf(batches: readonly RecordBatch[], withOrdinals: boolean): Table;
