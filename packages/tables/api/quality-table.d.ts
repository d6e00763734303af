import { Table } from "apache-arrow";
import type { QualityLimit } from "./assert-quality.ts";
import { type QualityLabels } from "./quality-builder.ts";
import { type TableInput, type TableView } from "./table-input.ts";
/** What to look for in one id column. Severity and threshold are for `assertQuality`. */
export interface QualityPlanSpec extends QualityLabels, Pick<QualityLimit, "severity" | "threshold"> {
    readonly idCol: string;
}
/** How quality tables are made. */
export interface QualityOptions {
    /** With the column `row_ordinal` beside the canonical ones: {@link QUALITY_ORDINALS_SCHEMA}. Default false. */
    readonly ordinals?: boolean;
    /** Ordinal of the table's first row, where it is a part of a greater whole. Default 0. */
    readonly firstRow?: number;
}
/** A quality table without rows. */
export declare function emptyQualityTable(): Table;
/**
 * Quality rows for invalid ids of a column: null, zero of any numeric type (−0 too), and the text "0".
 *
 * @throws PitotError INVALID_ARGUMENT where the table has no such column (the nearest are listed), or its type can hold no id
 */
export declare function qualityFromIds(table: TableInput, spec: QualityPlanSpec, options?: QualityOptions): Table;
/**
 * The rows of several specs over one table, in their order. Each id column is read once, however many specs name it.
 *
 * @throws PitotError as {@link qualityFromIds}
 */
export declare function qualityFromPlans(table: TableInput, specs: readonly QualityPlanSpec[], options?: QualityOptions): Table;
/**
 * The quality tables of a stream of batches, one per batch that has invalid ids, with ordinals that go on from batch to batch. Holds one
 * batch at a time.
 *
 * @throws PitotError IO where the stream itself fails, after the tables of all batches before that; else as {@link qualityFromIds}
 */
export declare function qualityFromStream(batches: AsyncIterable<TableInput> | Iterable<TableInput>, specs: readonly QualityPlanSpec[], options?: QualityOptions): AsyncGenerator<Table, void, undefined>;
/**
 * One table of many; an empty one of none. With ordinals where all of them have ordinals, else without.
 * @throws PitotError INVALID_ARGUMENT for what is no list, or where a table's columns are not those of {@link QUALITY_SCHEMA}, or have nulls that it has not
 */
export declare function concatQualityTables(tables: readonly TableInput[]): Table;
/** @throws PitotError INVALID_ARGUMENT for what is not a quality table */
export declare function checkColumns({ columns }: TableView): void;
