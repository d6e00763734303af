// The same sources on the newer line of OpenTelemetry, and the Node that it needs: a copy of the checkout with other versions in its
// manifests, installed, built and tested there. The lock file pins the line that Node 20 can run.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NODE = "24.9.0";
/** API, stable and experimental packages. `api-logs` ends with the older line: the newer API has logs itself. */
const NEWER = new Map([
  ["1.9.1", "1.10.0"],
  ["2.12.0", "3.1.0"],
  ["0.223.0", "0.301.0"],
]);

const root = fileURLToPath(new URL("..", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "pitot-newer-otel-"));
try {
  for (const file of execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" }).split("\0")) {
    if (file === "" || file === "package-lock.json") continue;
    mkdirSync(dirname(join(work, file)), { recursive: true });
    if (file.endsWith("package.json")) writeFileSync(join(work, file), newer(join(root, file)));
    else cpSync(join(root, file), join(work, file));
  }
  install(`node@${NODE}`);
  const node = join(work, "node_modules/node/bin/node");
  run(node, ["node_modules/typescript/bin/tsc", "-b"]);
  run(node, [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--config",
    ".vitest.config.ts",
    ...process.argv.slice(2),
  ]);
  run(node, ["examples/minimal/minimal.js"]);
  run(node, ["examples/existing-otel/app.js"]);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/**
 * The manifest with the newer versions of OpenTelemetry.
 * @param {string} path
 */
function newer(path) {
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  for (const field of ["dependencies", "devDependencies"])
    for (const [name, version] of Object.entries(manifest[field] ?? {})) {
      if (!name.startsWith("@opentelemetry/") || name === "@opentelemetry/api-logs") continue;
      const newer = name === "@opentelemetry/sdk-logs" ? "3.1.0" : NEWER.get(version);
      if (newer !== undefined) manifest[field][name] = newer;
    }
  // Made for the older line, and it would bring that along; and a second copy of the API would be a silent no-op.
  delete manifest.dependencies?.["@opentelemetry/auto-instrumentations-node"];
  // The newer line has it no more.
  delete manifest.dependencies?.["@opentelemetry/propagator-jaeger"];
  if (manifest.workspaces !== undefined)
    manifest.overrides = { "@opentelemetry/api": NEWER.get("1.9.1"), commander: "14.0.3" };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** @param {string[]} packages */
function install(...packages) {
  // npm runs on the older Node, and the two lines' ranges of the API do not overlap.
  const lenient = ["--engine-strict=false", "--legacy-peer-deps"];
  run("npm", [
    "install",
    ...lenient,
    "--no-save",
    "--no-audit",
    "--no-fund",
    "--prefer-offline",
    "--loglevel=error",
    ...packages,
  ]);
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
  execFileSync(command, args, { cwd: work, stdio: "inherit" });
}
