import { Schema, type Table } from "apache-arrow";
import { ColumnProfile } from "./column-profile.ts";
import { type ProfileOptions } from "./profile-options.ts";
import { type TableInput } from "./table-input.ts";
/** Ranks of `quantiles`, in the schema's metadata too. */
export declare const PROFILE_RANKS: readonly number[];
/**
 * One row per column. `min` and `max` are exact, in the type's canonical text; −0 is 0, and NaN is no value: it is only counted. `distinct_estimate` has a standard error of
 * 1.15 %. `quantiles` are at the ranks of `pitot.ranks`, of a true rank within 1 % in 99 of 100; numbers, and times in the column's own
 * unit. `histogram` has 20 bins of equal width between `min` and `max`, or the finite values next to them, as parts of all values, from the same sketch; infinities are in the
 * outermost bins. `stddev` is
 * the sample's. Lengths are in bytes. What a type does not have is null.
 */
export declare const COLUMN_PROFILE_SCHEMA: Schema;
/** The profiles of a dataset's columns, in their order. */
export type DatasetProfile = readonly {
    readonly name: string;
    readonly profile: ColumnProfile;
}[];
/** Profiles every column of a table. @throws PitotError as every function that takes a table, and for options that are none */
export declare function profileTable(table: TableInput, options?: ProfileOptions): DatasetProfile;
/**
 * Profiles a stream of batches, holding one at a time; the same as of one table with all of them.
 * @throws PitotError IO where the stream fails: its `cause` is the stream's error, its `value` the {@link DatasetProfile} up to there; INVALID_DATA where a
 * batch has other columns than the first
 */
export declare function profileStream(batches: AsyncIterable<TableInput> | Iterable<TableInput>, options?: ProfileOptions): Promise<DatasetProfile>;
/**
 * Profiles of datasets as a table of {@link COLUMN_PROFILE_SCHEMA}. A dataset that is null is left out.
 * @throws PitotError as every function that takes a table
 */
export declare function columnProfileTable(datasets: Readonly<Record<string, TableInput | DatasetProfile | null>>, options?: ProfileOptions): Table;
