import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { RegisterReport } from "@pitot/node/doctor";
import type { Command } from "commander";
import colors from "picocolors";
import type { DirectoryOption } from "./directory-option.ts";
import {
  checkApiCopies,
  checkConfiguration,
  checkDelivery,
  checkFolder,
  checkHooks,
  checkNode,
  type Finding,
} from "./doctor-checks.ts";
import { registerOptions } from "./register-options.ts";

/** `pitot doctor`: what works here, what does not, and what to do about it. */
export function addDoctor(program: Command, directory: DirectoryOption): void {
  program
    .command("doctor")
    .description("tell what is hooked, what is not and why, where telemetry goes and whether it arrives")
    .usage("[options] [-- <command> [args...]]")
    .argument("[command...]", "an application to run and look into, e.g. node app.js, or app.js")
    .option(...directory)
    .option("--json", "the findings as JSON")
    .passThroughOptions()
    .addHelpText("after", "\nExits by 1 where something is a problem; warnings are none.")
    .action(async (command: string[], { dir, json }: { dir: string; json?: boolean }) => {
      const findings = [checkNode(), checkConfiguration(), checkFolder(dir), checkApiCopies()];
      if (findings.every(({ check, outcome }) => check !== "configuration" || outcome !== "problem"))
        findings.push(await checkDelivery());
      if (command.length > 0) findings.push(...lookInto(command, dir));
      if (json) console.log(JSON.stringify({ version: 1, findings }, null, 2));
      else for (const finding of findings) console.log(line(finding));
      if (findings.some(({ outcome }) => outcome === "problem")) process.exitCode = 1;
    });
}

function lookInto(command: readonly string[], dir: string): Finding[] {
  const script = /\.[cm]?[jt]sx?$/.test(command[0]!);
  const [file = "", ...args] = script ? [process.execPath, ...command] : command;
  const folder = mkdtempSync(join(tmpdir(), "pitot-doctor-"));
  const path = join(folder, "report.jsonl");
  try {
    // Its output is not the doctor's answer.
    const { status, signal, error } = spawnSync(file, args, {
      stdio: ["inherit", process.stderr.fd, "inherit"],
      env: {
        ...process.env,
        PITOT_DIR: resolve(dir),
        PITOT_DOCTOR_REPORT: path,
        NODE_OPTIONS: registerOptions(process.env["NODE_OPTIONS"]),
      },
    });
    const reports = existsSync(path)
      ? readFileSync(path, "utf8")
          .trim()
          .split("\n")
          .map((text) => JSON.parse(text) as RegisterReport)
      : [];
    const ended: Finding =
      error === undefined
        ? {
            check: "application",
            outcome: status === 0 ? "ok" : "warning",
            message: signal === null ? `exited by ${status}` : `ended by ${signal}`,
          }
        : {
            check: "application",
            outcome: "problem",
            message: `cannot be started: ${error.message}`,
            remedy: "Write the command as in a shell: pitot doctor -- node app.js.",
          };
    const source = args.find((argument) => existsSync(argument));
    return [ended, ...checkHooks(reports, source === undefined ? process.cwd() : dirname(resolve(source)))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function line({ check, outcome, message, remedy }: Finding): string {
  const mark =
    outcome === "ok" ? colors.green("✓") : outcome === "warning" ? colors.yellow("!") : colors.red("✗");
  return `${mark} ${colors.bold(check.padEnd(20))} ${message}${remedy === undefined || message.endsWith(remedy) ? "" : `\n  ${" ".repeat(20)} ${remedy}`}`;
}
