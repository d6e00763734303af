import { existsSync, lstatSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { PitotError } from "@pitot/core";
import { unfinishedSpans } from "./abort-open-spans.ts";
import { claimFolder, type FolderClaim } from "./folder-claim.ts";
import { readManifest, type RunManifest } from "./manifest.ts";
import { isLive, lastSignOfLife } from "./owner-life.ts";
import { listScopes, type SnapshotScope } from "./read-run.ts";
import { hasUndelivered } from "./undelivered.ts";

/** What is kept; a bound that is left out keeps everything. */
export interface RetentionLimits {
  /** Longest time in ms since the end of a run. */
  readonly maxAgeMs?: number;
  /** Runs and sessions that no process writes any more. */
  readonly maxRuns?: number;
  /** Bytes on disk, as `du` counts them, of the whole snapshot folder. */
  readonly maxBytes?: number;
  /** Also runs with spans or log records that were not delivered yet. Default true; false never removes them, whatever the bounds. */
  readonly undelivered?: boolean;
  /** Tells what would be removed. */
  readonly dryRun?: boolean;
}

/** A run or session that {@link prune} removed. */
export interface PrunedScope extends SnapshotScope {
  readonly bytes: number;
  readonly undelivered: boolean;
}

const ASIDE = ".removed-";
/** How long another process that removes runs is waited for. */
const PATIENCE_MS = 60_000;

interface Candidate extends PrunedScope {
  readonly endMs: number;
}

/**
 * Removes runs and sessions until the bounds hold: the oldest first, and none with undelivered spans or log records before one
 * without. Those that a process died over count as ended at its last sign of life, whether they were recovered or not. Runs of living processes,
 * snapshots of later versions and folders without a readable manifest stay. Several processes may call it at once: one after the other removes.
 *
 * @throws PitotError IO where another process is at it for a minute, and what the file system throws
 */
export async function prune(directory: string, limits: RetentionLimits): Promise<PrunedScope[]> {
  if (limits.dryRun === true || !existsSync(directory)) return await pruneAlone(directory, limits);
  // Two at once would each remove what the bounds ask for, and together twice as much.
  const claim = await claimPatiently(directory);
  try {
    removeLeftovers(directory);
    return await pruneAlone(directory, limits);
  } finally {
    claim.release();
  }
}

/** @throws PitotError IO where somebody else is at it all the time */
async function claimPatiently(directory: string): Promise<FolderClaim> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const claim = await claimFolder(directory);
    if (claim !== undefined) return claim;
    if (performance.now() > until)
      throw new PitotError("IO", "Another process is removing runs all the time", {
        value: directory,
        remedy: "Try again when it has ended.",
      });
    await wait(50);
  }
}

async function pruneAlone(directory: string, limits: RetentionLimits): Promise<PrunedScope[]> {
  const candidates: Candidate[] = [];
  let bytes = bytesOnDisk(directory);
  for (const scope of listScopes(directory)) {
    // Thousands of runs are looked at beside a pipeline, not in its way.
    await turn();
    const manifest = readable(scope.folder);
    // What a living process writes, still sends from, or replays, it has.
    if (manifest !== undefined && !isLive(scope.folder, manifest))
      candidates.push({
        ...scope,
        bytes: bytesOnDisk(scope.folder),
        undelivered: await mayBeUndelivered(scope.folder, manifest),
        endMs: endOf(scope.folder, manifest),
      });
  }
  candidates.sort((a, b) => Number(a.undelivered) - Number(b.undelivered) || a.endMs - b.endMs);
  const { maxAgeMs = Infinity, maxRuns = Infinity, maxBytes = Infinity } = limits;
  let count = candidates.length;
  const oldest = Date.now() - maxAgeMs;
  const removed: PrunedScope[] = [];
  for (const { endMs, ...candidate } of candidates) {
    if (candidate.undelivered && limits.undelivered === false) continue;
    if (endMs >= oldest && count <= maxRuns && bytes <= maxBytes) continue;
    if (limits.dryRun !== true && !(await remove(directory, candidate))) continue;
    count--;
    bytes -= candidate.bytes;
    removed.push(candidate);
  }
  return removed;
}

/** The manifest; undefined where it cannot be read, or is of a later version. */
function readable(folder: string): RunManifest | undefined {
  try {
    return readManifest(folder);
  } catch {
    return undefined;
  }
}

/** What cannot be told is taken for undelivered: it goes last. */
async function mayBeUndelivered(folder: string, manifest: RunManifest): Promise<boolean> {
  try {
    if (await hasUndelivered(folder, manifest)) return true;
    // Recovery ends what is open, and a replay sends it.
    const open = manifest.delivery === "otlp" && manifest.state !== "compacted";
    return open && (await unfinishedSpans(folder)).some(({ sampled }) => sampled);
  } catch {
    return true;
  }
}

function endOf(folder: string, { run, state }: RunManifest): number {
  if (run?.end_time_unix_ms != null) return run.end_time_unix_ms;
  return state === "compacted" ? statSync(join(folder, "run.json")).mtimeMs : lastSignOfLife(folder);
}

/** Of a removal that died. */
function removeLeftovers(directory: string): void {
  for (const name of existsSync(directory) ? readdirSync(directory) : [])
    if (name.startsWith(ASIDE)) rmSync(join(directory, name), { recursive: true, force: true });
}

/** Renamed first, so that a crash leaves no run with half its tables. False where somebody is using it. */
async function remove(directory: string, { type, id, folder }: PrunedScope): Promise<boolean> {
  const claim = await claimFolder(folder);
  if (claim === undefined) return false;
  const aside = join(directory, `${ASIDE}${type}-${id}`);
  try {
    renameSync(folder, aside);
  } catch (error) {
    claim.release();
    throw error;
  }
  rmSync(aside, { recursive: true, force: true });
  return true;
}

/** Of a folder and all in it. Blocks, not lengths: a small file takes a whole block. */
function bytesOnDisk(path: string): number {
  // No link is followed, and what goes away meanwhile takes no place.
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  let bytes = (stat.blocks ?? Math.ceil(stat.size / 512)) * 512;
  if (stat.isDirectory()) for (const name of namesIn(path)) bytes += bytesOnDisk(join(path, name));
  return bytes;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
