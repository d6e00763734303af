// Makes the checkout ready to run: dependencies as the lock file has them, and a fresh build.
// Does nothing it need not do, so that the second `npm test` starts at once and works offline.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const stamp = `${root}node_modules/.pitot-lock`;
const lock = createHash("sha256")
  .update(readFileSync(`${root}package-lock.json`))
  .update(process.version)
  .digest("hex");

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== lock) {
  step("installing dependencies (once per lock file)", "npm", ["ci", "--prefer-offline", "--loglevel=error"]);
  writeFileSync(stamp, lock);
}
step("building", process.execPath, ["node_modules/typescript/bin/tsc", "-b"]);

/**
 * @param {string} what
 * @param {string} command
 * @param {string[]} args
 */
function step(what, command, args) {
  const started = Date.now();
  process.stderr.write(`pitot: ${what} … `);
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    process.stderr.write(`failed${error ? `: ${error.message}` : ""}\n`);
    process.exit(status ?? 1);
  }
  process.stderr.write(`${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}
