import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startOtlpSink, type OtlpRequest } from "@pitot/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { replay } from "../src/index.ts";

const killed = fileURLToPath(new URL("fixtures/killed-metrics.js", import.meta.url));
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
  ["exit", 3, "cumulative"],
  ["later exit", 3, "cumulative"],
  ["uncaught exception", 1, "cumulative"],
  ["return", 0, "cumulative"],
  ["shutdown, then exit", 3, "cumulative"],
  ["SIGTERM", null, "cumulative"],
  ["exit", 3, "delta"],
  ["later exit", 3, "delta"],
  ["return", 0, "delta"],
  ["SIGTERM", null, "lowmemory"],
] as const)(
  "has the last metrics and logs delivered, once, after %s (exit %s, %s)",
  async (way, status, temporality) => {
    await using sink = await startOtlpSink();
    const child = spawn(process.execPath, [fixture, way], {
      env: {
        ...process.env,
        PITOT_DIR: directory,
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
        OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: temporality,
      },
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
  },
);

describe("a process that is killed has its metrics sent by the next, each difference once", () => {
  it.each(["cumulative", "delta", "lowmemory"])("after an export (%s)", async (temporality) => {
    await using sink = await startOtlpSink();
    expect(await end(run("exported", sink.url, temporality))).toBe("SIGKILL");
    const before = values(sink.requests);
    expect(before["rows"]).toEqual([5]);
    await replay({ directory, endpoint: sink.url });
    const { rows, level, took } = values(sink.requests);
    expect(level).toEqual([5, 2]);
    // What is told from the beginning has all; differences add up to it. In `lowmemory` only what is counted at once is told as differences.
    expect(rows).toEqual(temporality === "delta" ? [5, 9] : [5, 14]);
    expect(took).toEqual(temporality === "cumulative" ? [1, 3] : [1, 2]);
    expect(outbox()).toBe(0);
    await replay({ directory, endpoint: sink.url });
    expect(values(sink.requests)["rows"]).toEqual(rows);
  });

  it.each(["cumulative", "delta", "lowmemory"])("in the middle of an export (%s)", async (temporality) => {
    await using away = await startOtlpSink({
      answer: ({ signal }) => (signal === "metrics" ? "hang" : { status: 200 }),
    });
    const child = run("under way", away.url, temporality);
    await expect
      .poll(() => away.requests.some(({ signal }) => signal === "metrics"), { timeout: 20_000 })
      .toBe(true);
    child.send("on");
    expect(await end(child)).toBe("SIGKILL");
    await using sink = await startOtlpSink();
    await replay({ directory, endpoint: sink.url });
    const { rows, took } = values(sink.requests);
    // The export that nobody has answered, and what was counted after it.
    expect(rows).toEqual({ cumulative: [14], delta: [5, 9], lowmemory: [5, 14] }[temporality]);
    expect(took).toEqual(temporality === "cumulative" ? [3] : [1, 2]);
  });

  function run(way: string, url: string, temporality: string): ChildProcess {
    return spawn(process.execPath, [killed, way], {
      env: {
        ...process.env,
        PITOT_DIR: directory,
        OTEL_EXPORTER_OTLP_ENDPOINT: url,
        OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: temporality,
      },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
  }

  async function end(child: ChildProcess): Promise<string | null> {
    return await new Promise((resolve) => {
      child.once("close", (_code, signal) => resolve(signal));
    });
  }
});
