import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { PitotError, type RecordCounts, type RunPayload } from "@pitot/core";

/** One table of a run on disk. */
export interface ManifestTable {
  /** File name within the run's folder: `*.arrow`, or `*.arrows` until it is compacted. */
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
  /** Of a compacted file. */
  readonly sha256?: string;
}

/** `run.json`: what a run was, what its folder holds and what became of its records. */
export interface RunManifest {
  readonly manifest_version: 1;
  readonly type: "run" | "session";
  readonly id: string;
  readonly service_name: string | null;
  readonly pid: number;
  readonly run: RunPayload | null;
  /** `open` while the run lives, `closed` once no batch follows, `compacted` when all tables are IPC files. */
  readonly state: "open" | "closed" | "compacted";
  readonly tables: Readonly<Record<string, ManifestTable>>;
  readonly records: RecordCounts;
}

const FILE = "run.json";

/** Replaces the manifest as a whole: a reader sees the old one or the new one. */
export function writeManifest(folder: string, manifest: RunManifest): void {
  const temporary = join(folder, `${FILE}.tmp`);
  const file = openSync(temporary, "w", 0o600);
  try {
    writeSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, join(folder, FILE));
}

/** @throws PitotError IO or INVALID_DATA, naming the file */
export function readManifest(folder: string): RunManifest {
  const path = join(folder, FILE);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new PitotError("IO", "There is no readable manifest", {
      value: path,
      remedy: "Name a run's folder.",
      cause,
    });
  }
  try {
    return JSON.parse(text) as RunManifest;
  } catch (cause) {
    throw new PitotError("INVALID_DATA", "The manifest is not JSON", {
      value: path,
      remedy: "Read the tables beside it, or remove the folder.",
      cause,
    });
  }
}
