import { resolve } from "node:path";
import { listRuns } from "@pitot/snapshot";
import type { Command } from "commander";
import colors from "picocolors";
import type { DirectoryOption } from "./directory-option.ts";
import { fitLines } from "./fit-lines.ts";
import { showProgress } from "./live-progress.ts";
import { exitCodeOf, runApplication } from "./run-application.ts";
import { showRun } from "./show-run.ts";

/** Runs that are shown whole; an application that makes one per request gets a count. */
const SHOWN = 3;

/** `pitot run -- COMMAND`: an application under register, and what it did. */
export function addRun(program: Command, directory: DirectoryOption): void {
  program
    .command("run")
    .description("run an application under Pitot and show what it did")
    .usage("[options] -- <command> [args...]")
    .argument("<command...>", "e.g. node app.js, npm start, npx tsx app.ts")
    .option(...directory)
    .option("--label <label>", "label of the run (default: package and script)")
    .option("--no-summary", "show nothing afterwards")
    .option("--no-progress", "show nothing meanwhile")
    .passThroughOptions()
    .addHelpText(
      "after",
      `
Everything of Pitot's goes to stderr. Exits as the application does: by its code, or its signal; 127 where there is no such command, 126 where it may not be run.

  pitot run -- node app.js
  pitot run --label nightly -- npm start`,
    )
    .action(async (command: string[], options: RunOptions) => {
      const dir = resolve(options.dir);
      const before = new Set(listRuns(dir));
      const endProgress = options.progress ? showProgress(dir, before) : () => {};
      const end = await runApplication(
        command,
        { PITOT_DIR: dir, ...(options.label === undefined ? {} : { PITOT_LABEL: options.label }) },
        "inherit",
      ).catch((error: unknown) => {
        process.exitCode = exitCodeOf(error);
        throw error;
      });
      endProgress();
      if (options.summary) await summarize(dir, before);
      if (end.signal === null) process.exitCode = end.code;
      else process.kill(process.pid, end.signal);
    });
}

interface RunOptions {
  readonly dir: string;
  readonly label?: string;
  readonly summary: boolean;
  readonly progress: boolean;
}

async function summarize(dir: string, before: ReadonlySet<string>): Promise<void> {
  const ids = listRuns(dir).filter((id) => !before.has(id));
  const say = (text: string): void => console.error(fitLines(text, process.stderr));
  if (ids.length === 0) {
    say(
      `\npitot: no run was recorded. The command may start no Node process or be killed at once, or Pitot is disabled: \`pitot doctor -- …\` tells.`,
    );
    return;
  }
  for (const id of ids.slice(0, SHOWN)) say(`\n${await showRun(dir, id, process.stderr.columns)}`);
  const left = ids.length - SHOWN;
  if (left > 0) say(`\n… and ${left} more run${left === 1 ? "" : "s"}`);
  const where = dir === resolve(".pitot") ? "" : ` --dir ${JSON.stringify(dir)}`;
  say(
    `\n${colors.bold("Next")}\n  pitot show ${ids.length === 1 ? "last" : ids[0]!}${where}\n  pitot runs${where}`,
  );
}
