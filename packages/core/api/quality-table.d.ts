import type { QualityRow } from "./diagnostics-sink.ts";
import type { GettableColumn } from "./record-batch.ts";
/** A column of a {@link QualityTable}: an Arrow vector of text. */
export interface QualityColumn extends GettableColumn {
    /** Its chunks, where they can be read by their buffers. */
    readonly data?: readonly unknown[];
    /** Rows `begin` to `end`, as a view. */
    slice?(begin: number, end: number): GettableColumn;
}
/** A quality table by column, e.g. an Arrow table with the canonical columns, and `row_ordinal` or not; core itself knows no Arrow library. */
export interface QualityTable {
    readonly numRows: number;
    getChild(name: string): QualityColumn | null;
}
/** Told by shape: whoever has columns by name and a number of rows is read by column. */
export declare function isQualityTable(rows: object): rows is QualityTable;
/**
 * How many rows the columns of a table can give, and how many it tells of: more, where one of its numbers is not as the others. What is no
 * count, NaN say, tells nothing.
 */
export declare function rowCounts(table: QualityTable): {
    readonly readable: number;
    readonly told: number;
};
/**
 * The rows as objects, made while they are read: for a sink that takes no columns; none of a table that a run does not take. Can be iterated
 * again. What a column throws passes.
 */
export declare function qualityRows(table: QualityTable): Iterable<QualityRow>;
