import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finishRun, startRun } from "@pitot/core";
import { listScopes, readRun, recover } from "@pitot/snapshot";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startPitot, type Pitot } from "../src/index.ts";

let directory: string;
let pitot: Pitot;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "pitot-open-spans-"));
  pitot = await startPitot({ snapshot: join(directory, "living"), otlp: false, flush: "every" });
});
afterEach(async () => {
  await pitot.shutdown();
  rmSync(directory, { recursive: true, force: true });
});

/** The spans that the next process finds, were this one killed now, and whether they are aborted. */
async function afterDeath(): Promise<[name: string, aborted: boolean][]> {
  const copy = join(directory, "dead");
  cpSync(join(directory, "living"), copy, { recursive: true, filter: (path) => !path.endsWith(".claim") });
  await recover(copy);
  const spans: [string, boolean][] = [];
  for (const { id } of listScopes(copy))
    for (const row of (await readRun(copy, id).table("spans")) ?? [])
      spans.push([String(row["name"]), String(row["attributes"]).includes("pitot.aborted")]);
  rmSync(copy, { recursive: true });
  return spans.filter(([name]) => !name.startsWith("run started")).sort(([a], [b]) => a.localeCompare(b));
}

it("has the span of a run that was killed once, in its folder", async () => {
  const run = startRun({ label: "killed" });
  run.recordEvent("e", {});
  expect(await afterDeath()).toEqual([["run killed", true]]);
  finishRun(run);
});

it("has the span of a run that had ended once, and not as aborted", async () => {
  const run = startRun({ label: "ended" });
  const open = startRun({ label: "open" });
  run.recordEvent("e", {});
  finishRun(run);
  expect(await afterDeath()).toEqual([
    ["run ended", false],
    ["run open", true],
  ]);
  finishRun(open);
});
