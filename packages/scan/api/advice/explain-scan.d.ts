import type { Dataset } from "../dataset/dataset.ts";
import type { Predicate } from "../predicate/predicate.ts";
import { type ScanEffectiveness } from "../telemetry/scan-effectiveness.ts";
import { type ColumnSeparation } from "./column-separation.ts";
/** One thing that makes a scan slower than it needs to be. */
export interface ScanFinding {
    readonly code: "NO_STATISTICS" | "RANGES_OVERLAP" | "SORT_WOULD_SKIP" | "SMALL_ROW_GROUPS" | "LARGE_ROW_GROUPS" | "SMALL_FILES" | "LARGE_FOOTERS";
    /** Leaf path, where it is about a column. */
    readonly column?: string;
    /** What is so, with figures. */
    readonly message: string;
    /** What to do about it. */
    readonly remedy: string;
}
/** What a predicate skips of a dataset, and what it could. */
export interface ScanExplanation {
    readonly dataset: string;
    readonly predicate: string | null;
    /** Of planning alone: no data was read. */
    readonly effectiveness: ScanEffectiveness;
    readonly columns: readonly ColumnSeparation[];
    readonly findings: readonly ScanFinding[];
    /** All of it, for a person. */
    readonly text: string;
}
/**
 * Says what a scan with this predicate would skip and why not more: how well the ranges of the predicate's columns separate row groups, what sorting
 * by a column would skip, and how row groups, files and footers compare with what is usual. Reads the footers of all files.
 * @throws PitotError as `scanBatches` does
 */
export declare function explainScan(dataset: Dataset, predicate?: Predicate, options?: {
    readonly signal?: AbortSignal;
}): Promise<ScanExplanation>;
