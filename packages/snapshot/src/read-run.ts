import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PitotError } from "@pitot/core";
import type { Table } from "apache-arrow";
import { readManifest, type RunManifest } from "./manifest.ts";

/** A run as its snapshot has it. */
export interface SnapshotRun {
  readonly folder: string;
  readonly manifest: RunManifest;
  /** A table by name (`spans`, `events`, `quality`, …); undefined where the run has none. Loads apache-arrow and reads the file. */
  table(name: string): Promise<Table | undefined>;
}

/** Ids of the runs in a snapshot folder, oldest first; a folder that does not exist has none. */
export function listRuns(directory: string): string[] {
  const runs = join(directory, "runs");
  if (!existsSync(runs)) return [];
  return readdirSync(runs, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/**
 * Opens one run, finished or live. Of a live or interrupted one, the tables reach to their last whole batch.
 * @throws PitotError IO where there is no such run
 */
export function readRun(directory: string, runId: string): SnapshotRun {
  if (!/^[\w-]+$/.test(runId))
    throw new PitotError("INVALID_ARGUMENT", "This is not a run id", {
      value: runId,
      remedy: "Take one from `pitot runs`.",
    });
  const folder = join(directory, "runs", runId);
  const manifest = readManifest(folder);
  return { folder, manifest, table: (name) => readTable(folder, name) };
}

async function readTable(folder: string, name: string): Promise<Table | undefined> {
  const path = [".arrow", ".arrows"]
    .map((ending) => join(folder, `${name}${ending}`))
    .find((file) => existsSync(file));
  if (path === undefined) return undefined;
  // Only readers pay for the library; writing needs none.
  const { RecordBatchReader, Table } = await import("apache-arrow");
  const reader = RecordBatchReader.from(readFileSync(path));
  const batches = [];
  try {
    for (const batch of reader) batches.push(batch);
  } catch {
    // A torn tail: what came before it is whole.
  }
  return batches.length === 0 ? undefined : new Table(batches);
}
