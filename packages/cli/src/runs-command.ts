import { PitotError } from "@pitot/core";
import { listRuns, readRun, type RunManifest } from "@pitot/snapshot";
import Table from "cli-table3";
import type { Command } from "commander";
import colors from "picocolors";
import type { DirectoryOption } from "./directory-option.ts";
import { milliseconds } from "./format-duration.ts";
import { positiveNumber } from "./parse-number.ts";

/** `pitot runs`: the runs of a folder, newest first. */
export function addRuns(program: Command, directory: DirectoryOption): void {
  program
    .command("runs")
    .description("list the runs of a snapshot folder, newest first")
    .option(...directory)
    .option("-n, --limit <number>", "how many", positiveNumber, 50)
    .option("--label <label>", "runs of this label alone")
    .option("--json", "one JSON array of manifests, newest first")
    .action(({ dir, limit, label, json }: { dir: string; limit: number; label?: string; json?: boolean }) => {
      const ids = listRuns(dir).reverse();
      const manifests = [];
      let left = 0;
      let unreadable = 0;
      for (const id of ids) {
        if (label === undefined && manifests.length >= limit) {
          left = ids.length - limit;
          break;
        }
        const manifest = manifestOf(dir, id);
        if (manifest === undefined) {
          unreadable++;
          continue;
        }
        if (label !== undefined && manifest.run?.label !== label) continue;
        if (manifests.length < limit) manifests.push(manifest);
        else left++;
      }
      if (json) console.log(JSON.stringify(manifests, null, 2));
      else if (manifests.length === 0 && unreadable > 0) process.exitCode = 1;
      else if (manifests.length === 0)
        console.log(
          `No runs in ${dir}. Make one by \`pitot run -- node app.js\`, or name another folder by --dir.`,
        );
      else {
        const table = new Table({
          chars: NO_BORDERS,
          style: { "padding-left": 0, "padding-right": 2, head: [], border: [] },
          colAligns: ["left", "left", "left", "right", "left"],
        });
        for (const { id, run, state } of manifests)
          table.push([
            id,
            status(state === "open" && readRun(dir, id).interrupted ? "interrupted" : (run?.status ?? "")),
            run === null ? "" : new Date(run.start_time_unix_ms).toISOString().slice(0, 19).replace("T", " "),
            run?.duration_ms == null ? "" : milliseconds(run.duration_ms),
            colors.bold(run?.label ?? ""),
          ]);
        for (const line of table.toString().split("\n")) console.log(line.trimEnd());
        if (left > 0) console.error(`… and ${left} more: --limit ${manifests.length + left}`);
      }
    });
}

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

function status(text: string): string {
  if (text === "completed") return colors.green(text);
  return text === "failed" ? colors.red(text) : colors.yellow(text);
}

const NO_BORDERS = Object.fromEntries(
  [
    "top",
    "top-mid",
    "top-left",
    "top-right",
    "bottom",
    "bottom-mid",
    "bottom-left",
    "bottom-right",
    "left",
    "left-mid",
    "mid",
    "mid-mid",
    "right",
    "right-mid",
    "middle",
  ].map((name) => [name, ""]),
);
