import { spawn, type StdioOptions } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";
import { PitotError } from "@pitot/core";
import { registerOptions } from "./register-options.ts";

const SIGNALS = ["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP", "SIGUSR2"] as const;
/** What a terminal's keys send to all processes in the foreground. */
const KEYS: ReadonlySet<string> = new Set(["SIGINT", "SIGQUIT"]);

/** How an application ended. */
export interface EndOfApplication {
  readonly code: number;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Runs a command under register until it has ended. Signals are the application's to answer: what is sent to us alone is handed on.
 *
 * @throws PitotError INVALID_ARGUMENT where it cannot be started
 */
export async function runApplication(
  [file = "", ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
  stdio: StdioOptions,
): Promise<EndOfApplication> {
  const child = spawn(file, args, {
    stdio,
    env: { ...process.env, ...env, NODE_OPTIONS: registerOptions(process.env["NODE_OPTIONS"]) },
  });
  // A terminal sends ctrl-c to both of us.
  const forward = (signal: NodeJS.Signals): void => {
    if (!KEYS.has(signal) || !hasTerminal()) child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, forward);
  try {
    return await new Promise((done, fail) => {
      child.once("error", fail);
      child.once("exit", (code, signal) => done({ code: code ?? 128 + constants.signals[signal!], signal }));
    });
  } catch (cause) {
    throw new PitotError("INVALID_ARGUMENT", "The command cannot be started", {
      value: file,
      remedy: mayNotRun(cause)
        ? "Make it executable, or name what runs it: pitot run -- node app.js."
        : "Write the command as in a shell: pitot run -- node app.js.",
      cause,
    });
  } finally {
    for (const signal of SIGNALS) process.off(signal, forward);
  }
}

/** As shells exit where {@link runApplication} throws: 126 where the command may not be run, 127 where it is not there. */
export function exitCodeOf(error: unknown): number {
  return mayNotRun((error as Error).cause) ? 126 : 127;
}

function mayNotRun(cause: unknown): boolean {
  return (cause as NodeJS.ErrnoException | undefined)?.code === "EACCES";
}

/** True where a terminal controls this process, whatever its streams are. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}
