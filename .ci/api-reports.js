// The emitted declarations of each public package, committed under packages/*/api: what changes there changes the API.
// `node .ci/api-reports.js` writes them, `--check` compares and fails on a difference.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const packages = fileURLToPath(new URL("../packages/", import.meta.url));
const check = process.argv.includes("--check");
let different = 0;

for (const name of readdirSync(packages)) {
  const manifest = JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8"));
  if (manifest.private) continue;
  const reports = reachable(join(packages, name, "dist/index.d.ts"));
  const api = join(packages, name, "api");
  if (!check) rmSync(api, { recursive: true, force: true });
  for (const [path, text] of reports) {
    const target = join(api, path.slice(join(packages, name, "dist/").length));
    if (check) {
      if (existsSync(target) && readFileSync(target, "utf8") === text) continue;
      console.error(`${target} is not what the build emits. Run \`npm run api\` and commit the result.`);
      different++;
    } else {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
  }
}
process.exit(different > 0 ? 1 : 0);

/**
 * The declaration files that `entry` reaches within its package.
 * @param {string} entry
 */
function reachable(entry) {
  /** @type {Map<string, string>} */
  const files = new Map();
  const visit = (/** @type {string} */ path) => {
    if (files.has(path)) return;
    const text = readFileSync(path, "utf8");
    files.set(path, text);
    for (const [, target] of text.matchAll(/from "(\.[^"]+)"/g))
      visit(join(dirname(path), (target ?? "").replace(/\.(js|ts)$/, ".d.ts")));
  };
  visit(entry);
  return files;
}
