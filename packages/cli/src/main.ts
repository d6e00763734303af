#!/usr/bin/env node
import { PitotError } from "@pitot/core";
import { listRuns, readRun, type RunManifest } from "@pitot/snapshot";
import { Command } from "commander";
import colors from "picocolors";
import { addExport } from "./export-command.ts";
import { findRun } from "./find-run.ts";
import { milliseconds } from "./format-duration.ts";
import { addPrune } from "./prune-command.ts";
import { addRecover } from "./recover-command.ts";
import { addReplay } from "./replay-command.ts";
import { showRun } from "./show-run.ts";

const program = new Command("pitot")
  .description("Observability for Node data pipelines")
  .showHelpAfterError();
const directory = ["-d, --dir <folder>", "snapshot folder", process.env["PITOT_DIR"] ?? ".pitot"] as const;

program
  .command("runs")
  .description("list the runs of a snapshot folder, newest first")
  .option(...directory)
  .option("--json", "one JSON array of manifests")
  .action(({ dir, json }: { dir: string; json?: boolean }) => {
    const manifests = listRuns(dir)
      .reverse()
      .flatMap((id) => manifestOf(dir, id) ?? []);
    if (json) console.log(JSON.stringify(manifests, null, 2));
    else if (manifests.length === 0)
      console.log(`No runs in ${dir}. Run a pipeline with startPitot(), or name another folder by --dir.`);
    else
      for (const { id, run } of manifests)
        console.log(
          `${id}  ${(run?.status ?? "").padEnd(9)}  ${(run?.duration_ms == null ? "" : milliseconds(run.duration_ms)).padStart(9)}  ${colors.bold(run?.label ?? "")}`,
        );
  });

program
  .command("show")
  .description("show one run")
  .argument("<run>", "run id, or the beginning of one; `last` for the newest")
  .option(...directory)
  .option("--json", "the manifest as JSON")
  .action(async (wanted: string, { dir, json }: { dir: string; json?: boolean }) => {
    const id = findRun(listRuns(dir), wanted);
    console.log(json ? JSON.stringify(readRun(dir, id).manifest, null, 2) : await showRun(dir, id));
  });

/** Undefined, and told, where it cannot be read: one damaged run must not hide the others. */
function manifestOf(dir: string, id: string): RunManifest | undefined {
  try {
    return readRun(dir, id).manifest;
  } catch (error) {
    if (!(error instanceof PitotError)) throw error;
    console.error(`pitot: ${error.message}`);
    return undefined;
  }
}

addRecover(program, directory);
addReplay(program, directory);
addPrune(program, directory);
addExport(program, directory);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof PitotError)) throw error;
  console.error(`pitot: ${error.message}`);
  process.exitCode = 1;
}
