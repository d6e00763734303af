import { Schema, type Table } from "apache-arrow";
/** One row per invalid entity. */
export declare const QUALITY_SCHEMA: Schema;
/** What to look for in one id column. */
export interface QualityPlanSpec {
    readonly idCol: string;
    readonly entityKind: string;
    readonly issue: string;
    readonly sourceTable?: string;
}
/** A quality table without rows. */
export declare function emptyQualityTable(): Table;
/**
 * Quality rows for invalid ids of a column: null, zero of any numeric type (−0 too), and the text "0".
 *
 * @throws PitotError INVALID_ARGUMENT where the table has no such column (those that there are, are listed), or its type can hold no id
 */
export declare function qualityFromIds(table: Table, spec: QualityPlanSpec): Table;
/** The rows of several specs over one table, in their order. */
export declare function qualityFromPlans(table: Table, specs: readonly QualityPlanSpec[]): Table;
/**
 * One table of many; an empty one of none.
 * @throws PitotError INVALID_ARGUMENT where a table's columns are not those of {@link QUALITY_SCHEMA}
 */
export declare function concatQualityTables(tables: readonly Table[]): Table;
