import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as wait } from "node:timers/promises";
import { replay } from "pitot";
import { listRuns, readRun, recover } from "@pitot/snapshot";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startBackends, type Backends } from "../src/backends/start-backends.ts";

const fixture = fileURLToPath(new URL("fixtures/steady.js", import.meta.url));
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
