import { join } from "node:path";
import { PitotError } from "@pitot/core";
import { visitCommit } from "./commit-reader.ts";
import type { ExactObject } from "./exact-json.ts";
import { readLogFile } from "./log-file.ts";
import type { LogListing } from "./log-listing.ts";
import { commitFileTime } from "./table-snapshot.ts";

/**
 * The last version that had been committed at a time. A commit's time is the one that it tells (`inCommitTimestamp`), else its
 * file's, made to ascend by at least 1 ms from commit to commit.
 *
 * @throws PitotError INVALID_ARGUMENT where the time is before the first commit that is left, or no time
 */
export async function versionAt(listing: LogListing, timestamp: Date | number): Promise<number> {
  const wanted = Number(timestamp);
  if (!Number.isFinite(wanted))
    throw new PitotError("INVALID_ARGUMENT", "A table's time must be a Date or Unix milliseconds", {
      value: timestamp,
      remedy: "Give {timestamp: new Date(…)}.",
    });
  let found: number | undefined;
  let first: number | undefined;
  let previous = Number.NEGATIVE_INFINITY;
  for (const [version, name] of listing.commits) {
    const own = await inCommitTime(join(listing.folder, name), name);
    const time = Math.max(own ?? (await commitFileTime(listing, version))!, previous + 1);
    first ??= time;
    if (time > wanted) break;
    found = version;
    previous = time;
  }
  if (found !== undefined) return found;
  throw new PitotError("INVALID_ARGUMENT", "The Delta table has no version of that time", {
    value: new Date(wanted).toISOString(),
    remedy:
      first === undefined
        ? "Its log has checkpoints only; give a version."
        : `Give a time from ${new Date(first).toISOString()} on, the first commit that is left.`,
  });
}

/** `commitInfo` is the first action where a table has in-commit timestamps. */
async function inCommitTime(path: string, name: string): Promise<number | undefined> {
  const bytes = await readLogFile(path);
  const end = bytes.indexOf(10);
  let time: number | undefined;
  visitCommit(end < 0 ? bytes : bytes.subarray(0, end), name, (value) => {
    const told = ((value as ExactObject).commitInfo as ExactObject | undefined)?.inCommitTimestamp;
    if (typeof told === "number") time = told;
  });
  return time;
}
