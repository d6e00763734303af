import { readdir } from "node:fs/promises";
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

/** The name of a commit. */
export function commitName(version: number): string {
  return `${String(version).padStart(20, "0")}.json`;
}

/** The name of a classic checkpoint. */
export function checkpointName(version: number): string {
  return `${String(version).padStart(20, "0")}.checkpoint.parquet`;
}

/** Whether a folder is a Delta table: its log has a commit or a checkpoint. A log without any is one that a writer has just begun. */
export async function hasLog(root: string): Promise<boolean> {
  const names = await readdir(join(root, "_delta_log")).catch(() => []);
  return names.some((name) => COMMIT.test(name) || CHECKPOINT.test(name));
}

/**
 * Lists a table's log.
 * @throws PitotError INVALID_ARGUMENT where there is no log, INVALID_DATA where it has no commit and no checkpoint
 */
export async function listLog(root: string): Promise<LogListing> {
  const folder = join(root, "_delta_log");
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
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
