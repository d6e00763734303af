import { writeFileSync } from "node:fs";
import { threadId } from "node:worker_threads";

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
  /** Of process and thread: a later report of one stands for the earlier. */
  readonly id: string;
  readonly node: string;
  readonly mode: string;
  readonly exporting: boolean;
  readonly snapshot: string | undefined;
  readonly hooks: readonly HookedModule[];
  readonly runs: number;
}

const hooks: HookedModule[] = [];
let changed = (): void => {};

/** Notes a module for the report. */
export function reportHook(hook: HookedModule): void {
  hooks.push(hook);
  changed();
}

const EVERY_MS = 100;

/**
 * Writes the report to the file that `PITOT_DOCTOR_REPORT` names: now, with each module, soon after whatever else has changed, and when the
 * process exits. A signal may end it at any moment without an exit.
 */
export function reportHooks(rest: () => Omit<RegisterReport, "hooks" | "node" | "id">): void {
  const file = process.env["PITOT_DOCTOR_REPORT"];
  if (file === undefined || file === "") return;
  let written = "";
  const write = (): void => {
    const report: RegisterReport = {
      id: `${process.pid}.${threadId}`,
      node: process.version,
      hooks,
      ...rest(),
    };
    const text = JSON.stringify(report);
    if (text === written) return;
    written = text;
    try {
      // A line each: children of the application report too.
      writeFileSync(file, `${text}\n`, { flag: "a" });
    } catch {
      // The doctor says that it got no report.
    }
  };
  write();
  changed = write;
  setInterval(write, EVERY_MS).unref();
  process.once("exit", write);
}
