import { existsSync, lstatSync, readdirSync, rmdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { PitotError, type RunPayload } from "@pitot/core";
import { claimFolder, livingClaims } from "./folder-claim.ts";
import { abortOpenSpans, unfinishedSpans } from "./abort-open-spans.ts";
import { compactTable } from "./compact-table.ts";
import {
  readManifest,
  writeManifest,
  type CutTail,
  type ManifestTable,
  type Recovery,
  type RunManifest,
} from "./manifest.ts";
import { fileDigest, measureTable } from "./measure-table.ts";
import { isLiveUnclaimed, lastSignOfLife } from "./owner-life.ts";
import { listScopes, type SnapshotScope } from "./read-run.ts";

/** What {@link recover} did to one run or session. */
export interface RecoveredScope extends SnapshotScope {
  /**
   * `recovered` was left by a dead process and is whole now; `intact` needed nothing, or is gone by now; `live` belongs to a process that lives; `refused` is
   * of a later version, and not touched; `failed` could not be finished, and can be tried again.
   */
  readonly outcome: "recovered" | "intact" | "live" | "refused" | "failed";
  /** Of a recovered one: what its tables lost at their end. */
  readonly cut: Readonly<Record<string, CutTail>>;
  /** Of a recovered one: spans that were open. */
  readonly abortedSpans: number;
  /** Why it was refused, or failed. */
  readonly error?: unknown;
}

const TABLE = /^(\w+)\.arrows?$/;
/** A folder without claim and manifest is one whose process is just making it, unless it is older than this. */
const UNBORN_MS = 60_000;

/**
 * Finishes what dead processes left behind in a snapshot folder: cuts torn tails at the last whole batch, closes open spans as aborted at
 * the last sign of life, compacts tables, and brings the manifest to the truth. Runs of living processes, and snapshots of a later
 * version, are not touched. Any number of processes may call it at once, and a crash of its own is recovered by the next call.
 *
 * Costs a directory listing and a small read per finished run; copies the tables of those that are not.
 */
export async function recover(directory: string): Promise<RecoveredScope[]> {
  const results: RecoveredScope[] = [];
  for (const scope of listScopes(directory)) {
    // Thousands of runs are looked at beside a pipeline, not in its way.
    await turn();
    results.push(await recoverScope(scope));
  }
  return results;
}

/** {@link recover} for one run or session. Never throws. */
export async function recoverScope(scope: SnapshotScope): Promise<RecoveredScope> {
  const nothing = { ...scope, cut: {}, abortedSpans: 0 };
  try {
    const names = readdirSync(scope.folder);
    if (!names.includes("run.json") && !names.some((name) => TABLE.test(name)))
      return { ...nothing, outcome: unborn(scope.folder) };
    const manifest = manifestOf(scope);
    if (isIntact(scope.folder, manifest)) return { ...nothing, outcome: "intact" };
    if (isLiveUnclaimed(manifest)) return { ...nothing, outcome: "live" };
    // Asked before the claims of the dead are swept away.
    const died = lastSignOfLife(scope.folder);
    const claim = await claimFolder(scope.folder);
    if (claim === undefined) return { ...nothing, outcome: "live" };
    try {
      // Another process may have finished it since.
      const recovery = await finish(scope.folder, manifestOf(scope), died);
      return { ...nothing, outcome: "recovered", cut: recovery.cut, abortedSpans: recovery.aborted_spans };
    } finally {
      claim.release();
    }
  } catch (error) {
    // Another process has removed it meanwhile, as old enough.
    if (!existsSync(scope.folder)) return { ...nothing, outcome: "intact" };
    const refused = error instanceof PitotError && error.code === "UNSUPPORTED";
    return { ...nothing, outcome: refused ? "refused" : "failed", error };
  }
}

/** The manifest; where a power failure has taken it, one that says what the folder itself tells. */
function manifestOf({ folder, type, id }: SnapshotScope): RunManifest {
  try {
    return readManifest(folder);
  } catch (error) {
    if (!(error instanceof PitotError) || error.code === "UNSUPPORTED" || !isDamaged(folder)) throw error;
    return {
      manifest_version: 1,
      type,
      id,
      service_name: null,
      pid: 0,
      delivery: "otlp",
      log_delivery: "otlp",
      run: null,
      state: "open",
      tables: {},
      records: {},
    };
  }
}

/** The manifest is absent, empty or half: not a link, not something that cannot be read. */
function isDamaged(folder: string): boolean {
  const stat = lstatSync(join(folder, "run.json"), { throwIfNoEntry: false });
  return stat === undefined || stat.isFile();
}

function isIntact(folder: string, { state }: RunManifest): boolean {
  return state === "compacted" && !readdirSync(folder).some(isLeftover);
}

function isLeftover(name: string): boolean {
  return /\.(tmp|arrows)$/.test(name) || name === "aborting";
}

function unborn(folder: string): "live" | "recovered" {
  const claimed = readdirSync(folder).some((name) => name.endsWith(".claim"));
  const fresh = Date.now() - statSync(folder).mtimeMs < UNBORN_MS;
  if (livingClaims(folder).length > 0 || (fresh && !claimed)) return "live";
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  rmdirSync(folder);
  return "recovered";
}

async function finish(folder: string, before: RunManifest, lastSign: number): Promise<Recovery> {
  let manifest = before;
  if (manifest.recovery === undefined) {
    // Written before anything is touched: what recovery itself writes is no sign of life.
    manifest = {
      ...manifest,
      recovery: { died_unix_ms: lastSign, cut: {}, aborted_spans: 0 },
    };
    if (manifest.state !== "compacted") writeManifest(folder, manifest, true);
  }
  const died = manifest.recovery!.died_unix_ms;
  for (const name of readdirSync(folder))
    if (name.endsWith(".tmp")) rmSync(join(folder, name), { recursive: true, force: true });

  const cut: Record<string, CutTail> = { ...manifest.recovery!.cut };
  for (const [table, torn] of tornTails(folder)) cut[table] = torn;
  const open = manifest.state === "compacted" ? [] : await unfinishedSpans(folder);
  const recovery = {
    died_unix_ms: died,
    cut,
    aborted_spans: Math.max(open.length, manifest.recovery!.aborted_spans),
  };
  // Told before the files that show it are gone.
  if (manifest.state !== "compacted") writeManifest(folder, { ...manifest, recovery }, true);
  await abortOpenSpans(folder, open, BigInt(Math.floor(died)) * 1_000_000n);

  const tables = await compactAll(folder, manifest);
  const run = manifest.state === "open" ? abortedRun(manifest.run, died) : manifest.run;
  const compacted = { ...manifest, run, state: "compacted" as const, tables };
  writeManifest(
    folder,
    before.state === "compacted" ? { ...before, tables } : { ...compacted, recovery },
    true,
  );
  rmSync(join(folder, "open_spans.arrows"), { force: true });
  return recovery;
}

/** Tables whose end was torn; one that is not readable at all is removed. */
function tornTails(folder: string): [table: string, cut: CutTail][] {
  return readdirSync(folder).flatMap((name): [string, CutTail][] => {
    if (!name.endsWith(".arrows") || name === "open_spans.arrows") return [];
    const path = join(folder, name);
    // Renamed into place before: the stream is what a crash has left of it.
    if (existsSync(path.slice(0, -1))) return [];
    const measure = measureTable(path);
    return measure.cut === undefined ? [] : [[name.slice(0, -".arrows".length), measure.cut]];
  });
}

async function compactAll(folder: string, manifest: RunManifest): Promise<Record<string, ManifestTable>> {
  const tables: Record<string, ManifestTable> = {};
  const names = new Set(readdirSync(folder).flatMap((name) => TABLE.exec(name)?.[1] ?? []));
  names.delete("open_spans");
  for (const name of [...names].sort()) {
    const [file, stream] = [join(folder, `${name}.arrow`), join(folder, `${name}.arrows`)];
    if (existsSync(file)) {
      rmSync(stream, { force: true });
      const told = manifest.tables[name];
      const { rows, bytes } = measureTable(file);
      tables[name] =
        manifest.state === "compacted" && told?.sha256 !== undefined && told.bytes === bytes
          ? told
          : { file: `${name}.arrow`, rows, bytes, sha256: await fileDigest(file) };
    } else {
      const { rows, readable } = measureTable(stream);
      if (!readable) rmSync(stream);
      else {
        const { bytes, sha256 } = await compactTable(stream);
        tables[name] = { file: `${name}.arrow`, rows, bytes, sha256 };
      }
    }
  }
  return tables;
}

function abortedRun(run: RunPayload | null, died: number): RunPayload | null {
  if (run === null) return null;
  const end = Math.max(run.start_time_unix_ms, Math.floor(died));
  return {
    ...run,
    status: "aborted",
    end_time_unix_ms: end,
    duration_ms: end - run.start_time_unix_ms,
  };
}
