#!/usr/bin/env node
import tab from "@bomb.sh/tab/commander";
import { PitotError } from "@pitot/core";
import { Command, CommanderError } from "commander";
import { completeRuns } from "./complete-runs.ts";
import type { DirectoryOption } from "./directory-option.ts";
import { addDoctor } from "./doctor-command.ts";
import { addExport } from "./export-command.ts";
import { addPrune } from "./prune-command.ts";
import { addRecover } from "./recover-command.ts";
import { addReplay } from "./replay-command.ts";
import { addRun } from "./run-command.ts";
import { addRuns } from "./runs-command.ts";
import { addShow } from "./show-command.ts";

const program = new Command("pitot")
  .description("Observability for Node data pipelines")
  .enablePositionalOptions()
  .showHelpAfterError()
  .exitOverride()
  .addHelpText(
    "after",
    `
Exit codes: 0 done, 1 a problem (told on stderr, with a remedy), 2 wrong usage; \`pitot run\` exits as the application does.
NO_COLOR and FORCE_COLOR are honoured. Shell completion: pitot completion bash|zsh|fish|powershell.`,
  );
const directory: DirectoryOption = [
  "-d, --dir <folder>",
  "snapshot folder",
  process.env["PITOT_DIR"] || ".pitot",
];

addRun(program, directory);
addRuns(program, directory);
addShow(program, directory);
addDoctor(program, directory);
addRecover(program, directory);
addReplay(program, directory);
addPrune(program, directory);
addExport(program, directory);
completeRuns(tab(program, { completionCommandName: "completion" }), directory[2]);
// Commands inherit settings when they are made; these were made by then.
for (const command of program.commands) command.exitOverride().showHelpAfterError();

// Whoever reads us may have seen enough: `pitot show | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});
// An application that runs on must not end with those who read its summary.
process.stderr.on("error", () => {});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof PitotError) {
    console.error(`pitot: ${error.message}`);
    process.exitCode ||= 1;
  } else throw error;
}
