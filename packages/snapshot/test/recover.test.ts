import { spawn } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configureRecording, startRun } from "@pitot/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readManifest, readRun, recover, SnapshotStore } from "../src/index.ts";
import { claimFolder } from "../src/folder-claim.ts";
import { thisProcess, type ProcessIdentity } from "../src/process-identity.ts";
import { testSpan } from "./span-rows.ts";
import { watchDisk } from "./watched-disk.ts";

let directory: string;
let store: SnapshotStore;
let restore: () => void;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pitot-recover-"));
  // No sign of life of this process while a test gives its runs to the dead.
  store = new SnapshotStore({ directory, flush: 3_600_000 });
  restore = configureRecording({ targets: [store], flushMs: 3_600_000 });
});
afterEach(() => {
  restore();
  rmSync(directory, { recursive: true, force: true });
});

/** A live run of two whole batches. */
function live(): { id: string; folder: string } {
  const run = startRun({ label: "left" });
  for (let i = 0; i < 8192; i++) run.recordQualityRow("N", `${i}`, "I");
  return { id: run.runId, folder: join(directory, "runs", run.runId) };
}

function claims(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith(".claim"));
}

/** Lets the claims of a folder be of somebody else. */
function claimedBy(folder: string, identity: Partial<ProcessIdentity>): void {
  for (const name of claims(folder))
    writeFileSync(join(folder, name), JSON.stringify({ ...thisProcess(), ...identity }));
}

