import { DiagnosticsCollector, startRun, finishRun, trackedRun } from "@pitot/core";
import { aroundRun } from "@pitot/pipeline";
import { createTelemetryHarness, printTrace, type TelemetryHarness } from "@pitot/testing";
import { afterEach, beforeEach, expect, it } from "vitest";

let telemetry: TelemetryHarness;
beforeEach(() => {
  telemetry = createTelemetryHarness();
});
afterEach(() => telemetry.shutdown());

const span = (name: string) => telemetry.spans().find((one) => one.name === name)!;
const producer = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  runId: "earlier",
};

it("prints a graph as a trace", async () => {
  await trackedRun({ label: "nightly" }, (run) =>
    aroundRun(run, async (graph) => {
      const rows = await graph.aroundNode({ id: "load", group: "read" }, async (node) => {
        node.input("flights.csv");
        node.output("rows", [1, 2, 3]);
        return [1, 2, 3];
      });
      await Promise.all([
        graph.aroundNode({ id: "clean", deps: ["load"], queuedAt: Date.now() }, async (node) => {
          node.cache({ outcome: "hit", key: "k", dataVersion: "d", codeVersion: "c", producer });
          return rows;
        }),
        graph.aroundNode({ id: "count", deps: ["load"] }, async (node) => {
          node.cache({ outcome: "miss", key: "j", reason: "code changed" });
          return rows.length;
        }),
      ]);
      graph.aroundNode({ id: "report", deps: ["clean", "count", "unknown"] }, (node) =>
        node.skip("nothing new"),
      );
    }),
  );
  await expect(printTrace(telemetry.spans())).toMatchFileSnapshot("golden/graph.txt");
  const stages = (await telemetry.metrics()).filter(({ name }) => name === "pitot.stage.duration");
  expect(stages.map(({ attributes }) => attributes["pitot.cache.outcome"])).toEqual([
    undefined,
    "hit",
    "miss",
    undefined,
  ]);
});

it("records lifecycle and cache lineage", () => {
  const sink = new DiagnosticsCollector();
  trackedRun({ label: "x", sink }, (run) =>
    aroundRun(run, (graph) => {
      graph.aroundNode({ id: "a" }, (node) => {
        node.cache({ outcome: "hit", key: "k", producer });
        node.output("t", { numRows: 5 });
        node.output("raw", new Uint8Array(7));
        node.output("nothing");
      });
      graph.aroundNode({ id: "b", deps: ["a"] }, (node) => node.skip("not today"));
    }),
  );
  const events = sink.eventsSnapshot();
  expect(events["node_finished_v1"]).toMatchObject([
    {
      node: "a",
      status: "completed",
      cache: "hit",
      outputs: [{ dataset: "t", rows: 5 }, { dataset: "raw", bytes: 7 }, { dataset: "nothing" }],
    },
    { node: "b", status: "skipped", skip_reason: "not today" },
  ]);
  expect(sink.artifactsSnapshot()["cache_lineage_v1"]).toMatchObject([
    { nodes: 2, cached_nodes: 1, hits: 1, misses: 0 },
  ]);
  expect(events["cache_lineage_nodes_v1"]).toMatchObject([
    { node: "a", outcome: "hit", producer_run_id: "earlier", producer_span_id: producer.spanId },
  ]);
});

it("links a retry to the attempt before, and takes a producer without a span", () => {
  trackedRun({ label: "x" }, (run) =>
    aroundRun(run, (graph) => {
      expect(() =>
        graph.aroundNode({ id: "a" }, () => {
          throw new Error("no");
        }),
      ).toThrow("no");
      graph.aroundNode({ id: "a", attempt: 2 }, (node) =>
        node.cache({ outcome: "hit", producer: { traceId: "", spanId: "", runId: "r" } }),
      );
    }),
  );
  const [first, second] = telemetry.spans().filter(({ name }) => name === "stage a");
  expect(
    second?.links.map(({ context, attributes }) => [context.spanId, attributes!["pitot.link.reason"]]),
  ).toEqual([[first?.spanContext().spanId, "retry"]]);
});

it("passes values and errors unchanged, sync and async", async () => {
  const run = startRun({ label: "x" });
  const error = Object.freeze(new TypeError("mine"));
  const value = { a: 1 };
  await aroundRun(run, async (graph) => {
    expect(graph.aroundNode({ id: "s" }, () => value)).toBe(value);
    expect(await graph.aroundNode({ id: "p" }, async () => value)).toBe(value);
    expect(() =>
      graph.aroundNode({ id: "t" }, () => {
        throw error;
      }),
    ).toThrow(error);
    await expect(graph.aroundNode({ id: "r" }, () => Promise.reject(error))).rejects.toBe(error);
    await expect(graph.aroundNode({ id: "u" }, () => Promise.reject(undefined))).rejects.toBe(undefined);
  });
  expect(() =>
    aroundRun(run, () => {
      throw error;
    }),
  ).toThrow(error);
  finishRun(run);
  expect(span("stage t").attributes["error.type"]).toBe("TypeError");
});

it("lets no fault of the adapter reach the body", () => {
  const poison = {
    get traceId(): string {
      throw new Error("poison");
    },
    spanId: "",
    runId: "",
  };
  const result = trackedRun(
    {
      label: "x",
      sink: {
        recordEvent() {
          throw new Error("sink");
        },
      } as never,
    },
    (run) =>
      aroundRun(run, (graph) =>
        graph.aroundNode({ id: "a", deps: 5 as never, queuedAt: "x" as never }, (node) => {
          node.cache({ outcome: "hit", producer: poison });
          node.cache(undefined as never);
          node.output(
            "x",
            new Proxy(
              {},
              {
                get() {
                  throw new Error("proxy");
                },
              },
            ),
          );
          return 1;
        }),
      ),
  );
  expect(result).toBe(1);
});

it("keeps 200 runs at once apart", async () => {
  await Promise.all(
    Array.from({ length: 200 }, (_, i) =>
      trackedRun({ label: "many", metadata: { i } }, (run) =>
        aroundRun(run, async (graph) => {
          await graph.aroundNode(
            { id: "a" },
            () => new Promise((resolve) => setTimeout(resolve, Math.random() * 20)),
          );
          await graph.aroundNode({ id: "b", deps: ["a"] }, async () => run.stage("inner", () => undefined));
        }),
      ),
    ),
  );
  const spans = telemetry.spans();
  const byId = new Map(spans.map((one) => [one.spanContext().spanId, one]));
  const bs = spans.filter(({ name }) => name === "stage b");
  expect(bs).toHaveLength(200);
  for (const b of bs) {
    const a = byId.get(b.links[0]?.context.spanId ?? "")!;
    expect(a.spanContext().traceId).toBe(b.spanContext().traceId);
    expect(a.attributes["pitot.run.id"]).toBe(b.attributes["pitot.run.id"]);
    expect(byId.get(b.parentSpanContext?.spanId ?? "")?.attributes["pitot.run.id"]).toBe(
      b.attributes["pitot.run.id"],
    );
  }
  for (const inner of spans.filter(({ name }) => name === "stage inner"))
    expect(byId.get(inner.parentSpanContext?.spanId ?? "")?.name).toBe("stage b");
});
