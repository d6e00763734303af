import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as flechette from "@uwdata/flechette";
import { tableFromIPC, tableToIPC } from "apache-arrow";
import { configureRecording, finishRun, startRun, trackedRun } from "@pitot/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exportRun, listRuns, readRun, SnapshotStore } from "../src/index.ts";

let folder: string;
let store: SnapshotStore;
let restore: () => void;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pitot-snapshot-"));
  store = new SnapshotStore({ directory: join(folder, ".pitot"), serviceName: "test" });
  restore = configureRecording({ targets: [store] });
});
afterEach(() => {
  restore();
  rmSync(folder, { recursive: true, force: true });
});

function record(): string {
  return trackedRun({ label: "x" }, (run) => {
    run.recordEvent("e", { text: "é\ud800😀" });
    run.recordArtifact("a", { n: 1 });
    run.recordMetric("snapshot.rows", 3, { t: "x" });
    for (let i = 0; i < 10_000; i++)
      run.recordQualityRow("NODE", i % 3 === 0 ? null : `id-${i}`, i % 2 ? "ODD" : "EVEN", "nodes");
    return run.runId;
  });
}

describe("a finished run", () => {
  it("lies in Arrow files that apache-arrow and flechette read alike", async () => {
    const id = record();
    await store.close();
    expect(listRuns(store.directory)).toEqual([id]);
    const run = readRun(store.directory, id);
    expect(run.manifest).toMatchObject({
      state: "compacted",
      service_name: "test",
      run: { status: "completed", label: "x" },
    });
    expect(readdirSync(run.folder).sort()).toEqual([
      "artifacts.arrow",
      "events.arrow",
      "metrics.arrow",
      "quality.arrow",
      "run.json",
    ]);
    const bytes = readFileSync(join(run.folder, "quality.arrow"));
    const [ours, other] = [tableFromIPC(bytes), flechette.tableFromIPC(bytes, { useBigInt: true })];
    expect(ours.numRows).toBe(10_000);
    expect(other.numRows).toBe(10_000);
    for (const i of [0, 1, 4095, 4096, 9999]) {
      expect(ours.getChild("entity_id")!.get(i)).toBe(i % 3 === 0 ? null : `id-${i}`);
      expect(other.getChild("entity_id").at(i)).toBe(i % 3 === 0 ? null : `id-${i}`);
      expect(other.getChild("seq").at(i)).toBe(BigInt(i));
      expect(other.getChild("run_id").at(i)).toBe(id);
    }
    expect(JSON.parse((await run.table("events"))!.getChild("properties")!.get(0) as string)).toEqual({
      text: "é\ud800😀",
    });
    expect(run.manifest.tables["quality"]).toMatchObject({ rows: 10_000, bytes: bytes.length });
  });

  it("is read by pyarrow", async (context) => {
    const python = process.env["PITOT_PYTHON"] ?? "python3";
    try {
      execFileSync(python, ["-c", "import pyarrow"], { stdio: "ignore" });
    } catch {
      context.skip("pyarrow is not importable; PITOT_PYTHON names a Python that has it");
    }
    const id = record();
    await store.close();
    const script =
      "import sys, pyarrow as pa; t = pa.ipc.open_file(sys.argv[1]).read_all(); t.validate(full=True); print(t.num_rows, t.schema.field('time_unix_nano').type, t['seq'][9999])";
    const output = execFileSync(
      python,
      ["-c", script, join(readRun(store.directory, id).folder, "quality.arrow")],
      { encoding: "utf8" },
    );
    expect(output.trim()).toBe("10000 timestamp[ns, tz=UTC] 9999");
  });

  it("of an earlier version, whose tables lack columns of today's, is read and exported", async () => {
    const id = record();
    await store.close();
    const run = readRun(store.directory, id);
    const path = join(run.folder, "quality.arrow");
    const before = tableFromIPC(readFileSync(path));
    expect(before.getChild("row_ordinal")!.nullCount).toBe(10_000);
    const names = before.schema.fields.map(({ name }) => name).filter((name) => name !== "row_ordinal");
    writeFileSync(path, tableToIPC(before.select(names), "file"));
    const table = (await run.table("quality"))!;
    expect([table.numRows, table.getChild("row_ordinal")]).toEqual([10_000, null]);
    const output = join(folder, "export");
    await exportRun(store.directory, id, { format: "jsonl", output });
    const lines = readFileSync(join(output, "quality.jsonl"), "utf8").trim().split("\n");
    expect(lines).toHaveLength(10_000);
    expect(JSON.parse(lines[1]!)).toMatchObject({ entity_id: "id-1", issue: "ODD" });
  });

  it("is private to its owner", async () => {
    const id = record();
    await store.close();
    const run = readRun(store.directory, id);
    expect(statSync(store.directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(run.folder, "quality.arrow")).mode & 0o777).toBe(0o600);
  });
});

describe("a live run", () => {
  it("is read up to its last whole batch, whatever its tail", async () => {
    const run = startRun({ label: "live" });
    for (let i = 0; i < 9000; i++) run.recordQualityRow("NODE", `${i}`, "I");
    const path = join(store.directory, "runs", run.runId, "quality.arrows");
    expect((await readRun(store.directory, run.runId).table("quality"))!.numRows).toBe(8192);
    truncateSync(path, statSync(path).size - 10);
    expect((await readRun(store.directory, run.runId).table("quality"))!.numRows).toBe(4096);
    finishRun(run);
  });
});

describe("a process that lives long", () => {
  it("closes the files of each run soon after its end", async () => {
    const id = record();
    await expect.poll(() => readRun(store.directory, id).manifest.state).toBe("compacted");
  });
});

describe("a bad disk", () => {
  it("never reaches the pipeline", () => {
    writeFileSync(join(folder, "file"), "");
    const other = configureRecording({ targets: [new SnapshotStore({ directory: join(folder, "file") })] });
    expect(record()).toMatch(/^[0-9a-f-]{36}$/);
    other();
  });

  it("is counted when it comes in the middle of a run", () => {
    const run = startRun({ label: "gone" });
    rmSync(store.directory, { recursive: true });
    for (let i = 0; i < 5000; i++) run.recordQualityRow("NODE", `${i}`, "I");
    expect(finishRun(run).status).toBe("completed");
  });
});

it("refuses run ids that are paths", () => {
  chmodSync(folder, 0o700);
  expect(() => readRun(store.directory, "../etc")).toThrow("not a run id");
});