describe("recover", () => {
  it("never touches a run whose process lives", async () => {
    const { id, folder } = live();
    const before = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mtimeMs]);
    expect((await recover(directory)).map(({ outcome }) => outcome)).toEqual(["live"]);
    expect(readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mtimeMs])).toEqual(before);
    expect(readRun(directory, id).manifest.state).toBe("open");
  });

  it.each([
    ["has died", { pid: 2 ** 22 + 1 }],
    ["has another's process id", { start: "1" }],
    ["died with the machine", { boot: "00000000-0000-0000-0000-000000000000" }],
  ])("finishes a run whose process %s", async (_, identity) => {
    const { id, folder } = live();
    claimedBy(folder, identity);
    const [result] = await recover(directory);
    expect(result).toMatchObject({ outcome: "recovered", cut: {}, abortedSpans: 0 });
    const run = readRun(directory, id);
    expect(run.manifest).toMatchObject({ state: "compacted", run: { status: "aborted" } });
    expect((await run.table("quality"))!.numRows).toBe(8192);
    expect(claims(folder)).toEqual([]);
    expect((await recover(directory)).map(({ outcome }) => outcome)).toEqual(["intact"]);
  });

  it("waits for a sign of life of a process that it cannot ask", async () => {
    const { folder } = live();
    claimedBy(folder, { pid_namespace: "pid:[1]", host: "elsewhere", boot: "another" });
    expect((await recover(directory))[0]?.outcome).toBe("live");
    for (const name of claims(folder)) utimesSync(join(folder, name), 0, Date.now() / 1000 - 3600);
    expect((await recover(directory))[0]?.outcome).toBe("recovered");
  });

  it("tells the end that was torn, in rows and bytes, and keeps the time of death", async () => {
    const { id, folder } = live();
    const path = join(folder, "quality.arrows");
    const { size } = statSync(path);
    truncateSync(path, size - 10);
    claimedBy(folder, { start: "1" });
    const death = Date.now() - 60_000;
    for (const name of readdirSync(folder)) utimesSync(join(folder, name), death / 1000, death / 1000);
    const [result] = await recover(directory);
    expect(result?.cut["quality"]?.rows).toBe(4096);
    const { manifest } = readRun(directory, id);
    expect(manifest.recovery?.cut["quality"]).toEqual(result?.cut["quality"]);
    expect(manifest.tables["quality"]?.rows).toBe(4096);
    expect(Math.abs(manifest.recovery!.died_unix_ms - death)).toBeLessThan(2000);
    // It started after the time that its files were given here: a run never ends before it began.
    expect(manifest.run!.end_time_unix_ms).toBe(manifest.run!.start_time_unix_ms);
  });

  it.each(["the schema", "everything"])("removes a table of which %s is torn, and tells it", async (torn) => {
    const { id, folder } = live();
    truncateSync(join(folder, "quality.arrows"), torn === "everything" ? 3 : 100);
    claimedBy(folder, { start: "1" });
    const [result] = await recover(directory);
    expect(result?.cut["quality"]).toEqual({ bytes: torn === "everything" ? 3 : 100, rows: null });
    await expect(readRun(directory, id).table("quality")).resolves.toBeUndefined();
  });

  it("closes open spans as aborted, at the last sign of life", async () => {
    restore();
    store = new SnapshotStore({ directory, flush: 100 });
    restore = configureRecording({ targets: [store] });
    const { id, folder } = live();
    const began = Date.now() - 5000;
    const open = testSpan(7, {
      run_id: id,
      attributes: '{"pitot.run.status":"running"}',
      start_time_unix_nano: BigInt(began) * 1_000_000n,
    });
    store.addSpan(testSpan(6, { run_id: id }));
    for (const row of [testSpan(6, { run_id: id }), open])
      store.spanStarted({ spanId: row.span_id, version: () => 1, row: () => row, abort: () => {} });
    store.addSpan(testSpan(8, { run_id: id }));
    await expect.poll(() => existsSync(join(folder, "open_spans.arrows"))).toBe(true);
    claimedBy(folder, { start: "1" });
    expect((await recover(directory))[0]).toMatchObject({ outcome: "recovered", abortedSpans: 1 });
    const spans = (await readRun(directory, id).table("spans"))!;
    expect(Array.from(spans.getChild("name")!)).toEqual(["span 6", "span 8", "span 7"]);
    expect(JSON.parse(String(spans.getChild("attributes")!.get(2)))).toEqual({
      "pitot.run.status": "aborted",
      "pitot.aborted": true,
    });
    const lived = Number(spans.getChild("duration_time_unix_nano")!.get(2)) / 1e9;
    expect(lived).toBeGreaterThan(4);
    expect(lived).toBeLessThan((Date.now() - began) / 1000);
    expect(readdirSync(folder).sort()).toEqual(["quality.arrow", "run.json", "spans.arrow"]);
  });

  it.skipIf(process.platform !== "linux")(
    "finishes the run of a worker that was terminated, while its process and other workers live",
    async () => {
      const script = `
        import { isMainThread, Worker, parentPort } from "node:worker_threads";
        import { SnapshotStore, recover } from ${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)};
        import { configureRecording, startRun } from ${JSON.stringify(new URL("../../core/dist/index.js", import.meta.url).href)};
        import { fileURLToPath } from "node:url";
        const [directory] = process.argv.slice(2);
        if (isMainThread) {
          const begin = () => new Promise((resolve) => {
            const worker = new Worker(fileURLToPath(import.meta.url), { argv: [directory] });
            worker.once("message", (id) => resolve({ worker, id }));
          });
          const [first, second] = [await begin(), await begin()];
          await first.worker.terminate();
          const results = await recover(directory);
          console.log(JSON.stringify([first, second].map(({ id }) => results.find((one) => one.id === id).outcome)));
          process.exit();
        } else {
          configureRecording({ targets: [new SnapshotStore({ directory })] });
          const run = startRun({ label: "worker" });
          for (let i = 0; i < 4096; i++) run.recordQualityRow("N", String(i), "I");
          parentPort.postMessage(run.runId);
          setInterval(() => {}, 1000);
        }`;
      const file = join(directory, "workers.mjs");
      writeFileSync(file, script);
      const folder = join(directory, "of-workers");
      const child = spawn(process.execPath, [file, folder], { stdio: ["ignore", "pipe", "inherit"] });
      let output = "";
      child.stdout.on("data", (part: Buffer) => (output += part.toString()));
      await new Promise((resolve) => {
        child.once("close", resolve);
      });
      expect(JSON.parse(output)).toEqual(["recovered", "live"]);
    },
  );

  it("refuses a snapshot of a later version, and touches nothing of it", async () => {
    const { folder } = live();
    claimedBy(folder, { start: "1" });
    const manifest = { ...readManifest(folder), manifest_version: 2 };
    writeFileSync(join(folder, "run.json"), JSON.stringify(manifest));
    const before = readdirSync(folder);
    const [result] = await recover(directory);
    expect(result?.outcome).toBe("refused");
    expect(String(result?.error)).toContain("The snapshot is of version 2");
    expect(readdirSync(folder)).toEqual(before);
  });

  it("reads folders of before claims, ledgers and resources", async () => {
    const { id, folder } = live();
    const { delivery, ...older } = readManifest(folder);
    expect(delivery).toBe("none");
    for (const name of claims(folder)) rmSync(join(folder, name));
    writeFileSync(join(folder, "run.json"), JSON.stringify(older));
    // This very process is in it.
    expect((await recover(directory))[0]?.outcome).toBe("live");
    writeFileSync(join(folder, "run.json"), JSON.stringify({ ...older, pid: 2 ** 22 + 1 }));
    expect((await recover(directory))[0]?.outcome).toBe("recovered");
    expect((await readRun(directory, id).table("quality"))!.numRows).toBe(8192);
  });

  it.each(["", '{"manifest_ver', undefined])(
    "makes up for a manifest that the power took: %o",
    async (left) => {
      const { id, folder } = live();
      claimedBy(folder, { start: "1" });
      if (left === undefined) rmSync(join(folder, "run.json"));
      else writeFileSync(join(folder, "run.json"), left);
      expect((await recover(directory))[0]?.outcome).toBe("recovered");
      const run = readRun(directory, id);
      expect(run.manifest).toMatchObject({ id, type: "run", state: "compacted", run: null });
      expect((await run.table("quality"))!.numRows).toBe(8192);
    },
  );

  it("leaves a folder alone that is just being made, and removes what was never begun", async () => {
    const folder = join(directory, "runs", "unborn");
    mkdirSync(folder, { recursive: true });
    expect((await recover(directory))[0]?.outcome).toBe("live");
    utimesSync(folder, 0, Date.now() / 1000 - 3600);
    expect((await recover(directory))[0]?.outcome).toBe("recovered");
    expect(existsSync(folder)).toBe(false);
  });

  it("follows no link", async () => {
    const { folder } = live();
    claimedBy(folder, { start: "1" });
    const path = join(folder, "quality.arrows");
    const elsewhere = join(directory, "elsewhere");
    renameSync(path, elsewhere);
    symlinkSync(elsewhere, path);
    expect((await recover(directory))[0]?.outcome).toBe("failed");
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(existsSync(elsewhere)).toBe(true);
  });

  it("has nothing to tell of a run that another process removes meanwhile", async () => {
    const { folder } = live();
    const { folder: second } = live();
    for (const one of [folder, second]) claimedBy(one, { start: "1" });
    const undo = await watchDisk((operation) => {
      if (operation === "rename") rmSync(second, { recursive: true, force: true });
    });
    try {
      expect((await recover(directory)).map(({ outcome }) => outcome)).toEqual(["recovered", "intact"]);
    } finally {
      undo();
    }
  });

  it("comes to one result from many processes at once", async () => {
    const { id, folder } = live();
    claimedBy(folder, { start: "1" });
    const results = (await Promise.all([recover(directory), recover(directory), recover(directory)])).flat();
    expect(results.filter(({ outcome }) => outcome === "failed")).toEqual([]);
    await recover(directory);
    expect((await readRun(directory, id).table("quality"))!.numRows).toBe(8192);
  });
});

