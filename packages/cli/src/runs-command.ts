import { PitotError } from "@pitot/core";
import { listRuns, readRun, type RunManifest } from "@pitot/snapshot";
import Table from "cli-table3";
import type { Command } from "commander";
import colors from "picocolors";
import type { DirectoryOption } from "./directory-option.ts";
import { fitLines, NO_BORDERS } from "./fit-lines.ts";
import { milliseconds } from "./format-duration.ts";
import { positiveNumber } from "./parse-number.ts";

/** Columns below which an id, times and a label do not stand in one line. */
const NARROW = 100;

/** `pitot runs`: the runs of a folder, newest first. */
export function addRuns(program: Command, directory: DirectoryOption): void {
  program
    .command("runs")
    .description("list the runs of a snapshot folder, newest first")
    .option(...directory)
    .option("-n, --limit <number>", "how many", positiveNumber, 50)
    .option("--label <label>", "runs of this label alone")
    .option("--json", "one JSON array of manifests, newest first")
    .addHelpText(
      "after",
      `
  pitot runs
  pitot runs --label nightly --limit 5
  pitot runs --json | jq '.[0].run.status'`,
    )
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
          `No runs${label === undefined ? "" : ` of label ${JSON.stringify(label)}`} in ${dir}. Make one by \`pitot run -- node app.js\`, or name another folder by --dir.`,
        );
      else {
        print(manifests.map((manifest) => row(dir, manifest)));
        if (left > 0) console.error(`… and ${left} more: --limit ${manifests.length + left}`);
      }
    });
}

/** What is shown of a run. */
interface Row {
  readonly id: string;
  readonly status: string;
  readonly started: string;
  readonly took: string;
  readonly label: string;
}

function row(dir: string, { id, run, state }: RunManifest): Row {
  const interrupted = state === "open" && readRun(dir, id).interrupted;
  return {
    id,
    status: status(interrupted ? "interrupted" : (run?.status ?? "")),
    started:
      run === null ? "" : new Date(run.start_time_unix_ms).toISOString().slice(0, 19).replace("T", " "),
    took: run?.duration_ms == null ? "" : milliseconds(run.duration_ms),
    label: colors.bold(run?.label ?? ""),
  };
}

/** A line for each run; three on a terminal that is too narrow for ids beside labels. */
function print(rows: readonly Row[]): void {
  const { isTTY, columns } = process.stdout;
  if (isTTY && columns < NARROW) {
    for (const { id, status: told, started, took, label } of rows)
      console.log(fitLines(`${label}  ${told} ${took}\n  ${colors.dim(started)}\n  ${id}`, process.stdout));
    return;
  }
  const table = new Table({
    chars: NO_BORDERS,
    style: { "padding-left": 0, "padding-right": 2, head: [], border: [] },
    colAligns: ["left", "left", "left", "right", "left"],
  });
  for (const { id, status: told, started, took, label } of rows) table.push([id, told, started, took, label]);
  for (const line of table.toString().split("\n")) console.log(line.trimEnd());
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
