// What hangs on Node's loader, tested on the newest Node, whose binary npm brings.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const NODE = "26.10.0";

const root = fileURLToPath(new URL("..", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "pitot-newest-node-"));
try {
  writeFileSync(join(work, "package.json"), JSON.stringify({ private: true }));
  run(
    "npm",
    ["install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error", `node@${NODE}`],
    work,
  );
  run(
    join(work, "node_modules/node/bin/node"),
    [
      "node_modules/vitest/vitest.mjs",
      "run",
      "--config",
      ".vitest.config.ts",
      ...["register", "register-with-others", "register-awkward"].map(
        (name) => `packages/node/test/${name}.test.ts`,
      ),
    ],
    root,
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 */
function run(command, args, cwd) {
  execFileSync(command, args, { cwd, stdio: "inherit" });
}
