import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configureRecording, finishRun, startRun } from "@pitot/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
  listRuns,
  prune,
  recover,
  SnapshotStore,
  type RetentionLimits,
  type SnapshotOptions,
} from "../src/index.ts";
import { claimFolder } from "../src/folder-claim.ts";
import { thisProcess } from "../src/process-identity.ts";
import { testSpan } from "./span-rows.ts";
import { watchDisk } from "./watched-disk.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pitot-prune-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Runs of one span, oldest first; those at `undelivered` were not confirmed. */
async function runs(count: number, undelivered: readonly number[]): Promise<string[]> {
  const store = new SnapshotStore({ directory, delivery: "otlp" });
  const restore = configureRecording({ targets: [store] });
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const run = startRun({ label: "r" });
    for (let row = 0; row < 1000; row++) run.recordQualityRow("N", `${row}`, "I");
    const span = testSpan(i, { run_id: run.runId });
    const { seq } = store.addSpan(span);
    store.hold(run.runId);
    if (undelivered.includes(i)) store.giveUp(run.runId, 1);
    else store.confirm("spans", run.runId, [seq]);
    finishRun(run);
    ids.push(run.runId);
    // Ends differ by a millisecond at least.
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await store.close();
  restore();
  return ids;
}

function du(): number {
  return Number(execFileSync("du", ["-s", "-B1", directory], { encoding: "utf8" }).split("\t")[0]);
}

it("removes the oldest first, and undelivered ones last", async () => {
  const ids = await runs(6, [0, 2]);
  const removed = await prune(directory, { maxRuns: 3 });
  expect(removed.map(({ id }) => ids.indexOf(id))).toEqual([1, 3, 4]);
  expect(listRuns(directory).map((id) => ids.indexOf(id))).toEqual([0, 2, 5]);
  expect(
    (await prune(directory, { maxRuns: 1 })).map(({ id, undelivered }) => [ids.indexOf(id), undelivered]),
  ).toEqual([
    [5, false],
    [0, true],
  ]);
});

it("never removes undelivered ones where it is told so", async () => {
  const ids = await runs(4, [0, 1]);
  const removed = await prune(directory, { maxRuns: 0, undelivered: false });
  expect(removed.map(({ id }) => ids.indexOf(id))).toEqual([2, 3]);
});

it("removes by age", async () => {
  await runs(3, []);
  expect(await prune(directory, { maxAgeMs: 60_000 })).toEqual([]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await prune(directory, { maxAgeMs: 1 })).toHaveLength(3);
  expect(readdirSync(directory).toSorted()).toEqual(["runs"]);
});

it.each([0.3, 0.5, 0.9])("keeps the folder within its bytes, as du counts them (%d)", async (part) => {
  await runs(8, [3]);
  // Whatever lies in the folder counts.
  mkdirSync(join(directory, "outbox"));
  writeFileSync(join(directory, "outbox", "x--1-1-1.metrics.proto"), "x".repeat(5000));
  const limit = Math.round(du() * part);
  const removed = await prune(directory, { maxBytes: limit });
  expect(du()).toBeLessThanOrEqual(limit);
  expect(listRuns(directory)).toHaveLength(8 - removed.length);
  expect(listRuns(directory).length).toBeGreaterThan(part > 0.4 ? 2 : 0);
  expect(removed.map(({ undelivered }) => undelivered)).not.toContain(true);
});

it("removes no more from three processes at once than from one", async () => {
  const ids = await runs(12, []);
  const removed = await Promise.all([1, 2, 3].map(async () => await prune(directory, { maxRuns: 5 })));
  expect(listRuns(directory)).toEqual(ids.slice(7));
  expect(removed.flat().map(({ id }) => id)).toEqual(ids.slice(0, 7));
  expect(readdirSync(directory)).toEqual(["runs"]);
});

