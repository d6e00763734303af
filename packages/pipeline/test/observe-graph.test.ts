// @ts-expect-error async brings no types
import async from "async";
import { trackedRun } from "@pitot/core";
import { aroundRun, observeAsyncAuto, observePGraph, type RunHandle } from "@pitot/pipeline";
import { createTelemetryHarness, type TelemetryHarness } from "@pitot/testing";
import { PGraph, type PGraphNode } from "p-graph";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const { auto } = async as {
  auto: (tasks: object, callback?: (error: unknown, results: unknown) => void) => Promise<unknown>;
};

let telemetry: TelemetryHarness;
beforeEach(() => {
  telemetry = createTelemetryHarness();
});
afterEach(() => telemetry.shutdown());

const graph = <T>(body: (handle: RunHandle) => T): T =>
  trackedRun({ label: "x" }, (run) => aroundRun(run, body));

/** Stages with the stages they link to, and what they are children of. */
function tree(): Record<string, [parent: string, ...links: string[]]> {
  const spans = telemetry.spans();
  const name = (id: string | undefined): string =>
    spans.find((span) => span.spanContext().spanId === id)?.name ?? "";
  return Object.fromEntries(
    spans
      .filter((span) => span.name.startsWith("stage "))
      .map((span) => [
        span.name,
        [name(span.parentSpanContext?.spanId), ...span.links.map(({ context }) => name(context.spanId))],
      ]),
  );
}

describe("async.auto", () => {
  it("runs observed as it runs, with callbacks, results and async functions", async () => {
    const later = (value: unknown) => (callback: (error: null, value: unknown) => void) =>
      void setTimeout(() => callback(null, value), 2);
    const tasks = {
      load: later([1, 2]),
      at_once: (callback: (error: null, ...values: number[]) => void) => callback(null, 1, 2),
      clean: ["load", async ({ load }: { load: number[] }) => load.map((n) => 2 * n)],
      write: [
        "clean",
        "at_once",
        (results: { clean: number[]; at_once: number[] }, callback: (error: null, value: unknown) => void) =>
          callback(null, [results.clean, results.at_once]),
      ],
    } as const;
    const plain = await auto(tasks);
    expect(await graph((handle) => auto(observeAsyncAuto(handle, tasks)))).toEqual(plain);
    expect(tree()).toEqual({
      "stage load": ["run x"],
      "stage at_once": ["run x"],
      "stage clean": ["run x", "stage load"],
      "stage write": ["run x", "stage clean", "stage at_once"],
    });
  });

  it("passes errors unchanged: told, thrown, rejected", async () => {
    const error = new Error("mine");
    for (const bad of [
      (callback: (error: unknown) => void) => callback(error),
      () => {
        throw error;
      },
      async () => {
        throw error;
      },
    ]) {
      const outcome = (tasks: object): Promise<unknown> => {
        try {
          return auto(tasks).then(String, (thrown: unknown) => thrown);
        } catch (thrown) {
          return Promise.resolve(["thrown", thrown]);
        }
      };
      const plain = await outcome({ bad });
      expect(await graph((handle) => outcome(observeAsyncAuto(handle, { bad })))).toEqual(plain);
    }
    const bad = telemetry.spans().filter(({ name }) => name === "stage bad");
    expect(bad.map(({ status }) => status.code)).toEqual([2, 2, 2]);
  });

  it("takes `false` as an end without an error, and leaves what is no task", async () => {
    const ends = (callback: (error: unknown) => void) => callback(false);
    graph((handle) => void auto(observeAsyncAuto(handle, { ends }), () => undefined));
    await new Promise(setImmediate);
    expect(telemetry.spans().find(({ name }) => name === "stage ends")?.status.code).toBe(0);
    graph((handle) => expect(observeAsyncAuto(handle, { odd: ["a"] })).toEqual({ odd: ["a"] }));
  });
});

describe("p-graph", () => {
  it("runs observed as it runs", async () => {
    const ran: string[] = [];
    const nodes: Record<string, PGraphNode> = {
      a: { run: async () => void ran.push("a") },
      b: { run: () => void ran.push("b"), priority: 2 },
      c: { run: () => void ran.push("c") },
      none: {},
    };
    const dependencies: [string, string][] = [
      ["a", "c"],
      ["b", "c"],
      ["none", "a"],
    ];
    await graph((handle) => new PGraph(observePGraph(handle, nodes, dependencies), dependencies).run());
    expect(ran.at(-1)).toBe("c");
    expect(tree()).toEqual({
      "stage a": ["run x"],
      "stage b": ["run x"],
      "stage c": ["run x", "stage a", "stage b"],
    });
    const failing = new Map([["a", { run: () => Promise.reject(new Error("no")) }]]);
    await expect(graph((handle) => new PGraph(observePGraph(handle, failing, []), []).run())).rejects.toThrow(
      "no",
    );
  });
});
