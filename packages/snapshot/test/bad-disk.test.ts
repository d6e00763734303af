import fs, {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diag, DiagLogLevel } from "@opentelemetry/api";
import { configureRecording, finishRun, session, startRun } from "@pitot/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { unfinishedSpans } from "../src/abort-open-spans.ts";
import { compactTable } from "../src/compact-table.ts";
import { listRuns, listScopes, prune, readRun, recover, SnapshotStore } from "../src/index.ts";
import { testSpan } from "./span-rows.ts";
import { watchDisk } from "./watched-disk.ts";

let directory: string;
let store: SnapshotStore;
let restore: () => void;
const warn = vi.fn();
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pitot-disk-"));
  store = new SnapshotStore({ directory });
  restore = configureRecording({ targets: [store] });
  warn.mockClear();
  const ignore = (): void => {};
  diag.setLogger(
    { warn, error: warn, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
});
afterEach(() => {
  restore();
  diag.disable();
  rmSync(directory, { recursive: true, force: true });
});

function fault(code: string): Error {
  return Object.assign(new Error(`${code}: as a bad disk says it`), { code });
}

describe("a bad disk", () => {
  it.each(["ENOSPC", "EIO", "EROFS", "EDQUOT"])(
    "that says %s for a while costs the batches of that while alone, counted",
    async (code) => {
      const run = startRun({ label: "bad" });
      const quality = (from: number): void => {
        for (let i = 0; i < 4096; i++) run.recordQualityRow("N", `${from + i}`, "I");
      };
      quality(0);
      const undo = await watchDisk((operation) => {
        if (operation === "writeSync") throw fault(code);
      });
      quality(4096);
      quality(8192);
      undo();
      quality(12_288);
      store.addSpan(testSpan(1, { run_id: run.runId }));
      finishRun(run);
      await store.close();
      const kept = readRun(directory, run.runId);
      const rows = (await kept.table("quality"))!;
      expect(rows.numRows).toBe(8192);
      expect(rows.getChild("entity_id")!.get(4096)).toBe("12288");
      expect(kept.manifest.records["quality"]).toMatchObject({
        exported: 0,
        snapshot_only: 8192,
        dropped: 8192,
      });
      expect((await kept.table("spans"))!.numRows).toBe(1);
    },
  );

  it("that has no room for the folder of a run at first costs the batches of that while alone, counted", async () => {
    const undo = await watchDisk((operation) => {
      if (operation === "openSync") throw fault("EMFILE");
    });
    const run = startRun({ label: "late" });
    session.recordQualityRow("N", "outside", "I");
    session.flush();
    for (let i = 0; i < 4096; i++) run.recordQualityRow("N", `${i}`, "I");
    store.addSpan(testSpan(1, { run_id: run.runId }));
    store.flush();
    undo();
    for (let i = 4096; i < 8192; i++) run.recordQualityRow("N", `${i}`, "I");
    store.addSpan(testSpan(2, { run_id: run.runId }));
    session.recordQualityRow("N", "later", "I");
    session.close();
    finishRun(run);
    await store.close();
    const kept = readRun(directory, run.runId);
    expect(kept.manifest).toMatchObject({
      state: "compacted",
      run: { status: "completed" },
      records: { quality: { dropped: 4096 } },
    });
    expect((await kept.table("quality"))!.getChild("entity_id")!.get(0)).toBe("4096");
    expect((await kept.table("spans"))!.numRows).toBe(1);
    expect(store.droppedSpans).toBe(1);
    const { id } = listScopes(directory).find(({ type }) => type === "session")!;
    const outside = readRun(directory, id);
    expect(outside.manifest.records["quality"]).toMatchObject({ dropped: 1 });
    expect((await outside.table("quality"))!.numRows).toBe(1);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it("that is full half-way through a batch leaves no half batch", async () => {
    const run = startRun({ label: "full" });
    for (let i = 0; i < 4096; i++) run.recordQualityRow("N", `${i}`, "I");
    const path = join(directory, "runs", run.runId, "quality.arrows");
    const { size } = statSync(path);
    let calls = 0;
    const undo = await watchDisk((operation, args) => {
      // A disk that is full takes what fits, and says so at the next write.
      if (operation !== "writeSync" || !Buffer.isBuffer(args[1]) || ++calls === 1) return;
      throw fault("ENOSPC");
    });
    undo();
    for (let i = 0; i < 4096; i++) run.recordQualityRow("N", `${4096 + i}`, "I");
    expect(statSync(path).size).toBeGreaterThan(size);
    finishRun(run);
    await store.close();
    expect((await readRun(directory, run.runId).table("quality"))!.numRows).toBe(8192);
  });

  it("that fails to keep what it took is told, though nobody waits for it", async () => {
    restore();
    store = new SnapshotStore({ directory, flush: 20 });
    restore = configureRecording({ targets: [store] });
    const original = fs.fsync;
    fs.fsync = ((_file: number, done: (error: Error) => void) =>
      setImmediate(done, fault("EIO"))) as unknown as typeof fs.fsync;
    syncBuiltinESMExports();
    try {
      const run = startRun({ label: "unsynced" });
      for (let i = 0; i < 4096; i++) run.recordQualityRow("N", `${i}`, "I");
      await expect.poll(() => warn.mock.calls.length).toBe(1);
      expect(String(warn.mock.calls[0]![1])).toContain("EIO");
      finishRun(run);
      await store.close();
      expect((await readRun(directory, run.runId).table("quality"))!.numRows).toBe(4096);
    } finally {
      fs.fsync = original;
      syncBuiltinESMExports();
    }
  });

  it("that fails while a run begins leaves no claim", async () => {
    let opened = 0;
    const undo = await watchDisk((operation, [path]) => {
      if (operation !== "openSync" || !String(path).endsWith("run.json.tmp")) return;
      opened++;
      throw fault("ENOSPC");
    });
    const run = startRun({ label: "unclaimed" });
    undo();
    expect(opened).toBe(1);
    expect(readdirSync(join(directory, "runs", run.runId))).toEqual([]);
    finishRun(run);
  });

  it("that does not take what is open, or loses it, has it once it can", async () => {
    const run = startRun({ label: "open" });
    const folder = join(directory, "runs", run.runId);
    const open = async (): Promise<number> => (await unfinishedSpans(folder)).length;
    // More than are written in one turn.
    for (let i = 0; i < 3000; i++) {
      const row = testSpan(i, { run_id: run.runId });
      store.spanStarted({ spanId: row.span_id, version: () => 1, row: () => row, abort: () => {} });
    }
    const undo = await watchDisk((operation) => {
      if (operation === "writeSync") throw fault("ENOSPC");
    });
    store.checkpoint();
    undo();
    expect(await open()).toBe(0);
    store.checkpoint();
    expect(await open()).toBe(3000);
    rmSync(folder, { recursive: true });
    for (let i = 0; i < 4096; i++) run.recordQualityRow("N", `${i}`, "I");
    store.checkpoint();
    expect(await open()).toBe(3000);
    finishRun(run);
  });

  it("is told once", async () => {
    const run = startRun({ label: "told" });
    const undo = await watchDisk((operation) => {
      if (operation !== "openSync" && operation !== "open") return;
      throw fault("EMFILE");
    });
    for (let i = 0; i < 20; i++) {
      store.addSpan(testSpan(i, { run_id: run.runId }));
      store.flush();
    }
    undo();
    expect(store.droppedSpans).toBe(20);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(finishRun(run).status).toBe("completed");
  });

  it("whose folder is taken away counts what it loses, makes a new one, and tells it once", async () => {
    const run = startRun({ label: "gone" });
    const quality = (from: number): void => {
      for (let i = 0; i < 4096; i++) run.recordQualityRow("N", `${from + i}`, "I");
    };
    quality(0);
    store.addSpan(testSpan(1, { run_id: run.runId }));
    store.flush();
    rmSync(directory, { recursive: true });
    quality(4096);
    store.addSpan(testSpan(2, { run_id: run.runId }));
    finishRun(run);
    await store.close();
    expect(store.droppedSpans).toBe(1);
    expect(warn).toHaveBeenCalledTimes(1);
    const kept = readRun(directory, run.runId);
    expect((await kept.table("quality"))!.getChild("entity_id")!.get(0)).toBe("4096");
    expect((await kept.table("spans"))!.numRows).toBe(1);
    expect(kept.manifest).toMatchObject({ state: "compacted", dropped: { quality: 4096, spans: 1 } });
    const next = startRun({ label: "next" });
    finishRun(next);
    await store.close();
    expect(readRun(directory, next.runId).manifest.state).toBe("compacted");
  });

  it("one of whose files is taken away costs that table alone", async () => {
    const run = startRun({ label: "one" });
    for (let i = 0; i < 4096; i++) run.recordQualityRow("N", `${i}`, "I");
    store.addSpan(testSpan(1, { run_id: run.runId }));
    store.flush();
    rmSync(join(directory, "runs", run.runId, "quality.arrows"));
    finishRun(run);
    await store.close();
    const kept = readRun(directory, run.runId);
    expect(await kept.table("quality")).toBeUndefined();
    expect((await kept.table("spans"))!.numRows).toBe(1);
    expect(kept.manifest).toMatchObject({ state: "compacted", dropped: { quality: 4096 } });
  });

  it("that has no room for the folder that is made again leaves it to nobody else once it has", async () => {
    const run = startRun({ label: "again" });
    const folder = join(directory, "runs", run.runId);
    rmSync(directory, { recursive: true });
    const undo = await watchDisk((operation, [path]) => {
      if (operation === "openSync" && String(path).includes(".claim")) throw fault("ENOSPC");
    });
    for (let i = 0; i < 4096; i++) run.recordQualityRow("N", `${i}`, "I");
    undo();
    for (let i = 0; i < 4096; i++) run.recordQualityRow("N", `later ${i}`, "I");
    expect(
      readdirSync(folder)
        .map((name) => name.replace(/-.*/, ""))
        .sort(),
    ).toEqual(["owner", "quality.arrows", "run.json"]);
    expect(await recover(directory)).toMatchObject([{ outcome: "live" }]);
    finishRun(run);
    await store.close();
    expect((await readRun(directory, run.runId).table("quality"))!.numRows).toBe(4096);
  });

  it("whose folder another process takes over while it is written to counts what that did not get", async () => {
    const run = startRun({ label: "taken over" });
    const stream = join(directory, "runs", run.runId, "spans.arrows");
    const span = (i: number): void => {
      store.addSpan(testSpan(i, { run_id: run.runId }));
      store.flush();
    };
    span(1);
    copyFileSync(stream, join(directory, "spans.arrows"));
    span(2);
    span(3);
    const { path } = await compactTable(join(directory, "spans.arrows"));
    renameSync(path, stream.slice(0, -1));
    rmSync(stream);
    span(4);
    expect(store.droppedSpans).toBe(3);
    finishRun(run);
  });

  it("whose folder another process has finished stays as that left it, and what follows is dropped and told", async () => {
    const run = startRun({ label: "taken for dead" });
    for (let i = 0; i < 4096; i++) run.recordQualityRow("N", `${i}`, "I");
    const folder = join(directory, "runs", run.runId);
    for (const name of readdirSync(folder)) if (name.endsWith(".claim")) rmSync(join(folder, name));
    expect(await recover(directory)).toMatchObject([{ outcome: "recovered" }]);
    const before = readFileSync(join(folder, "run.json"), "utf8");
    for (let i = 0; i < 4096; i++) run.recordQualityRow("N", `later ${i}`, "I");
    store.addSpan(testSpan(1, { run_id: run.runId }));
    store.flush();
    finishRun(run);
    await store.close();
    expect(readFileSync(join(folder, "run.json"), "utf8")).toBe(before);
    expect(readdirSync(folder).sort()).toEqual(["quality.arrow", "run.json"]);
    const rows = (await readRun(directory, run.runId).table("quality"))!;
    expect([rows.numRows, rows.getChild("entity_id")!.get(4095)]).toEqual([4096, "4095"]);
    expect(store.droppedSpans).toBe(1);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(String(warn.mock.calls[0]![1])).toContain("has finished its folder");
  });

  it("is told once, whatever it refuses, and however many runs there are", async () => {
    const runs = [startRun({ label: "a" }), startRun({ label: "b" })];
    const undo = await watchDisk((operation) => {
      if (operation === "openSync") throw fault("EACCES");
    });
    for (const run of runs) {
      run.recordQualityRow("N", "1", "I");
      run.recordMetric("m", 1);
      store.addSpan(testSpan(1, { run_id: run.runId }));
      finishRun(run);
    }
    undo();
    expect(warn).toHaveBeenCalledTimes(1);
    expect(store.droppedSpans).toBe(2);
    await store.close();
    for (const run of runs)
      expect(readRun(directory, run.runId).manifest).toMatchObject({
        records: { quality: { dropped: 1 }, metric: { dropped: 1 } },
        dropped: { spans: 1, quality: 1, metrics: 1 },
      });
  });

  it("with a link where a folder belongs is not followed", () => {
    const elsewhere = mkdtempSync(join(tmpdir(), "pitot-elsewhere-"));
    symlinkSync(elsewhere, join(directory, "runs"));
    finishRun(startRun({ label: "link" }));
    expect(readdirSync(elsewhere)).toEqual([]);
    expect(warn).toHaveBeenCalledTimes(1);
    rmSync(elsewhere, { recursive: true });
  });

  it("with a link where the folder of all runs belongs is neither read, recovered nor pruned there", async () => {
    finishRun(startRun({ label: "elsewhere" }));
    await store.close();
    const elsewhere = mkdtempSync(join(tmpdir(), "pitot-elsewhere-"));
    renameSync(join(directory, "runs"), join(elsewhere, "runs"));
    symlinkSync(join(elsewhere, "runs"), join(directory, "runs"));
    expect(listRuns(directory)).toEqual([]);
    expect(await recover(directory)).toEqual([]);
    expect(await prune(directory, { maxRuns: 0 })).toEqual([]);
    expect(listRuns(elsewhere)).toHaveLength(1);
    rmSync(elsewhere, { recursive: true });
  });

  it("with a link where a table belongs is not followed", () => {
    const run = startRun({ label: "link" });
    const elsewhere = join(directory, "precious");
    writeFileSync(elsewhere, "precious");
    symlinkSync(elsewhere, join(directory, "runs", run.runId, "quality.arrows"));
    for (let i = 0; i < 4096; i++) run.recordQualityRow("N", `${i}`, "I");
    expect(finishRun(run).status).toBe("completed");
    expect(readFileSync(elsewhere, "utf8")).toBe("precious");
  });

  it("with a file where the folder belongs never reaches the pipeline", () => {
    const path = join(directory, "file");
    writeFileSync(path, "");
    const other = configureRecording({ targets: [new SnapshotStore({ directory: path })] });
    expect(finishRun(startRun({ label: "file" })).status).toBe("completed");
    other();
  });

  it("is private in everything that it holds", async () => {
    const run = startRun({ label: "private" });
    run.recordQualityRow("N", "1", "I");
    const { scopeId, seq } = store.addSpan(testSpan(1, { run_id: run.runId }));
    store.hold(scopeId);
    store.confirm("spans", scopeId, [seq]);
    store.flush();
    const folder = join(directory, "runs", run.runId);
    const modes = (): string[] =>
      readdirSync(folder).map((name) => (statSync(join(folder, name)).mode & 0o777).toString(8));
    expect(new Set(modes())).toEqual(new Set(["600"]));
    finishRun(run);
    await store.close();
    expect(new Set(modes())).toEqual(new Set(["600"]));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });
});

it("a clock that steps back by an hour in the middle of a run loses nothing, and no run ends before it began", async () => {
  const now = Date.now.bind(Date);
  const run = startRun({ label: "clock" });
  run.recordQualityRow("N", "before", "I");
  const clock = vi.spyOn(Date, "now").mockImplementation(() => now() - 3_600_000);
  run.recordQualityRow("N", "after", "I");
  store.addSpan(testSpan(1, { run_id: run.runId }));
  finishRun(run);
  await store.close();
  const kept = readRun(directory, run.runId);
  const { manifest } = kept;
  expect(manifest.run!.end_time_unix_ms).toBeGreaterThanOrEqual(manifest.run!.start_time_unix_ms);
  expect(manifest.run!.duration_ms).toBeGreaterThanOrEqual(0);
  expect(manifest).toMatchObject({ state: "compacted", run: { status: "completed" } });
  const rows = (await kept.table("quality"))!;
  expect(Array.from(rows.getChild("entity_id")!, String)).toEqual(["before", "after"]);
  expect((await recover(directory)).map(({ outcome }) => outcome)).toEqual(["intact"]);
  expect(await prune(directory, { maxAgeMs: 60_000 })).toEqual([]);
  clock.mockRestore();
  expect(warn).not.toHaveBeenCalled();
});
