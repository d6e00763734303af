import { PitotError } from "@pitot/core";
import type { Predicate } from "../predicate/predicate.ts";
import type { Dataset } from "./dataset.ts";
import { footerOf } from "./footer-cache.ts";
import { withRowGroups } from "./fragment-parts.ts";
import type { Fragment } from "./fragment-source.ts";
import { allAhead } from "./ordered-ahead.ts";
import { plannedFragments } from "./plan-fragments.ts";
import { requireDataset } from "./require-dataset.ts";
import { requireSignal } from "../require-option.ts";

/** Which fragments, and how to stop. */
export interface ListFragmentsOptions {
  readonly predicate?: Predicate;
  readonly signal?: AbortSignal;
}

/**
 * The fragments of a dataset. With a predicate, those that may have matching rows, each with the row groups that may: by partition, by a
 * table's log, and by the statistics of the footers, which are read then.
 */
export async function listFragments(
  dataset: Dataset,
  options: ListFragmentsOptions = {},
): Promise<Fragment[]> {
  requireDataset(dataset);
  if (options.predicate === undefined) return [...(await dataset.plan(undefined, options.signal)).fragments];
  const fragments: Fragment[] = [];
  for await (const { fragment } of plannedFragments(dataset, options)) fragments.push(fragment);
  return fragments;
}

/** One fragment for each row group that the fragment covers. Reads the footer. */
export async function splitFragmentByRowGroup(fragment: Fragment, signal?: AbortSignal): Promise<Fragment[]> {
  return (await coveredRowGroups(fragment, signal)).map((index) => withRowGroups(fragment, [index]));
}

/** One fragment for each row group of a dataset that may have matching rows. */
export async function rowGroupFragments(
  dataset: Dataset,
  options: ListFragmentsOptions = {},
): Promise<Fragment[]> {
  const fragments = await listFragments(dataset, options);
  const split = await allAhead(
    fragments,
    dataset.concurrency,
    (fragment, stop) => splitFragmentByRowGroup(fragment, stop),
    options.signal,
  );
  return split.flat();
}

/** Row groups that the fragments cover together. Reads the footers of those that cover their whole file. */
export async function rowGroupCount(fragments: readonly Fragment[], signal?: AbortSignal): Promise<number> {
  const counts = await allAhead(
    fragments,
    16,
    async (fragment, stop) => (await coveredRowGroups(fragment, stop)).length,
    signal,
  );
  return counts.reduce((total, count) => total + count, 0);
}

/**
 * The first `limit` row groups, a fragment each. Reads no more footers than that takes.
 * @throws PitotError INVALID_ARGUMENT unless the limit is a whole number of 0 or more
 */
export async function takeRowGroupFragments(
  fragments: readonly Fragment[],
  limit: number,
  signal?: AbortSignal,
): Promise<Fragment[]> {
  requireSignal(signal);
  if (!Number.isSafeInteger(limit) || limit < 0)
    throw new PitotError("INVALID_ARGUMENT", "A number of row groups must be a whole number of 0 or more", {
      value: limit,
      remedy: "Give how many row groups to take",
    });
  const taken: Fragment[] = [];
  for (const fragment of fragments) {
    if (taken.length >= limit) break;
    taken.push(...(await splitFragmentByRowGroup(fragment, signal)).slice(0, limit - taken.length));
  }
  return taken;
}

/** A few file paths, each once, to tell a reader which files these are. `limit` null is all. */
export function fragmentFileHints(fragments: readonly Fragment[], limit: number | null = 5): string[] {
  const hints = new Set<string>();
  for (const { path } of fragments) {
    if (limit !== null && hints.size >= limit) break;
    hints.add(path);
  }
  return [...hints];
}

async function coveredRowGroups(fragment: Fragment, signal?: AbortSignal): Promise<readonly number[]> {
  requireSignal(signal);
  return (
    fragment.rowGroups ?? (await footerOf(fragment, { signal })).metadata.rowGroups.map((_, index) => index)
  );
}
