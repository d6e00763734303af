import { closeSync, existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PitotError } from "@pitot/core";
import type { Table } from "apache-arrow";
import { isClaimed } from "./folder-claim.ts";
import { readManifest, type RunManifest } from "./manifest.ts";
import { openRead } from "./private-file.ts";
import { damaged, isTorn } from "./read-batches.ts";

const ID = /^[\w-]+$/;

/** A run as its snapshot has it. */
export interface SnapshotRun {
  readonly folder: string;
  readonly manifest: RunManifest;
  /** True where its process has died before it ended: `recover` closes it. Looked up at each call. */
  readonly interrupted: boolean;
  /**
   * A table by name (`spans`, `events`, `quality`, …); undefined where the run has none. Loads apache-arrow and reads the file.
   * @throws PitotError INVALID_DATA where the file of a finished run is damaged
   */
  table(name: string): Promise<Table | undefined>;
}

/** A run's folder, or that of a session: what a process recorded outside runs. */
export interface SnapshotScope {
  readonly type: "run" | "session";
  readonly id: string;
  readonly folder: string;
}

/** Ids of the runs in a snapshot folder, oldest first; a folder that does not exist has none. */
export function listRuns(directory: string): string[] {
  return folders(join(directory, "runs"));
}

/** All runs and sessions of a snapshot folder, oldest first within each. */
export function listScopes(directory: string): SnapshotScope[] {
  return (["run", "session"] as const).flatMap((type) => {
    const parent = join(directory, type === "run" ? "runs" : "session");
    return folders(parent).map((id) => ({ type, id, folder: join(parent, id) }));
  });
}

/**
 * Opens one run, or a session of {@link listScopes}, finished or live. Of a live or interrupted one, the tables reach to their last whole batch.
 * @throws PitotError IO where there is no such run
 */
export function readRun(directory: string, runId: string): SnapshotRun {
  const folder = runFolder(directory, runId);
  const manifest = readManifest(folder);
  return {
    folder,
    manifest,
    get interrupted() {
      return manifest.state === "open" && !isClaimed(folder);
    },
    table: (name) => readTable(folder, name),
  };
}

/** @throws PitotError INVALID_ARGUMENT where the id is no id, so that none leads out of the folder */
export function runFolder(directory: string, runId: string): string {
  if (!ID.test(runId))
    throw new PitotError("INVALID_ARGUMENT", "This is not a run id", {
      value: runId,
      remedy: "Take one from `pitot runs`.",
    });
  const [run, session] = [join(directory, "runs", runId), join(directory, "session", runId)];
  return existsSync(session) && !existsSync(run) ? session : run;
}

/** The file of a table, finished or live; undefined where there is none. */
export function tablePath(folder: string, name: string): string | undefined {
  return [".arrow", ".arrows"]
    .map((ending) => join(folder, `${name}${ending}`))
    .find((file) => existsSync(file));
}

function folders(parent: string): string[] {
  // No link: whoever removes, or recovers, would do so elsewhere.
  if (lstatSync(parent, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && ID.test(entry.name))
    .map((entry) => entry.name)
    .sort();
}

async function readTable(folder: string, name: string): Promise<Table | undefined> {
  const found = contents(folder, name);
  if (found === undefined) return undefined;
  // Only readers pay for the library; writing needs none.
  const { RecordBatchReader, Table } = await import("apache-arrow");
  const batches = [];
  try {
    for (const batch of RecordBatchReader.from(found.bytes)) batches.push(batch);
  } catch (error) {
    // Of a torn tail what came before is whole.
    if (!isTorn(found.path, error)) throw damaged(found.path, error);
  }
  return batches.length === 0 ? undefined : new Table(batches);
}

function contents(
  folder: string,
  name: string,
): { readonly path: string; readonly bytes: Buffer } | undefined {
  for (;;) {
    const path = tablePath(folder, name);
    if (path === undefined) return undefined;
    try {
      const file = openRead(path);
      try {
        return { path, bytes: readFileSync(file) };
      } finally {
        closeSync(file);
      }
    } catch (error) {
      // Its process has compacted it meanwhile, or removed the run.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
}