it("does not promise to remove what a living process still sends from", async () => {
  await runs(1, []);
  const [id = ""] = listRuns(directory);
  const claim = await claimFolder(join(directory, "runs", id));
  expect(await prune(directory, { maxRuns: 0, dryRun: true })).toEqual([]);
  claim?.release();
  expect(await prune(directory, { maxRuns: 0, dryRun: true })).toHaveLength(1);
});

it("finishes a removal that died half-way", async () => {
  await runs(1, []);
  const aside = join(directory, ".removed-run-x");
  mkdirSync(aside);
  writeFileSync(join(aside, "run.json"), "{}");
  expect(await prune(directory, {})).toEqual([]);
  expect(readdirSync(directory)).toEqual(["runs"]);
});

it("tells what it would do, and leaves what lives", async () => {
  await runs(2, []);
  const store = new SnapshotStore({ directory });
  const restore = configureRecording({ targets: [store] });
  const run = startRun({ label: "live" });
  expect(await prune(directory, { maxRuns: 0, dryRun: true })).toHaveLength(2);
  expect(listRuns(directory)).toHaveLength(3);
  await prune(directory, { maxRuns: 0, maxBytes: 0, maxAgeMs: 0 });
  expect(listRuns(directory)).toEqual([run.runId]);
  finishRun(run);
  await store.close();
  restore();
});

it("leaves no claim where a run cannot be removed", async () => {
  await runs(1, []);
  const [id = ""] = listRuns(directory);
  const undo = await watchDisk((operation, [from]) => {
    if (operation === "renameSync" && String(from).endsWith(id))
      throw new Error("EBUSY, as a bad disk says it");
  });
  await expect(prune(directory, { maxRuns: 0 })).rejects.toThrow("EBUSY");
  undo();
  expect(await prune(directory, { maxRuns: 0 })).toHaveLength(1);
});

it("counts what a process died over by its last sign of life, and by what was not delivered", async () => {
  const delivered = await runs(1, []);
  const dead = await diedOver({ delivery: "none" });
  const undelivered = await diedOver({ delivery: "otlp" });
  const next = await runs(1, []);
  const [before, ids] = [du(), [...delivered, dead, undelivered, ...next]];
  const order = async (limits: RetentionLimits): Promise<[number, boolean][]> =>
    (await prune(directory, limits)).map(({ id, undelivered: left }) => [ids.indexOf(id), left]);
  expect(await order({ maxRuns: 0, dryRun: true })).toEqual([
    [0, false],
    [1, false],
    [3, false],
    [2, true],
  ]);
  expect(du()).toBe(before);
  expect(await order({ maxAgeMs: 3_600_000 })).toEqual([]);
  expect(await order({ maxRuns: 1 })).toEqual([
    [0, false],
    [1, false],
    [3, false],
  ]);
  expect(await order({ maxBytes: 0, undelivered: false })).toEqual([]);
  // What is left can be recovered, and is what it was.
  expect(await recover(directory)).toMatchObject([
    { id: undelivered, outcome: "recovered", abortedSpans: 1 },
  ]);
  expect(await order({ maxBytes: 0 })).toEqual([[2, true]]);
  expect(listRuns(directory)).toEqual([]);
});

/** A run with a span that is open, whose process is gone. Its manifest is as old as its start, long before its last sign of life. */
async function diedOver(options: SnapshotOptions): Promise<string> {
  const store = new SnapshotStore({ directory, ...options });
  const restore = configureRecording({ targets: [store] });
  const run = startRun({ label: "dead" });
  const row = testSpan(1, { run_id: run.runId });
  store.spanStarted({ spanId: row.span_id, version: () => 1, row: () => row, abort: () => {} });
  store.checkpoint();
  restore();
  const folder = join(directory, "runs", run.runId);
  const [claim = ""] = readdirSync(folder).filter((name) => name.endsWith(".claim"));
  writeFileSync(join(folder, claim), JSON.stringify({ ...thisProcess(), start: "1" }));
  utimesSync(join(folder, "run.json"), 1, 1);
  await new Promise((resolve) => setTimeout(resolve, 2));
  return run.runId;
}
