import { type Schema } from "apache-arrow";
import type { Fragment } from "../dataset/fragment-source.ts";
/** Statistics of a leaf column in a row group; null is not known. */
export interface RowGroupColumnStats {
    /** Of its values, in pyarrow's form: what unit a bound is in. */
    readonly type: string;
    readonly nullCount: number | null;
    readonly distinctCount: number | null;
    /** 64-bit integers and times as bigint; decimals as text; bytes and half floats as hex. */
    readonly min: boolean | number | bigint | string | null;
    readonly max: boolean | number | bigint | string | null;
}
/** By which column a row group is sorted. */
export interface RowGroupSorting {
    readonly column: string;
    readonly descending: boolean;
    readonly nullsFirst: boolean;
}
/** One row group of a file. */
export interface RowGroupStats {
    readonly file: string;
    /** Place in the file. */
    readonly rowGroup: number;
    readonly numRows: number;
    /** Bytes of its columns, uncompressed. */
    readonly totalByteSize: number;
    /** By leaf path. */
    readonly columns: Readonly<Record<string, RowGroupColumnStats>>;
    readonly sortingColumns: readonly RowGroupSorting[];
}
/** Which statistics. */
export interface RowGroupStatsOptions {
    /** The dataset's: it says which columns there are. */
    readonly schema: Schema;
    /** Leaf paths, or names of nested columns for all leaves below. */
    readonly columns: readonly string[];
    /** Stop after so many row groups; default all. */
    readonly maxRowGroups?: number;
    readonly signal?: AbortSignal;
}
/**
 * Statistics of the row groups that the fragments cover, of some columns, as exact as the file has them. Reads the footers, no more of
 * them than `maxRowGroups` takes.
 * @throws PitotError INVALID_ARGUMENT for a column that the schema has not
 */
export declare function rowGroupStats(fragments: readonly Fragment[], { schema, columns, maxRowGroups, signal }: RowGroupStatsOptions): Promise<RowGroupStats[]>;