describe("a claim", () => {
  it("is had by one at a time, and by one of those who come at once", async () => {
    const first = await claimFolder(directory);
    expect(first).toBeDefined();
    expect(await claimFolder(directory)).toBeUndefined();
    first!.release();
    const many = await Promise.all(Array.from({ length: 5 }, async () => await claimFolder(directory)));
    const had = many.filter((claim) => claim !== undefined);
    expect(had).toHaveLength(1);
    had[0]?.release();
    const second = await claimFolder(directory);
    expect(second).toBeDefined();
    second!.release();
  });

  it("is had by one of many processes", async () => {
    const script = `
      import { claimFolder } from ${JSON.stringify(new URL("../dist/folder-claim.js", import.meta.url).href)};
      import { appendFileSync } from "node:fs";
      const [folder, log] = process.argv.slice(1);
      for (let had = 0; had < 15; ) {
        const claim = await claimFolder(folder);
        if (claim === undefined) continue;
        appendFileSync(log, "in\\n");
        appendFileSync(log, "out\\n");
        claim.release();
        had++;
      }`;
    const folder = join(directory, "claimed");
    const log = join(directory, "log");
    mkdirSync(folder);
    writeFileSync(log, "");
    await Promise.all(
      [1, 2, 3, 4].map(
        async () =>
          await new Promise((resolve) => {
            spawn(process.execPath, ["--input-type=module", "-e", script, folder, log]).once("exit", resolve);
          }),
      ),
    );
    const lines = readFileSync(log, "utf8").trim().split("\n");
    expect(lines).toHaveLength(4 * 15 * 2);
    expect(lines.every((line, i) => line === (i % 2 === 0 ? "in" : "out"))).toBe(true);
  });
});
