import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Finding } from "./finding.ts";

/** Copies of OpenTelemetry's API below the working directory: two that do not know each other lose telemetry silently. */
export function checkApiCopies(from: string = process.cwd()): Finding {
  const versions = new Map<string, string[]>();
  for (const path of copies(from, "@opentelemetry/api")) {
    const { version } = JSON.parse(readFileSync(join(path, "package.json"), "utf8")) as { version: string };
    versions.set(version, [...(versions.get(version) ?? []), path]);
  }
  const all = [...versions.keys()];
  if (all.length <= 1)
    return { check: "@opentelemetry/api", outcome: "ok", message: all[0] ?? "not installed here" };
  return {
    check: "@opentelemetry/api",
    outcome: "warning",
    message: `${all.length} versions: ${all.join(", ")}; what a later one registers, an earlier one cannot use`,
    remedy: `Let one win, by \`overrides\` in package.json or npm dedupe: ${[...versions.values()].flat().join(", ")}.`,
  };
}

function copies(from: string, name: string): string[] {
  const found: string[] = [];
  const visit = (folder: string, depth: number): void => {
    const modules = join(folder, "node_modules");
    if (depth > 6 || !existsSync(modules)) return;
    if (existsSync(join(modules, name, "package.json"))) found.push(join(modules, name));
    for (const entry of readdirSync(modules)) {
      if (entry.startsWith(".")) continue;
      const inner = entry.startsWith("@")
        ? readdirSync(join(modules, entry)).map((scoped) => join(modules, entry, scoped))
        : [join(modules, entry)];
      for (const path of inner) if (existsSync(join(path, "node_modules"))) visit(path, depth + 1);
    }
  };
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    visit(folder, 0);
    if (found.length > 0 || dirname(folder) === folder) return found;
  }
}
