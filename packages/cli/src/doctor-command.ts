import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { PitotError } from "@pitot/core";
import type { RegisterReport } from "@pitot/node/doctor";
import type { Command } from "commander";
import colors from "picocolors";
import type { DirectoryOption } from "./directory-option.ts";
import { checkApiCopies } from "./check-api-copies.ts";
import { checkDelivery } from "./check-delivery.ts";
import { checkHooks } from "./check-hooks.ts";
import { checkConfiguration, checkFolder, checkNode } from "./check-process.ts";
import type { Finding } from "./finding.ts";
import { runApplication } from "./run-application.ts";

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
    .addHelpText(
      "after",
      "\nExits by 1 where something is a problem; warnings are none. End an application that runs on, such as a server, by ctrl-c.\n\n  pitot doctor\n  pitot doctor -- node app.js",
    )
    .action(async (command: string[], { dir, json }: { dir: string; json?: boolean }) => {
      const findings = [checkNode(), checkConfiguration(), checkFolder(dir), checkApiCopies()];
      if (findings.every(({ check, outcome }) => check !== "configuration" || outcome !== "problem"))
        findings.push(await checkDelivery());
      if (command.length > 0) findings.push(...(await lookInto(command, dir)));
      if (json) console.log(JSON.stringify({ version: 1, findings }, null, 2));
      else for (const finding of findings) console.log(line(finding));
      if (findings.some(({ outcome }) => outcome === "problem")) process.exitCode = 1;
    });
}

async function lookInto(command: readonly string[], dir: string): Promise<Finding[]> {
  const script = /\.[cm]?[jt]sx?$/.test(command[0]!);
  const whole = script ? [process.execPath, ...command] : command;
  const folder = mkdtempSync(join(tmpdir(), "pitot-doctor-"));
  const path = join(folder, "report.jsonl");
  try {
    const ended = await endOf(whole, { PITOT_DIR: resolve(dir), PITOT_DOCTOR_REPORT: path });
    const reports = new Map<string, RegisterReport>();
    for (const text of existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : []) {
      const report = JSON.parse(text) as RegisterReport;
      reports.set(report.id, report);
    }
    const source = whole.slice(1).find((argument) => existsSync(argument));
    return [
      ended,
      ...checkHooks([...reports.values()], source === undefined ? process.cwd() : dirname(resolve(source))),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function endOf(command: readonly string[], env: Readonly<Record<string, string>>): Promise<Finding> {
  try {
    // Its output is not the doctor's answer.
    const { code, signal } = await runApplication(command, env, ["inherit", process.stderr.fd, "inherit"]);
    return {
      check: "application",
      outcome: code === 0 ? "ok" : "warning",
      message: signal === null ? `exited by ${code}` : `ended by ${signal}`,
    };
  } catch (error) {
    if (!(error instanceof PitotError)) throw error;
    return { check: "application", outcome: "problem", message: error.message, remedy: error.remedy };
  }
}

function line({ check, outcome, message, remedy }: Finding): string {
  const mark =
    outcome === "ok" ? colors.green("✓") : outcome === "warning" ? colors.yellow("!") : colors.red("✗");
  return `${mark} ${colors.bold(check.padEnd(20))} ${message}${remedy === undefined || message.endsWith(remedy) ? "" : `\n  ${" ".repeat(20)} ${remedy}`}`;
}
