import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listScopes, readRun, recover } from "@pitot/snapshot";
import { startOtlpSink } from "@pitot/testing";
import { expect, it } from "vitest";

const slow = fileURLToPath(new URL("fixtures/slow-disk.js", import.meta.url));
const fixture = fileURLToPath(new URL("fixtures/end.js", import.meta.url));

it.each([
  ["return", 0, null],
  ["exit", 3, null],
  ["throw", 1, null],
  ["reject", 1, null],
  ["handler", 7, null],
  // Longer than the bound: the application ends when it is done.
  ["handler for once, set before", 7, null],
  ["handler for once, then a second signal", null, "SIGTERM"],
  ["signal-exit, set before", null, "SIGTERM"],
  ["signal-exit, set after", null, "SIGTERM"],
  ["SIGTERM", null, "SIGTERM"],
  ["SIGINT", null, "SIGINT"],
  ["SIGHUP", null, "SIGHUP"],
])("keeps every record, exit code and signal when the process ends by %s", async (way, status, signal) => {
  const directory = mkdtempSync(join(tmpdir(), "pitot-end-"));
  const child = spawnSync(process.execPath, [fixture, way], {
    env: { ...process.env, PITOT_DIR: directory },
    encoding: "utf8",
    timeout: 60_000,
  });
  expect([child.status, child.signal], child.stderr).toEqual([status, signal]);
  // What another listener ended at once has been written, and is finished by the next process.
  await recover(directory);
  const run = readRun(directory, child.stdout.trim());
  expect(run.manifest.run?.status).toBe("aborted");
  expect((await run.table("quality"))?.numRows).toBe(100);
  expect((await run.table("spans"))?.numRows).toBe(3);
  rmSync(directory, { recursive: true, force: true });
});

it("keeps what exit listeners of the application record that come after its own", async () => {
  const directory = mkdtempSync(join(tmpdir(), "pitot-end-"));
  const child = spawnSync(process.execPath, [fixture, "exit listener that records"], {
    env: { ...process.env, PITOT_DIR: directory },
    encoding: "utf8",
    timeout: 60_000,
  });
  expect(child.status, child.stderr).toBe(3);
  await recover(directory);
  const { id } = listScopes(directory).find(({ type }) => type === "session")!;
  const names = Array.from((await readRun(directory, id).table("spans"))!.getChild("name")!, String);
  expect(names.filter((name) => name.startsWith("last"))).toEqual(["last 0", "last 1", "last 2"]);
  expect((await readRun(directory, id).table("quality"))!.numRows).toBe(1);
  rmSync(directory, { recursive: true, force: true });
});

it("does not hold the process back when the Collector hangs", async () => {
  await using sink = await startOtlpSink({ answer: () => "hang" });
  const directory = mkdtempSync(join(tmpdir(), "pitot-end-"));
  const env = {
    ...process.env,
    PITOT_DIR: directory,
    OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
    // Longer than this test may take.
    OTEL_EXPORTER_OTLP_TIMEOUT: "3600000",
  };
  const child = spawn(process.execPath, [fixture, "hanging"], { env, stdio: ["ignore", "pipe", "ignore"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await new Promise((resolve) => child.stdout.once("data", resolve));
  // The bound of shutdown is one second here.
  expect(await ended).toBe(0);
  expect(sink.requests.length).toBeGreaterThan(0);
  rmSync(directory, { recursive: true, force: true });
});

it("is over in two seconds, however slow the disk is", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pitot-slow-"));
  const child = spawn(process.execPath, [slow], {
    env: { ...process.env, PITOT_DIR: folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (part: Buffer) => (output += part.toString()));
  const status = await new Promise((resolve) => {
    child.once("close", resolve);
  });
  const took = Date.now() - Number(output);
  expect(status).toBe(4);
  expect(took).toBeGreaterThan(1500);
  const results = await recover(folder);
  // All of it would take 200 times some writes of 25 ms: 20 s and more.
  expect(
    results.filter(({ type, outcome }) => type === "run" && outcome === "recovered").length,
  ).toBeGreaterThan(50);
  expect(results.filter(({ outcome }) => outcome === "failed")).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});
