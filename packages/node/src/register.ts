// `node --import pitot/register app.js`: one run for the process, and what it reads and writes inside it.
import { fileURLToPath } from "node:url";
import { startHooksThread } from "./hooks-thread.ts";
import { requireEsm } from "./require-esm.ts";

const MARK = Symbol.for("pitot.registered");

// NODE_OPTIONS and --import may both name us, or name two copies of us.
if (
  !(MARK in globalThis) &&
  process.env["OTEL_SDK_DISABLED"]?.trim().toLowerCase() !== "true" &&
  !isTool(process.argv[1])
) {
  Object.defineProperty(globalThis, MARK, { value: true });
  // Required: a hundred small modules load in half the time that as many imports take.
  const { register } = startHooksThread(
    () =>
      requireEsm(
        fileURLToPath(new URL("register-process.js", import.meta.url)),
      ) as typeof import("./register-process.ts"),
  );
  try {
    await register();
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    if (code === "INVALID_CONFIGURATION") {
      process.stderr.write(`pitot: ${String(message)}\n`);
      process.exit(1);
    }
    // A fault of ours is no reason for the application not to run.
    process.stderr.write(
      `pitot: could not be set up, the application goes on without it: ${String(message)}\n`,
    );
  }
}

/**
 * True for what starts other programs, and for the thread in which tsx has esbuild compile: a run of theirs would tell nothing. Their
 * children inherit NODE_OPTIONS.
 */
function isTool(script: string | undefined): boolean {
  return (
    script !== undefined &&
    (/[\\/](npm|npx|pnpm|pnpx|yarn|yarnpkg|corepack)([-.]cli)?(\.[cm]?js)?$/.test(script) ||
      /[\\/]tsx[\\/]dist[\\/]cli\.[cm]js$|[\\/]\.bin[\\/]tsx$/.test(script) ||
      /[\\/]esbuild[\\/]lib[\\/]main\.js$/.test(script))
  );
}
