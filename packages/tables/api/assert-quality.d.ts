import type { Table } from "apache-arrow";
import { type TableInput } from "./table-input.ts";
/** Rows of a quality table that share entity kind, issue and source table. */
export interface QualityGroup {
    readonly entityKind: string;
    readonly issue: string;
    readonly sourceTable: string | null;
    readonly rows: number;
}
/** How many rows of a group are too many. A {@link QualityPlanSpec} is one. Fields that are left out match any. */
export interface QualityLimit {
    readonly entityKind?: string;
    readonly issue?: string;
    readonly sourceTable?: string;
    /** `fail` (default): `assertQuality` throws; `warn`: it returns the finding. */
    readonly severity?: "warn" | "fail";
    /** Rows that are still acceptable. Default 0. */
    readonly threshold?: number;
}
/** A group that is over its limit. */
export interface QualityFinding extends QualityGroup {
    readonly severity: "warn" | "fail";
    readonly threshold: number;
}
/**
 * Counts of a quality table by entity kind, issue and source table, in the order of their first rows. Reads buffers; makes text once per run of
 * equal rows.
 * @throws PitotError INVALID_ARGUMENT for what is not a quality table
 */
export declare function qualityGroups(quality: TableInput): QualityGroup[];
/** Groups over their limits: a check's result. With no limits, every group is a failure. */
export declare function qualityFindings(quality: TableInput, limits?: readonly QualityLimit[]): QualityFinding[];
/**
 * For a caller that wants bad data to stop it: one error for all groups over a limit of severity `fail`; the pipeline goes on by
 * default. The first limit that matches a group counts; a group that none matches is acceptable. Returns the findings of severity `warn`.
 *
 * @throws PitotError QUALITY_THRESHOLD with the counts; its `value` is the list of findings
 */
export declare function assertQuality(quality: Table | TableInput, limits?: readonly QualityLimit[]): QualityFinding[];
