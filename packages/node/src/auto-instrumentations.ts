import { readFileSync } from "node:fs";
import nodeModule, { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { diag } from "@opentelemetry/api";
import { reportHook } from "./hook-report.ts";

const NAME = "@opentelemetry/auto-instrumentations-node";

/**
 * Registers OpenTelemetry's own instrumentations where the application declares their package. What is merely found above it, hoisted
 * for somebody else, is left alone: loading it takes longer than many an application runs.
 */
export function registerAutoInstrumentations(script: string | undefined): void {
  // Of `node -e`, what looks like a script is the program's first argument.
  const folder = script === undefined ? process.cwd() : dirname(resolve(script));
  const require = createRequire(join(folder, "_.cjs"));
  if (!declares(folder)) return;
  try {
    const { getNodeAutoInstrumentations } = require(NAME) as { getNodeAutoInstrumentations: () => unknown[] };
    const { registerInstrumentations } = require("@opentelemetry/instrumentation") as {
      registerInstrumentations: (options: { instrumentations: unknown[] }) => unknown;
    };
    registerInstrumentations({ instrumentations: getNodeAutoInstrumentations() });
    withoutDeprecation(() =>
      nodeModule.register("@opentelemetry/instrumentation/hook.mjs", pathToFileURL(join(folder, "_.mjs"))),
    );
    reportHook({ name: NAME, from: folder, outcome: "hooked" });
  } catch (error) {
    diag.warn(`pitot: ${NAME} is declared and could not be loaded`, error);
    reportHook({ name: NAME, from: folder, outcome: "failed", why: String(error) });
  }
}

/** Node 26 warns of `module.register`, which is all that OpenTelemetry's hook can be given to; on the application's stderr nothing is said. */
function withoutDeprecation(call: () => void): void {
  const { noDeprecation = false } = process;
  process.noDeprecation = true;
  try {
    call();
  } finally {
    process.noDeprecation = noDeprecation;
  }
}

function declares(from: string): boolean {
  for (let folder = from; ; folder = dirname(folder)) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
        dependencies?: object;
        devDependencies?: object;
      };
      return NAME in { ...manifest.dependencies, ...manifest.devDependencies };
    } catch (error) {
      if ((error as { code?: unknown }).code !== "ENOENT" || dirname(folder) === folder) return false;
    }
  }
}
