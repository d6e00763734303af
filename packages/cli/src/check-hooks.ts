import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { INSTRUMENTED_PACKAGES, type RegisterReport } from "@pitot/node/doctor";
import type { Finding } from "./finding.ts";

/** What an application that ran under register had hooked, what not, and why. */
export function checkHooks(reports: readonly RegisterReport[], folder: string): Finding[] {
  if (reports.length === 0)
    return [
      {
        check: "register",
        outcome: "problem",
        message: "the application did not load pitot/register",
        remedy: "It must be a Node process that ends by itself: pitot doctor -- node app.js.",
      },
    ];
  const findings: Finding[] = reports.map(({ node, mode, runs }) => ({
    check: "register",
    outcome: "ok",
    message: `${mode === "started" ? "set up" : mode} in Node ${node}; ${runs} run${runs === 1 ? "" : "s"}`,
  }));
  const hooks = reports.flatMap((report) => report.hooks);
  const require = createRequire(join(resolve(folder), "_.cjs"));
  for (const name of [...INSTRUMENTED_PACKAGES, "stream", "fs"]) {
    const of = hooks.filter((hook) => hook.name === name);
    const failed = of.find(({ outcome }) => outcome === "failed");
    if (failed !== undefined)
      findings.push({
        check: name,
        outcome: "problem",
        message: `could not be hooked: ${failed.why ?? ""}`,
        remedy: "Its version may be one that Pitot does not know.",
      });
    else if (of.some(({ outcome }) => outcome === "hooked"))
      findings.push({
        check: name,
        outcome: "ok",
        message: `hooked (${[...new Set(of.map(({ from }) => from))].join("; ")})`,
      });
    else if (of.length > 0)
      findings.push({ check: name, outcome: "warning", message: `left out: ${of[0]!.why ?? ""}` });
    else
      findings.push({
        check: name,
        outcome: "ok",
        message: isInstalled(require, name)
          ? "installed, and not imported by its name: not used, bundled, or a deep import, which is not seen"
          : "not installed",
      });
  }
  return findings;
}

function isInstalled(require: NodeJS.Require, name: string): boolean {
  return (require.resolve.paths(name) ?? []).some((path) => existsSync(join(path, name, "package.json")));
}
