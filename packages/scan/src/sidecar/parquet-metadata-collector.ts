import type { Dataset } from "../dataset/dataset.ts";
import { footerOf } from "../dataset/footer-cache.ts";
import type { Fragment } from "../dataset/fragment-source.ts";
import { listFragments } from "../dataset/list-fragments.ts";
import { allAhead } from "../dataset/ordered-ahead.ts";
import type { Predicate } from "../predicate/predicate.ts";
import { ParquetMetadataSpec, type CollectedMetadata } from "./parquet-metadata-spec.ts";

/** The footers of the fragments' files, each file once; of a fragment of some row groups, these row groups. */
export async function parquetMetadataCollector(
  fragments: readonly Fragment[],
  signal?: AbortSignal,
): Promise<CollectedMetadata[]> {
  const files = new Map<string, { fragment: Fragment; rowGroups: Set<number> | undefined }>();
  for (const fragment of fragments) {
    const known = files.get(fragment.location);
    if (known === undefined)
      files.set(fragment.location, {
        fragment,
        rowGroups: fragment.rowGroups && new Set(fragment.rowGroups),
      });
    else if (fragment.rowGroups === undefined) known.rowGroups = undefined;
    else for (const index of fragment.rowGroups) known.rowGroups?.add(index);
  }
  return await allAhead(
    files.values(),
    16,
    async ({ fragment, rowGroups }, stop) => {
      const { metadata } = await footerOf(fragment, { signal: stop });
      if (rowGroups === undefined) return { location: fragment.location, metadata };
      const kept = metadata.rowGroups.filter((_, index) => rowGroups.has(index));
      const numRows = kept.reduce((total, group) => total + group.numRows, 0);
      return { location: fragment.location, metadata: { ...metadata, numRows, rowGroups: kept } };
    },
    signal,
  );
}

/**
 * What the sidecars of a dataset say; with a predicate, of the row groups that may have matching rows. Reads the footers.
 * @throws PitotError INVALID_DATA where the files' schemas differ
 */
export async function parquetMetadataFactory(
  dataset: Dataset,
  options: { readonly predicate?: Predicate; readonly signal?: AbortSignal } = {},
): Promise<ParquetMetadataSpec> {
  const fragments = await listFragments(dataset, options);
  return new ParquetMetadataSpec(dataset.schema, await parquetMetadataCollector(fragments, options.signal));
}
