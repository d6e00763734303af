import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { configureRecording, finishRun, startRun } from "@pitot/core";
import { tableFromIPC } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listScopes, readManifest, recover, SnapshotStore } from "../src/index.ts";
import { testSpan } from "./span-rows.ts";
import { watchDisk } from "./watched-disk.ts";

/** The disk as a crash ahead of one operation leaves it, and what had been written by then. */
interface CrashPoint {
  readonly folder: string;
  readonly operation: string;
  /** Rows by table whose append had returned. */
  readonly written: Readonly<Record<string, number>>;
  readonly finished: boolean;
}

let root: string;
let points: CrashPoint[];
let runId: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "pitot-crash-"));
  points = await crashPoints();
});
afterAll(() => rmSync(root, { recursive: true, force: true, maxRetries: 3 }));

/** Copies without claims: as the next process finds it, the writer being dead. */
function copy(from: string, to: string): void {
  cpSync(from, to, {
    recursive: true,
    preserveTimestamps: true,
    filter: (path) => !path.endsWith(".claim"),
  });
}

async function crashPoints(): Promise<CrashPoint[]> {
  const directory = join(root, "original");
  const store = new SnapshotStore({ directory, serviceName: "test", delivery: "otlp", flush: 50 });
  const restore = configureRecording({ targets: [store], flushMs: 50 });
  const found: CrashPoint[] = [];
  const written: Record<string, number> = { events: 0, quality: 0, spans: 0 };
  let finished = false;
  const undo = await watchDisk((operation) => {
    const folder = join(root, `point-${found.length}`);
    try {
      copy(directory, folder);
      found.push({ folder, operation, written: { ...written }, finished });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  });
  try {
    const run = startRun({ label: "crash" });
    ({ runId } = run);
    const span = (id: number) => testSpan(id, { run_id: runId });
    for (const id of [1, 2, 3])
      store.spanStarted({ spanId: span(id).span_id, version: () => 1, row: () => span(id), abort: () => {} });
    const { seq } = store.addSpan(span(1));
    store.flush();
    written["spans"] = 1;
    for (let i = 0; i < 500; i++) run.recordQualityRow("N", `${i}`, "I");
    run.recordEvent("e", { n: 1 });
    // Open spans are written a flush interval after they began, with all that waits.
    for (const name of ["open_spans.arrows", "events.arrows"])
      while (!readdirSync(join(directory, "runs", runId)).includes(name)) await wait(20);
    written["quality"] = 500;
    written["events"] = 1;
    store.addSpan(span(2));
    store.flush();
    written["spans"] = 2;
    finishRun(run);
    finished = true;
    store.hold(runId);
    store.confirm("spans", runId, [seq]);
    store.addSpan(span(3));
    await store.close();
    written["spans"] = 3;
  } finally {
    undo();
    restore();
  }
  return found;
}

/** All that a recovered folder is, apart from what differs between two recoveries by nature: nothing. */
function state(directory: string): unknown {
  return listScopes(directory).map(({ id, folder }) => ({
    id,
    manifest: readManifest(folder),
    files: readdirSync(folder).sort(),
    tables: readdirSync(folder)
      .filter((name) => name.endsWith(".arrow"))
      .map((name) =>
        createHash("sha256")
          .update(readFileSync(join(folder, name)))
          .digest("hex"),
      ),
  }));
}

function rows(folder: string, table: string): number {
  try {
    return tableFromIPC(readFileSync(join(folder, `${table}.arrow`))).numRows;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}

describe("a crash ahead of any operation", () => {
  it("is tried at each one", () => {
    expect(points.length).toBeGreaterThan(45);
    expect(new Set(points.map(({ operation }) => operation))).toContain("renameSync");
  });

  it("leaves what recovers to a whole run with every row that was written", async () => {
    for (const [i, { folder, operation, written, finished }] of points.entries()) {
      const at = `point ${i}, ahead of ${operation}`;
      const before = listScopes(folder);
      if (before.length === 0) continue;
      const results = await recover(folder);
      const run = listScopes(folder).find(({ id }) => id === runId);
      if (run === undefined || !readdirSync(run.folder).includes("run.json")) {
        expect(written["spans"], at).toBe(0);
        continue;
      }
      expect(
        results.map(({ outcome }) => outcome),
        at,
      ).not.toContain("failed");
      const manifest = readManifest(run.folder);
      expect(manifest.state, at).toBe("compacted");
      expect(finished ? ["completed"] : ["aborted", "completed"], at).toContain(manifest.run?.status);
      for (const [table, count] of Object.entries(written)) {
        expect(rows(run.folder, table), `${at}: ${table}`).toBeGreaterThanOrEqual(count);
        expect(manifest.tables[table]?.rows ?? 0, at).toBe(rows(run.folder, table));
      }
      expect(
        readdirSync(run.folder).filter((name) => !/^(run\.json|\w+\.arrow|delivery\.ledger)$/.test(name)),
        at,
      ).toEqual([]);
      const once = state(folder);
      expect(
        (await recover(folder)).map(({ outcome }) => outcome),
        at,
      ).not.toContain("recovered");
      expect(state(folder), at).toEqual(once);
    }
  });

  it("of the recovery itself leads to the same state", async () => {
    const fresh = await crashPoints();
    const open = fresh.filter(({ written, finished }) => written["events"] === 1 && !finished);
    for (const [i, point] of [open.at(-1)!, fresh.at(-12)!].entries()) {
      const whole = join(root, `whole-${i}`);
      copy(point.folder, whole);
      await recover(whole);
      const wanted = state(whole);
      const again: string[] = [];
      const victim = join(root, `victim-${i}`);
      copy(point.folder, victim);
      const undo = await watchDisk(() => {
        const folder = join(root, `again-${i}-${again.length}`);
        copy(victim, folder);
        again.push(folder);
      });
      try {
        await recover(victim);
      } finally {
        undo();
      }
      expect(again.length).toBeGreaterThan(5);
      for (const folder of again) {
        await recover(folder);
        expect(state(folder)).toEqual(wanted);
      }
    }
  });
});
