import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configureRecording, finishRun, startRun } from "@pitot/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readLedger } from "../src/delivery-ledger.ts";
import { DeliveryLedger, readRun, recover, SnapshotStore } from "../src/index.ts";
import { testSpan } from "./span-rows.ts";

function mount(...args: string[]): boolean {
  return spawnSync("mount", args, { stdio: "ignore" }).status === 0;
}

const probe = mkdtempSync(join(tmpdir(), "pitot-mount-"));
const allowed = mount("-t", "tmpfs", "-o", "size=64k", "tmpfs", probe);
if (allowed) spawnSync("umount", [probe]);
else console.warn("tmpfs cannot be mounted here: what a real full disk does is not checked");
rmSync(probe, { recursive: true, force: true });

describe.skipIf(!allowed)("a real disk", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "pitot-full-"));
    mount("-t", "tmpfs", "-o", "size=640k", "tmpfs", directory);
  });
  afterEach(() => {
    spawnSync("umount", ["-l", directory]);
    rmSync(directory, { recursive: true, force: true });
  });

  it("that is full keeps what it took, counts the rest, and takes more when there is room again", async () => {
    const store = new SnapshotStore({ directory });
    const restore = configureRecording({ targets: [store] });
    const run = startRun({ label: "full" });
    const rows = (count: number): void => {
      for (let i = 0; i < count; i++) run.recordQualityRow("N", `${i} ${"x".repeat(50)}`, "I");
    };
    rows(40_960);
    store.addSpan(testSpan(1, { run_id: run.runId }));
    store.flush();
    const during = (await readRun(directory, run.runId).table("quality"))!.numRows;
    expect(during).toBeGreaterThan(0);
    expect(during).toBeLessThan(40_960);
    mount("-o", "remount,size=32m", directory);
    rows(4096);
    store.addSpan(testSpan(2, { run_id: run.runId }));
    expect(finishRun(run).status).toBe("completed");
    await store.close();
    restore();
    const kept = readRun(directory, run.runId);
    const quality = (await kept.table("quality"))!.numRows;
    expect(quality).toBe(during + 4096);
    expect(kept.manifest.records["quality"]?.dropped).toBe(40_960 - during);
    expect((await kept.table("spans"))!.numRows).toBe(2 - store.droppedSpans);
  });

  it("that takes half an entry of the ledger costs that entry alone", () => {
    const ledger = new DeliveryLedger(directory);
    const filler = join(directory, "filler");
    ledger.confirm("spans", [0]);
    try {
      for (let i = 0; ; i++) appendFileSync(filler, Buffer.alloc(4096));
    } catch {
      // Full but for the page that the ledger has begun.
    }
    let next = 2;
    const confirm = (): void => ledger.confirm("spans", [next]);
    expect(() => {
      for (; next < 10_000; next += 2) confirm();
    }).toThrow("ENOSPC");
    const failed = next;
    rmSync(filler);
    ledger.confirm("spans", [20_000]);
    ledger.close();
    const { spans, doubted } = readLedger(directory);
    expect([spans.seqs.has(failed - 2), spans.seqs.has(failed), spans.seqs.has(20_000)]).toEqual([
      true,
      false,
      true,
    ]);
    expect(doubted).toBe(1);
  });

  it("that has no room for compaction keeps the streams, and is finished when there is", async () => {
    const store = new SnapshotStore({ directory });
    const restore = configureRecording({ targets: [store] });
    const run = startRun({ label: "tight" });
    // More than half of the disk: a second copy does not fit.
    for (let i = 0; i < 4096; i++) run.recordQualityRow("N", `${i} ${"x".repeat(60)}`, "I");
    finishRun(run);
    await store.close();
    restore();
    const before = readRun(directory, run.runId);
    expect(before.manifest.state).toBe("closed");
    expect((await before.table("quality"))!.numRows).toBe(4096);
    expect((await recover(directory))[0]?.outcome).toBe("failed");
    mount("-o", "remount,size=32m", directory);
    expect((await recover(directory))[0]?.outcome).toBe("recovered");
    const after = readRun(directory, run.runId);
    expect(after.manifest).toMatchObject({ state: "compacted", run: { status: "completed" } });
    expect((await after.table("quality"))!.numRows).toBe(4096);
  });

  it("that is read-only never reaches the pipeline", () => {
    mount("-o", "remount,ro", directory);
    const restore = configureRecording({ targets: [new SnapshotStore({ directory })] });
    expect(finishRun(startRun({ label: "ro" })).status).toBe("completed");
    restore();
  });
});
