import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { configureRecording, finishRun, startRun } from "@pitot/core";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { listScopes, readManifest, readRun, SnapshotStore, type OpenSpan } from "../src/index.ts";
import { measureTable } from "../src/measure-table.ts";
import { testSpan } from "./span-rows.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pitot-store-"));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(directory, { recursive: true, force: true });
});

function openSpan(id: number, abort: () => void = () => {}): OpenSpan {
  const row = testSpan(id);
  return { spanId: row.span_id, version: () => 1, row: () => row, abort };
}

function sessionFolder(): string {
  return listScopes(directory).find(({ type }) => type === "session")!.folder;
}

it("has thousands of open spans on disk within one flush interval", async () => {
  const store = new SnapshotStore({ directory, flush: 2000 });
  for (let i = 0; i < 5000; i++) store.spanStarted(openSpan(i));
  const open = (): string => join(sessionFolder(), "open_spans.arrows");
  await expect.poll(() => listScopes(directory).length > 0 && existsSync(open())).toBe(true);
  for (let turns = 0; turns < 4; turns++) await turn();
  expect(measureTable(open()).rows).toBe(5000);
  await store.close();
});

it("ends the spans that are open, and counts those that are too many to be remembered", async () => {
  const store = new SnapshotStore({ directory });
  let aborted = 0;
  for (let i = 0; i < 50_010; i++) store.spanStarted(openSpan(i, () => aborted++));
  // One that ends by itself is not lost.
  store.addSpan(testSpan(3));
  store.abortOpenSpans();
  expect([aborted, store.droppedSpans]).toEqual([50_000, 9]);
  await store.close();
});

it("writes and ends the other open spans where one cannot be read, or does not let itself be ended", async () => {
  const store = new SnapshotStore({ directory, flush: 20 });
  let aborted = 0;
  const broken = (): never => {
    throw new Error("somebody's own span");
  };
  store.spanStarted({ ...openSpan(1, broken), row: broken });
  store.spanStarted(openSpan(2, () => aborted++));
  const open = (): string => join(sessionFolder(), "open_spans.arrows");
  await expect.poll(() => listScopes(directory).length > 0 && existsSync(open())).toBe(true);
  expect(measureTable(open()).rows).toBe(1);
  store.abortOpenSpans();
  expect(aborted).toBe(1);
  await store.close();
});

it("of two that begin in the same millisecond, as the threads of one process, each has a session of its own", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const stores = [new SnapshotStore({ directory }), new SnapshotStore({ directory })];
  for (const [i, store] of stores.entries()) store.addSpan(testSpan(i));
  for (const store of stores) await store.close();
  const names = await Promise.all(
    listScopes(directory).map(async ({ id }) => {
      const spans = await readRun(directory, id).table("spans");
      return Array.from(spans!.getChild("name")!, String);
    }),
  );
  expect(names.flat().toSorted()).toEqual(["span 0", "span 1"]);
});

it("gives signs of life also while it has nothing but spans to send", async () => {
  const store = new SnapshotStore({ directory, flush: 20, delivery: "otlp" });
  const restore = configureRecording({ targets: [store] });
  const run = startRun({ label: "sending" });
  const { scopeId, seq } = store.addSpan(testSpan(1, { run_id: run.runId }));
  store.hold(scopeId);
  finishRun(run);
  const folder = join(directory, "runs", run.runId);
  await expect.poll(() => readManifest(folder).state).toBe("compacted");
  const claim = join(
    folder,
    readdirSync(folder).find((name) => name.endsWith(".claim"))!,
  );
  utimesSync(claim, 0, 0);
  await expect.poll(() => statSync(claim).mtimeMs).toBeGreaterThan(0);
  store.confirm("spans", scopeId, [seq]);
  expect(existsSync(claim)).toBe(false);
  restore();
  await store.close();
});

it("writes at once where its process has no other moment", async () => {
  const store = new SnapshotStore({ directory, flush: 3_600_000 });
  store.writeAtOnce();
  store.addSpan(testSpan(1));
  expect(measureTable(join(sessionFolder(), "spans.arrows")).rows).toBe(1);
  await store.close();
});

it.each([-1, 0.5, 2 ** 31, Infinity])("refuses %d as its flush interval: no timer can tell it", (flush) => {
  expect(() => new SnapshotStore({ directory, flush })).toThrow(/flush is not an interval/);
});
