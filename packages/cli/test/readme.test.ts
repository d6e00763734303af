import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const pages = [
  "README.md",
  ...readdirSync(join(root, "packages")).map((name) => `packages/${name}/README.md`),
];

const fences = pages.flatMap((page) => {
  let text: string;
  try {
    text = readFileSync(join(root, page), "utf8");
  } catch {
    return [];
  }
  return [...text.matchAll(/```js\n([^]*?)```/g)].map(
    ([, code], i) => [`${page} #${i + 1}`, page, code ?? ""] as const,
  );
});

it("finds the code of the manuals", () => expect(fences.length).toBeGreaterThanOrEqual(6));

it.each(fences)("runs the code of %s", (_, page, code) => {
  const folder = mkdtempSync(join(tmpdir(), "pitot-readme-"));
  // Beside the page, so that its package's own dependencies are found.
  const file = join(root, page, "..", `.readme-${process.pid}-${Math.random().toString(36).slice(2)}.mjs`);
  writeFileSync(file, code);
  try {
    const { status, stderr } = spawnSync(process.execPath, [file], {
      cwd: folder,
      encoding: "utf8",
      timeout: 60_000,
    });
    expect(stderr).toBe("");
    expect(status).toBe(0);
  } finally {
    rmSync(file);
    rmSync(folder, { recursive: true, force: true });
  }
});
