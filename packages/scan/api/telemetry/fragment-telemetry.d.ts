import type { Dataset } from "../dataset/dataset.ts";
import type { Fragment } from "../dataset/fragment-source.ts";
import type { Predicate } from "../predicate/predicate.ts";
import type { ScanTelemetry, ScanTelemetryOptions } from "./scan-telemetry.ts";
/** What is told of which fragments. */
export interface FragmentTelemetryOptions extends ScanTelemetryOptions {
    readonly predicate?: Predicate;
    /** Whether to count the rows that match, which reads what statistics leave open; default true. */
    readonly countRows?: boolean;
    readonly signal?: AbortSignal;
}
/**
 * Telemetry of a dataset's fragments, of those that a predicate leaves where one is given: fragments without a row group that may match are
 * left out, and rows are those of the row groups that may. Costs the footers, and what {@link countRows} reads.
 * @throws PitotError as `scanBatches` does
 */
export declare function fragmentTelemetry(dataset: Dataset, options?: FragmentTelemetryOptions): Promise<ScanTelemetry>;
/** What a plan or a scan found. */
export interface FoundFragments {
    readonly fragments: readonly Fragment[];
    readonly rowGroups: number;
    readonly estimatedRows: number | null;
    readonly countRows: number | null;
}
/** Telemetry from what was found already; reads nothing. */
export declare function scanTelemetry(dataset: Dataset, found: FoundFragments, options: ScanTelemetryOptions & {
    readonly predicate?: Predicate | undefined;
}): ScanTelemetry;
