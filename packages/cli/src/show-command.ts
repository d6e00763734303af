import { setTimeout as wait } from "node:timers/promises";
import { listRuns } from "@pitot/snapshot";
import type { Command } from "commander";
import type { DirectoryOption } from "./directory-option.ts";
import { findRun } from "./find-run.ts";
import { fitLines } from "./fit-lines.ts";
import { runReport } from "./run-report.ts";
import { reportText } from "./show-run.ts";

const WATCH_MS = 500;

/** `pitot show RUN`: one run, once or until it has ended. */
export function addShow(program: Command, directory: DirectoryOption): void {
  program
    .command("show")
    .description("show one run")
    .argument("[run]", "run id, or the beginning of one; `last` for the newest", "last")
    .option(...directory)
    .option("-w, --watch", "show it again whenever it has changed, until it has ended")
    .option("--json", "the whole report as JSON; with --watch, one line per change")
    .addHelpText(
      "after",
      `
  pitot show
  pitot show 01a2 --dir /var/pitot
  pitot show last --watch
  pitot show --json | jq .scans`,
    )
    .action(
      async (wanted: string, { dir, json, watch }: { dir: string; json?: boolean; watch?: boolean }) => {
        const id = findRun(listRuns(dir), wanted);
        let shown = "";
        for (;;) {
          const report = await runReport(dir, id);
          const text = json
            ? JSON.stringify(report, null, watch ? 0 : 2)
            : reportText(report, dir, process.stdout.columns);
          if (text !== shown) {
            // A terminal shows the run in place; a file gets every state.
            if (watch && !json && process.stdout.isTTY) process.stdout.write("\u001B[2J\u001B[H");
            console.log(json ? text : fitLines(text, process.stdout));
          }
          shown = text;
          if (!watch || report.manifest.state !== "open" || report.interrupted) return;
          await wait(WATCH_MS);
        }
      },
    );
}
