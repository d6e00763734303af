import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listRuns, readRun } from "@pitot/snapshot";
import { expect, it } from "vitest";

const fixture = fileURLToPath(new URL("fixtures/no-arrow.mjs", import.meta.url));

it("sets up, records and compacts without loading apache-arrow", async () => {
  const directory = mkdtempSync(join(tmpdir(), "pitot-no-arrow-"));
  const child = spawnSync(process.execPath, [fixture], {
    env: { ...process.env, PITOT_DIR: directory },
    encoding: "utf8",
    timeout: 60_000,
  });
  expect([child.status, child.stdout.trim()], child.stderr).toEqual([0, "apache-arrow was loaded"]);
  const [id] = listRuns(directory);
  const run = readRun(directory, id ?? "");
  expect(run.manifest.state).toBe("compacted");
  for (const name of ["events", "artifacts", "metrics", "quality"])
    expect((await run.table(name))?.numRows, name).toBe(1);
  rmSync(directory, { recursive: true, force: true });
});
