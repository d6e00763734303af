import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { PitotError } from "@pitot/core";

/** A checkpoint: all files that make it, in order. */
export interface CheckpointFiles {
  readonly version: number;
  readonly kind: "classic" | "multi-part" | "v2";
  /** Names within the log. */
  readonly names: readonly string[];
}

/** Commits folded into one file. */
interface CompactedCommits {
  readonly from: number;
  readonly to: number;
  readonly name: string;
}

/** What lies in a table's `_delta_log`, by version, ascending. */
export interface LogListing {
  /** The log's folder. */
  readonly folder: string;
  readonly commits: ReadonlyMap<number, string>;
  /** Complete ones. */
  readonly checkpoints: readonly CheckpointFiles[];
  /** Versions of multi-part checkpoints that miss parts; nothing reads them. */
  readonly incompleteCheckpoints: readonly number[];
  readonly compacted: readonly CompactedCommits[];
  readonly checksums: ReadonlyMap<number, string>;
  readonly latest: number;
}

const COMMIT = /^(\d{20})\.json$/;
const CHECKSUM = /^(\d{20})\.crc$/;
const COMPACTED = /^(\d{20})\.(\d{20})\.compacted\.json$/;
const CHECKPOINT = /^(\d{20})\.checkpoint(?:\.(\d{10})\.(\d{10})|\.([0-9a-f-]{36}))?\.(parquet|json)$/i;

const OF_A_LOG = [COMMIT, CHECKPOINT, CHECKSUM, COMPACTED, /^_last_checkpoint$/];

/** The name of a commit. */
export function commitName(version: number): string {
  return `${String(version).padStart(20, "0")}.json`;
}

/** The name of a classic checkpoint. */
export function checkpointName(version: number): string {
  return `${String(version).padStart(20, "0")}.checkpoint.parquet`;
}

/**
 * Whether a folder is a Delta table: its log has a file of its own. A log without any is one that a writer has just begun. One that cannot be
 * listed is one too: read as plain files, the table would have rows that were deleted.
 */
export async function hasLog(root: string): Promise<boolean> {
  const folder = join(root, "_delta_log");
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) return isThere(folder);
  return names.some((name) => OF_A_LOG.some((kind) => kind.test(name)));
}

/** Whether there is something of that name, if only a link that leads nowhere. */
async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/**
 * Lists a table's log.
 * @throws PitotError INVALID_ARGUMENT where there is no log, IO where it cannot be listed, INVALID_DATA where it has no commit and no checkpoint
 */
export async function listLog(root: string): Promise<LogListing> {
  const folder = join(root, "_delta_log");
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    if (await isThere(folder))
      throw new PitotError("IO", "The Delta log cannot be listed", {
        value: folder,
        remedy: "Check its permissions and, where it is a link, what it leads to.",
        cause,
      });
    throw new PitotError("INVALID_ARGUMENT", "There is no Delta table", {
      value: root,
      remedy: "Give the folder that holds _delta_log.",
      cause,
    });
  }
  const commits = new Map<number, string>();
  const checksums = new Map<number, string>();
  const compacted: CompactedCommits[] = [];
  const checkpoints: CheckpointFiles[] = [];
  const parts = new Map<string, string[]>();
  // By name is by version: versions have twenty digits.
  for (const name of names.sort()) {
    let match: RegExpExecArray | null;
    if ((match = COMMIT.exec(name)) !== null) commits.set(version(match[1]!, name), name);
    else if ((match = CHECKSUM.exec(name)) !== null) checksums.set(version(match[1]!, name), name);
    else if ((match = COMPACTED.exec(name)) !== null)
      compacted.push({ from: version(match[1]!, name), to: version(match[2]!, name), name });
    else if ((match = CHECKPOINT.exec(name)) !== null) {
      const [, at, part, of, uuid, extension] = match;
      if (part !== undefined) {
        const key = `${at}/${of}`;
        parts.set(key, [...(parts.get(key) ?? []), name]);
      } else if (uuid !== undefined)
        checkpoints.push({ version: version(at!, name), kind: "v2", names: [name] });
      else if (extension === "parquet")
        checkpoints.push({ version: version(at!, name), kind: "classic", names: [name] });
    }
  }
  const incompleteCheckpoints: number[] = [];
  for (const [key, names] of parts) {
    const [at, of] = key.split("/").map(Number) as [number, number];
    if (names.length === of) checkpoints.push({ version: at, kind: "multi-part", names });
    else incompleteCheckpoints.push(at);
  }
  checkpoints.sort((a, b) => a.version - b.version);
  const latest = Math.max(-1, ...lastKeys(commits), checkpoints.at(-1)?.version ?? -1);
  if (latest < 0)
    throw new PitotError("INVALID_DATA", "The Delta log has no commit and no complete checkpoint", {
      value: folder,
      remedy: "Give a table that has been written.",
    });
  return { folder, commits, checkpoints, incompleteCheckpoints, compacted, checksums, latest };
}

function lastKeys(map: ReadonlyMap<number, string>): number[] {
  let last: number | undefined;
  for (const key of map.keys()) last = key;
  return last === undefined ? [] : [last];
}

function version(digits: string, name: string): number {
  const value = Number(digits);
  if (!Number.isSafeInteger(value))
    throw new PitotError("INVALID_DATA", "A version of the Delta log is beyond 2^53", {
      value: name,
      remedy: "Remove the file from the log: no table has so many versions.",
    });
  return value;
}
