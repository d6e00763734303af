import { writeFileSync } from "node:fs";

/** What became of one module that could be hooked. */
export interface HookedModule {
  readonly name: string;
  /** Where it was loaded from, or by whom. */
  readonly from: string;
  readonly outcome: "hooked" | "failed" | "disabled";
  readonly why?: string;
}

/** What `pitot doctor` learns from an application. */
export interface RegisterReport {
  readonly node: string;
  readonly mode: string;
  readonly exporting: boolean;
  readonly snapshot: string | undefined;
  readonly hooks: readonly HookedModule[];
  readonly runs: number;
}

const hooks: HookedModule[] = [];

/** Notes a module for the report. */
export function reportHook(hook: HookedModule): void {
  hooks.push(hook);
}

/** Writes the report to the file that `PITOT_DOCTOR_REPORT` names, when the process exits. */
export function reportAtExit(rest: () => Omit<RegisterReport, "hooks" | "node">): void {
  const file = process.env["PITOT_DOCTOR_REPORT"];
  if (file === undefined || file === "") return;
  process.once("exit", () => {
    const report: RegisterReport = { node: process.version, hooks, ...rest() };
    try {
      // One line per process: children of the application report too.
      writeFileSync(file, `${JSON.stringify(report)}\n`, { flag: "a" });
    } catch {
      // The doctor says that it got no report.
    }
  });
}
