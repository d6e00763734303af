import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listRuns, readRun, recover } from "@pitot/snapshot";
import { expect, it } from "vitest";

const fixture = fileURLToPath(new URL("fixtures/cluster.js", import.meta.url));

it("keeps the runs of a cluster and its worker threads in one folder, that of a killed worker too", async () => {
  const directory = mkdtempSync(join(tmpdir(), "pitot-cluster-"));
  const child = spawn(process.execPath, [fixture], {
    env: { ...process.env, PITOT_DIR: directory },
    stdio: "inherit",
  });
  const status = await new Promise((resolve) => {
    child.once("exit", resolve);
  });
  expect(status).toBe(0);
  const outcomes = (await recover(directory)).map(({ outcome }) => outcome);
  // The primary, which lived longer, may have found the killed worker's run first.
  expect(outcomes.filter((outcome) => outcome !== "intact" && outcome !== "recovered")).toEqual([]);
  const runs = await Promise.all(
    listRuns(directory).map(async (id) => {
      const run = readRun(directory, id);
      const ids = Array.from((await run.table("quality"))!.getChild("entity_id")!, String);
      return { run: run.manifest.run!, ids };
    }),
  );
  const labels = runs.map(({ run }) => run.label).toSorted();
  expect(labels).toEqual(["0-0", "0-1", "1-0", "1-1", "2-0", "2-1", "primary-0"]);
  for (const { run, ids } of runs) {
    expect(run.status).toBe(run.label === "2-0" ? "aborted" : "completed");
    expect(ids).toEqual(Array.from({ length: 50 }, (_, i) => `${run.label}-${i}`));
  }
  rmSync(directory, { recursive: true, force: true });
});
