import { closeSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PitotError, type RecordCounts, type RunPayload } from "@pitot/core";
import { openRead, replaceFile, replaceFileLater } from "./private-file.ts";

/** One table of a run on disk. */
export interface ManifestTable {
  /** File name within the run's folder: `*.arrow`, or `*.arrows` until it is compacted. */
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
  /** Of a compacted file. */
  readonly sha256?: string;
}

/** What a table lost at its end when its process died. */
export interface CutTail {
  readonly bytes: number;
  /** Rows of the batch that was cut; null where not even their number was on disk. */
  readonly rows: number | null;
}

/** What recovery found when a process had died. */
export interface Recovery {
  /** Last sign of life, Unix milliseconds: the end of what was open. */
  readonly died_unix_ms: number;
  readonly cut: Readonly<Record<string, CutTail>>;
  /** Spans that were open, closed as aborted. */
  readonly aborted_spans: number;
}

/** `run.json`: what a run was, what its folder holds and what became of its records. */
export interface RunManifest {
  readonly manifest_version: 1;
  readonly type: "run" | "session";
  readonly id: string;
  readonly service_name: string | null;
  readonly pid: number;
  /** `otlp` where spans are sent, so that what was not confirmed waits for replay; absent in folders of before. */
  readonly delivery?: "otlp" | "none";
  /** The same of log records; in folders of before they waited elsewhere. */
  readonly log_delivery?: "otlp" | "none";
  readonly run: RunPayload | null;
  /** `open` while the run lives, `closed` once no batch follows, `compacted` when all tables are IPC files. */
  readonly state: "open" | "closed" | "compacted";
  readonly tables: Readonly<Record<string, ManifestTable>>;
  readonly records: RecordCounts;
  /** Rows by table that the disk did not take, or has lost; absent where it took all. */
  readonly dropped?: Readonly<Record<string, number>>;
  /** Where the process died before the run's end, or between its end and the compaction. */
  readonly recovery?: Recovery;
}

const FILE = "run.json";
const VERSION = 1;

/**
 * Replaces the manifest as a whole.
 *
 * @param durable waits for the disk
 */
export function writeManifest(folder: string, manifest: RunManifest, durable: boolean): void {
  replaceFile(join(folder, FILE), text(manifest), durable);
}

/** {@link writeManifest}, durably and without blocking. */
export async function writeManifestLater(folder: string, manifest: RunManifest): Promise<void> {
  await replaceFileLater(join(folder, FILE), text(manifest));
}

function text(manifest: RunManifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** @throws PitotError IO, INVALID_DATA or (a later version) UNSUPPORTED, naming the file */
export function readManifest(folder: string): RunManifest {
  const path = join(folder, FILE);
  let json: string;
  try {
    const file = openRead(path);
    try {
      json = readFileSync(file, "utf8");
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw new PitotError("IO", "There is no readable manifest", {
      value: path,
      remedy: "Name a run's folder.",
      cause,
    });
  }
  const manifest = parse(path, json);
  if (manifest.manifest_version > VERSION)
    throw new PitotError("UNSUPPORTED", `The snapshot is of version ${manifest.manifest_version}`, {
      value: path,
      remedy: "Read it with the Pitot that wrote it, or a later one.",
    });
  return manifest;
}

function parse(path: string, json: string): RunManifest {
  try {
    const value = JSON.parse(json) as RunManifest | null;
    if (typeof value?.manifest_version === "number" && (value.manifest_version > VERSION || isWhole(value)))
      return value;
  } catch (cause) {
    throw new PitotError("INVALID_DATA", "The manifest is not JSON", {
      value: path,
      remedy: "Read the tables beside it, or remove the folder.",
      cause,
    });
  }
  throw new PitotError("INVALID_DATA", "The manifest is of something else", {
    value: path,
    remedy: "Name a run's folder.",
  });
}

/** Whether what everybody relies on is there. */
function isWhole({
  id,
  state,
  tables,
  run,
  recovery,
}: Readonly<Partial<Record<keyof RunManifest, unknown>>>): boolean {
  const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
  return (
    typeof id === "string" &&
    ["open", "closed", "compacted"].includes(String(state)) &&
    isObject(tables) &&
    (run === null || isObject(run)) &&
    (recovery === undefined || (isObject(recovery) && "died_unix_ms" in recovery))
  );
}
