import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as wait } from "node:timers/promises";
import { replay, startPitot, trackedRun } from "pitot";
import { exportRun, listRuns, readRun, recover } from "@pitot/snapshot";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startBackends, type Backends } from "../src/backends/start-backends.ts";

const fixture = fileURLToPath(new URL("fixtures/steady.js", import.meta.url));
const longRun = fileURLToPath(new URL("fixtures/long-run.js", import.meta.url));
const killed = fileURLToPath(new URL("fixtures/killed.js", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "pitot-outage-"));
/** `PITOT_OUTAGE_S=180` for the minutes of the soak. */
const OUTAGE_S = Number(process.env["PITOT_OUTAGE_S"] ?? 12);
let backends: Backends;

beforeAll(async () => {
  backends = await startBackends({ ports: "free" });
});
afterAll(async () => {
  await backends?.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function spanIds(traceId: string): Promise<string[]> {
  const response = await fetch(`${backends.jaeger}/api/traces/${traceId}`);
  const body = (await response.json()) as { data?: { spans: { spanID: string }[] }[] };
  return (body.data ?? []).flatMap(({ spans }) => spans.map(({ spanID }) => spanID));
}

/** Values of a query, empty where there is none. */
async function prometheus(query: string): Promise<string[]> {
  const response = await fetch(`${backends.prometheus}/api/v1/query?query=${encodeURIComponent(query)}`);
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  return data.result.map(({ value }) => value[1]);
}

it(
  "of the Collector under load loses nothing and sends nothing twice: Jaeger has what the snapshot has",
  async () => {
    const child = spawn(process.execPath, [fixture, `${OUTAGE_S + 12}`], {
      env: { ...process.env, PITOT_DIR: directory, OTEL_EXPORTER_OTLP_ENDPOINT: backends.otlp },
      stdio: "inherit",
    });
    const ended = new Promise((resolve) => {
      child.once("exit", resolve);
    });
    await wait(4000);
    await backends.stopCollector();
    await wait(OUTAGE_S * 1000);
    await backends.startCollector();
    expect(await ended).toBe(0);

    await recover(directory);
    const report = await replay({ directory, endpoint: backends.otlp });
    expect(report.delivered).toBe(report.spans);
    expect(report.sent).toBeGreaterThan(0);
    const traces = new Map<string, string[]>();
    for (const id of listRuns(directory)) {
      const table = (await readRun(directory, id).table("spans"))!;
      const ids = Array.from(table.getChild("span_id")!, String);
      traces.set(String(table.getChild("trace_id")!.get(0)), ids.toSorted());
    }
    expect(traces.size).toBeGreaterThan(40);
    for (const [trace, ids] of traces)
      await expect.poll(async () => (await spanIds(trace)).toSorted(), { timeout: 20_000 }).toEqual(ids);
  },
  (OUTAGE_S + 120) * 1000,
);

it(
  "that is longer than the queue is deep loses nothing: Jaeger has it all while the run lives, once",
  async () => {
    const folder = join(directory, "long-run");
    const child = spawn(process.execPath, [longRun], {
      env: {
        ...process.env,
        PITOT_DIR: folder,
        OTEL_EXPORTER_OTLP_ENDPOINT: backends.otlp,
        OTEL_EXPORTER_OTLP_TIMEOUT: "1000",
        OTEL_BSP_MAX_QUEUE_SIZE: "200",
        OTEL_BSP_SCHEDULE_DELAY: "100",
      },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const ended = new Promise((resolve) => {
      child.once("exit", resolve);
    });
    /** The ids of all spans that the snapshot has by now, and their trace. */
    const kept = async (): Promise<{ trace: string; ids: string[] }> => {
      const [id = ""] = listRuns(folder);
      const table = await readRun(folder, id).table("spans");
      return {
        trace: String(table?.getChild("trace_id")?.get(0)),
        ids: Array.from(table?.getChild("span_id") ?? [], String).toSorted(),
      };
    };
    try {
      await wait(3000);
      await backends.stopCollector();
      await wait(OUTAGE_S * 1000);
      const { trace, ids } = await kept();
      // What the queue has room for, and much more.
      expect(ids.length).toBeGreaterThan(400);
      await backends.startCollector();
      const missing = async (): Promise<number> => {
        const there = new Set(await spanIds(trace));
        return ids.filter((id) => !there.has(id)).length;
      };
      await expect.poll(missing, { timeout: 90_000, interval: 500 }).toBe(0);
      expect(child.exitCode).toBeNull();
      child.send("end");
      expect(await ended).toBe(0);
      const all = await kept();
      await expect.poll(async () => (await spanIds(trace)).toSorted(), { timeout: 20_000 }).toEqual(all.ids);
      expect(await replay({ directory: folder, endpoint: backends.otlp })).toMatchObject({ sent: 0 });
    } finally {
      child.kill("SIGKILL");
    }
  },
  (OUTAGE_S + 150) * 1000,
);

it("has the last metrics of a process that was killed in Prometheus, and its spans in Jaeger, after a replay", async () => {
  const folder = join(directory, "killed");
  const child = spawn(process.execPath, [killed], {
    env: { ...process.env, PITOT_DIR: folder, OTEL_EXPORTER_OTLP_ENDPOINT: backends.otlp },
    stdio: "inherit",
  });
  const [, signal] = await new Promise<[unknown, string | null]>((resolve) => {
    child.once("exit", (...end) => resolve(end));
  });
  expect(signal).toBe("SIGKILL");
  const query = 'killed_rows_total{service_name="killed",source="shop"}';
  expect(await prometheus(query)).toEqual([]);
  const report = await replay({ directory: folder, endpoint: backends.otlp });
  expect(report).toMatchObject({ requests: { waiting: 1, delivered: 1, refused: 0 } });
  await expect.poll(async () => await prometheus(query), { timeout: 20_000 }).toEqual(["42"]);
  const [id = ""] = listRuns(folder);
  const table = (await readRun(folder, id).table("spans"))!;
  const ids = Array.from(table.getChild("span_id")!, String).toSorted();
  const trace = String(table.getChild("trace_id")!.get(0));
  await expect.poll(async () => (await spanIds(trace)).toSorted(), { timeout: 20_000 }).toEqual(ids);
  expect(await replay({ directory: folder, endpoint: backends.otlp })).toMatchObject({
    scopes: [],
    requests: { waiting: 0 },
  });
}, 60_000);

it("takes the OTLP/JSON of an export as it is", async () => {
  const folder = join(directory, "exported");
  const pitot = await startPitot({ serviceName: "exported", snapshot: folder, otlp: false });
  const { runId, traceId } = trackedRun({ label: "exported" }, (run) => {
    run.recordEvent("e", { float: 0.5, whole: 3, list: ["a", "b"], text: "é\u0000😀", nothing: null });
    run.stage("s", () => run.recordQualityRow("N", "1", "I"));
    return { runId: run.runId, traceId: run.span.spanContext().traceId };
  });
  await pitot.shutdown();
  const [file] = await exportRun(folder, runId, { format: "otlp", output: join(folder, "out") });
  for (const body of readFileSync(file!.path, "utf8").trimEnd().split("\n")) {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${backends.otlp}/v1/traces`, { method: "POST", headers, body });
    expect([response.status, await response.json()]).toEqual([200, { partialSuccess: {} }]);
  }
  const ids = Array.from((await readRun(folder, runId).table("spans"))!.getChild("span_id")!, String);
  await expect
    .poll(async () => (await spanIds(traceId)).toSorted(), { timeout: 20_000 })
    .toEqual(ids.toSorted());
}, 60_000);
