import type { Dataset } from "../dataset/dataset.ts";
import type { Fragment } from "../dataset/fragment-source.ts";
import type { Predicate } from "../predicate/predicate.ts";
import { ParquetMetadataSpec, type CollectedMetadata } from "./parquet-metadata-spec.ts";
/** The footers of the fragments' files, each file once; of a fragment of some row groups, these row groups. */
export declare function parquetMetadataCollector(fragments: readonly Fragment[], signal?: AbortSignal): Promise<CollectedMetadata[]>;
/**
 * What the sidecars of a dataset say; with a predicate, of the row groups that may have matching rows. Reads the footers.
 * @throws PitotError INVALID_DATA where the files' schemas differ
 */
export declare function parquetMetadataFactory(dataset: Dataset, options?: {
    readonly predicate?: Predicate;
    readonly signal?: AbortSignal;
}): Promise<ParquetMetadataSpec>;
