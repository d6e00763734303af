import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startOtlpSink, type OtlpRequest } from "@pitot/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { replay } from "../src/index.ts";

const fixture = fileURLToPath(new URL("fixtures/last-metrics.js", import.meta.url));
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pitot-last-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

interface Metric {
  readonly name: string;
  readonly gauge?: Points;
  readonly sum?: Points;
  readonly histogram?: { readonly dataPoints: readonly { readonly count: number | string }[] };
}
interface Points {
  readonly dataPoints: readonly { readonly asDouble?: number; readonly asInt?: number | string }[];
}

/** The values of all metrics that arrived, by name; of a histogram its count. */
function values(requests: readonly OtlpRequest[]): Record<string, number[]> {
  const all: Record<string, number[]> = {};
  for (const { signal, body } of requests) {
    if (signal !== "metrics") continue;
    const { resourceMetrics } = body as {
      resourceMetrics: { scopeMetrics: { metrics: Metric[] }[] }[];
    };
    for (const { name, gauge, sum, histogram } of resourceMetrics.flatMap(({ scopeMetrics }) =>
      scopeMetrics.flatMap(({ metrics }) => metrics),
    )) {
      const points = histogram
        ? histogram.dataPoints.map(({ count }) => Number(count))
        : (gauge ?? sum)!.dataPoints.map(({ asDouble, asInt }) => Number(asDouble ?? asInt));
      (all[name] ??= []).push(...points);
    }
  }
  return all;
}

const outbox = () => {
  const folder = join(directory, "outbox");
  return existsSync(folder) ? readdirSync(folder).length : 0;
};

it.each([
  ["exit", 3],
  ["later exit", 3],
  ["uncaught exception", 1],
  ["return", 0],
  ["shutdown, then exit", 3],
  ["SIGTERM", null],
] as const)("has the last metrics and logs delivered, once, after %s", async (way, status) => {
  await using sink = await startOtlpSink();
  const child = spawn(process.execPath, [fixture, way], {
    env: { ...process.env, PITOT_DIR: directory, OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
    stdio: ["ignore", "inherit", "pipe"],
  });
  const ended = await new Promise((resolve) => {
    child.once("close", resolve);
  });
  expect(ended).toBe(status);
  const waits = ["exit", "later exit", "uncaught exception"].includes(way);
  // A signal leaves log records to the outbox before anything else, since a second one ends the process at once.
  if (way !== "SIGTERM") expect(outbox() > 0).toBe(waits);
  await replay({ directory, endpoint: sink.url });
  expect(outbox()).toBe(0);
  expect(values(sink.requests)).toMatchObject({
    "user.counter": [3],
    "user.histogram": [1],
    "user.gauge": [11],
    "user.batch": [5],
    "run.rows": [42],
    "pitot.run.duration": [1],
  });
  const logs = JSON.stringify(sink.requests.filter(({ signal }) => signal === "logs"));
  expect(logs.split("the last words")).toHaveLength(2);
});
