import { PitotError } from "@pitot/core";
import { commitName, type CheckpointFiles, type LogListing } from "./log-listing.ts";

/** The files of a log that tell one version, and nothing else. */
export interface LogSegment {
  readonly version: number;
  readonly checkpoint: CheckpointFiles | undefined;
  /** After the checkpoint, newest first: commits, or several folded into one. */
  readonly commits: readonly { readonly name: string; readonly version: number }[];
}

/**
 * The newest complete checkpoint up to `version`, and every commit after it.
 * @throws PitotError INVALID_ARGUMENT where the version is not there, INVALID_DATA where a commit between is missing
 */
export function logSegment(listing: LogListing, version: number = listing.latest): LogSegment {
  const { commits, latest, folder } = listing;
  if (!Number.isSafeInteger(version) || version < 0 || version > latest)
    throw new PitotError("INVALID_ARGUMENT", "The Delta table has no such version", {
      value: version,
      remedy: `Give a whole number of 0 to ${latest}, the last one.`,
    });
  const checkpoint = listing.checkpoints.findLast((candidate) => candidate.version <= version);
  const chosen: { name: string; version: number }[] = [];
  for (let next = (checkpoint?.version ?? -1) + 1; next <= version;) {
    const folded = longestFold(listing, next, version);
    const name = folded?.name ?? commits.get(next);
    if (name === undefined) {
      const first = [...commits.keys()][0];
      const vacuumed = checkpoint === undefined && next === 0 && first !== undefined;
      throw new PitotError(
        "INVALID_DATA",
        vacuumed
          ? `Version ${version} of the Delta table cannot be told: its log was cleaned up and begins with commit ${first}`
          : `The Delta log has a gap: ${folder} has no ${commitName(next)}, which version ${version} needs`,
        {
          value: version,
          remedy: vacuumed
            ? "Read a later version, from the first checkpoint on."
            : "Restore the commit; commits must follow each other without a gap.",
        },
      );
    }
    chosen.push({ name, version: folded?.to ?? next });
    next = (folded?.to ?? next) + 1;
  }
  return { version, checkpoint, commits: chosen.reverse() };
}

/** Folding tells the same in one read; one commit alone is not worth it. */
function longestFold(
  { compacted }: LogListing,
  from: number,
  version: number,
): LogListing["compacted"][number] | undefined {
  let best: LogListing["compacted"][number] | undefined;
  for (const candidate of compacted)
    if (candidate.from === from && candidate.to <= version && candidate.to > (best?.to ?? from))
      best = candidate;
  return best;
}
