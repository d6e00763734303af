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
/** Text of a block of rows: `codes[i]` indexes `values`, which all blocks share and which only grows; -1 is null. */
export interface CodedBlock {
    readonly codes: Int32Array;
    /** The one code of all rows, where there is only one. */
    readonly only: number | undefined;
}
/** Told by shape: whoever has columns by name and a number of rows is read by column. */
export declare function isQualityTable(rows: object): rows is QualityTable;
/** The rows as objects, made while they are read: for a sink that takes no columns; none of a table that a run does not take. Can be iterated again. */
export declare function qualityRows(table: QualityTable): Iterable<QualityRow>;
/**
 * Reads a text column in blocks of dictionary codes. Rows that repeat the one before them, which is what constant columns and sorted tables
 * have, are told by comparing bytes, without making text of them.
 */
export declare class CodedColumn {
    #private;
    readonly values: string[];
    constructor(column: QualityColumn | null);
    /** The next `count` rows; blocks follow each other from row 0 on. `from` is the first of them. */
    block(from: number, count: number): CodedBlock;
}
/** True where no chunk says that its values end beyond them, so that buffers can be stored as they are. */
export declare function isWhole({ data }: Pick<QualityColumn, "data">): boolean;
