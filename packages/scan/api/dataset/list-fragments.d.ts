import type { Predicate } from "../predicate/predicate.ts";
import type { Dataset } from "./dataset.ts";
import type { Fragment } from "./fragment-source.ts";
/** Which fragments, and how to stop. */
export interface ListFragmentsOptions {
    readonly predicate?: Predicate;
    readonly signal?: AbortSignal;
}
/**
 * The fragments of a dataset. With a predicate, those that may have matching rows, each with the row groups that may: by partition, by a
 * table's log, and by the statistics of the footers, which are read then.
 */
export declare function listFragments(dataset: Dataset, options?: ListFragmentsOptions): Promise<Fragment[]>;
/** One fragment for each row group that the fragment covers. Reads the footer. */
export declare function splitFragmentByRowGroup(fragment: Fragment, signal?: AbortSignal): Promise<Fragment[]>;
/** One fragment for each row group of a dataset that may have matching rows. */
export declare function rowGroupFragments(dataset: Dataset, options?: ListFragmentsOptions): Promise<Fragment[]>;
/** Row groups that the fragments cover together. Reads the footers of those that cover their whole file. */
export declare function rowGroupCount(fragments: readonly Fragment[], signal?: AbortSignal): Promise<number>;
/**
 * The first `limit` row groups, a fragment each. Reads no more footers than that takes.
 * @throws PitotError INVALID_ARGUMENT unless the limit is a whole number of 0 or more
 */
export declare function takeRowGroupFragments(fragments: readonly Fragment[], limit: number, signal?: AbortSignal): Promise<Fragment[]>;
/** A few file paths, each once, to tell a reader which files these are. `limit` null is all. */
export declare function fragmentFileHints(fragments: readonly Fragment[], limit?: number | null): string[];
