import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DiagnosticsCollector, PitotError, trackedRun } from "@pitot/core";
import {
  createDriver,
  dataVersion,
  FileCacheStore,
  MemoryCacheStore,
  type DriverNode,
} from "@pitot/pipeline";
import { createTelemetryHarness, type TelemetryHarness } from "@pitot/testing";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let telemetry: TelemetryHarness;
const folder = mkdtempSync(join(tmpdir(), "pitot-driver-"));
beforeEach(() => {
  telemetry = createTelemetryHarness();
});
afterEach(async () => {
  await telemetry.shutdown();
  rmSync(folder, { recursive: true, force: true });
});

/** What `await` waits for, and is no promise. */
function thenable(then: (done: (value: number) => void) => unknown): unknown {
  // oxlint-disable-next-line unicorn/no-thenable -- it is what is tested
  return { then: (done: (value: number) => void) => void then(done) };
}

const stages = () => telemetry.spans().filter(({ name }) => name.startsWith("stage "));

describe("a driver", () => {
  it("runs what the targets need, once each, in order", async () => {
    const ran: string[] = [];
    const node = (id: string, ...deps: string[]): DriverNode => ({
      deps,
      run: (values) => {
        ran.push(id);
        return `${id}(${deps.map((dep) => values[dep]).join(",")})`;
      },
    });
    const driver = createDriver({
      nodes: {
        d: node("d", "b", "c"),
        b: node("b", "a"),
        c: node("c", "a", "size"),
        a: node("a"),
        e: node("e"),
      },
      config: { size: 3 },
    });
    expect(await driver.execute(["d", "a"])).toEqual({ d: "d(b(a()),c(a(),3))", a: "a()" });
    expect(ran).toEqual(["a", "b", "c", "d"]);
    expect(driver.plan("d")).toEqual(["a", "b", "c", "d"]);
    expect((await driver.execute(["c"], { config: { size: 4 } }))["c"]).toBe("c(a(),4)");
    expect(stages()[3]?.links).toHaveLength(2);
    expect(await driver.execute([])).toEqual({});
    expect(await driver.execute(["size"])).toEqual({ size: 3 });
  });

  it("tells its collector of runs, nodes and lineage", async () => {
    const diagnostics = new DiagnosticsCollector();
    const driver = createDriver({
      nodes: { a: { run: () => [1], cache: true } },
      diagnostics,
      cache: new MemoryCacheStore(),
    });
    await driver.execute(["a"]);
    await driver.execute(["a"]);
    const events = diagnostics.eventsSnapshot();
    expect(events["node_finished_v1"]).toHaveLength(2);
    expect(events["cache_lineage_nodes_v1"]).toMatchObject([{ outcome: "stored" }, { outcome: "hit" }]);
    expect(diagnostics.artifactsSnapshot()["cache_lineage_v1"]).toHaveLength(2);
  });

  it("passes an error unchanged, waits for what runs, starts nothing more", async () => {
    const error = new RangeError("mine");
    const ran: string[] = [];
    const driver = createDriver({
      nodes: {
        bad: { run: () => Promise.reject(error) },
        slow: {
          run: () =>
            new Promise((resolve) =>
              setTimeout(() => {
                ran.push("slow");
                resolve(1);
              }, 30),
            ),
        },
        after: { deps: ["slow"], run: () => void ran.push("after") },
        below: { deps: ["bad"], run: () => void ran.push("below") },
      },
    });
    await expect(driver.execute(["after", "below"])).rejects.toBe(error);
    expect(ran).toEqual(["slow"]);
    expect(stages().map(({ name, attributes }) => [name, attributes["pitot.stage.skip_reason"]])).toEqual([
      ["stage bad", undefined],
      ["stage below", "another node failed"],
      ["stage slow", undefined],
      ["stage after", "another node failed"],
    ]);
    const finished = telemetry.spans().find(({ name }) => name === "run driver");
    expect(finished?.attributes["pitot.run.status"]).toBe("failed");
  });

  it("runs within a run that is there, and as few at once as told", async () => {
    let most = 0;
    let now = 0;
    const nodes = Object.fromEntries(
      Array.from({ length: 10 }, (_, i) => [
        `n${i}`,
        {
          run: async () => {
            most = Math.max(most, ++now);
            await new Promise(setImmediate);
            now--;
          },
        },
      ]),
    );
    await trackedRun({ label: "outer" }, (run) =>
      createDriver({ nodes, concurrency: 2 }).execute(Object.keys(nodes), { run }),
    );
    expect(most).toBe(2);
    expect(
      telemetry
        .spans()
        .filter(({ name }) => name.startsWith("run "))
        .map(({ name }) => name),
    ).toEqual(["run started outer", "run outer"]);
  });

  it("refuses graphs that cannot run, naming what is wrong", () => {
    const run = () => 1;
    const refused =
      (nodes: Record<string, DriverNode>, config = {}) =>
      () =>
        createDriver({ nodes, config });
    expect(refused({ a: { deps: ["b"], run }, b: { deps: ["c"], run }, c: { deps: ["b"], run } })).toThrow(
      /b -> c -> b/,
    );
    expect(refused({ a: { deps: ["a"], run } })).toThrow(/a -> a/);
    expect(refused({ a: { deps: ["gone"], run } })).toThrow(/"gone"/);
    expect(refused({ a: { run } }, { a: 1 })).toThrow(PitotError);
    expect(refused({ a: {} as DriverNode })).toThrow(/no function/);
    expect(refused({ "": { run } })).toThrow(/cannot have this name/);
    expect(refused({ ["__proto__"]: { run } })).toThrow(/cannot have this name/);
    expect(() => createDriver({ nodes: {}, concurrency: 0 })).toThrow(/concurrency/);
    expect(() => createDriver({ nodes: { a: { run } } }).plan("b")).toThrow(/There are: a/);
  });

  it("takes thenables, generators, and values that nobody may touch", async () => {
    const locked = new Proxy(
      {},
      {
        get() {
          throw new Error("hands off");
        },
      },
    );
    const driver = createDriver({
      nodes: {
        later: { run: () => thenable((done) => setTimeout(done, 1, 5)) },
        once: { deps: ["later"], run: ({ later }) => thenable((done) => done((later as number) + 1)) },
        rows: {
          run: function* () {
            yield 1;
            yield 2;
          },
        },
        sum: { deps: ["rows", "once"], run: ({ rows, once }) => [...(rows as Iterable<number>), once] },
        locked: { run: () => locked },
      },
    });
    const values = await driver.execute(["sum", "locked"]);
    expect(values["sum"]).toEqual([1, 2, 6]);
    expect(values["locked"] === locked).toBe(true);
  });

  it("keeps executions at once apart", async () => {
    const driver = createDriver({
      nodes: {
        a: {
          deps: ["n"],
          run: async ({ n }) => {
            await new Promise((resolve) => setTimeout(resolve, 10 - (n as number)));
            return [n];
          },
        },
        b: { deps: ["a", "n"], run: ({ a, n }) => [...(a as number[]), n] },
      },
      config: { n: 0 },
    });
    const values = await Promise.all(
      Array.from({ length: 10 }, (_, n) => driver.execute(["b"], { config: { n } })),
    );
    expect(values).toEqual(Array.from({ length: 10 }, (_, n) => ({ b: [n, n] })));
    expect(stages()).toHaveLength(20);
  });

  it("takes a chain of three thousand nodes", async () => {
    const nodes = Object.fromEntries(
      Array.from({ length: 3000 }, (_, i): [string, DriverNode] => [
        `n${i}`,
        {
          deps: i === 0 ? [] : [`n${i - 1}`],
          run: (values) => (i === 0 ? 0 : (values[`n${i - 1}`] as number) + 1),
        },
      ]),
    );
    expect(await createDriver({ nodes }).execute(["n2999"])).toEqual({ n2999: 2999 });
  });

  it("runs any graph in an order of its dependencies", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 15 }),
        async (shape) => {
          const done = new Set<number>();
          const nodes = Object.fromEntries(
            shape.map((raw, i): [string, DriverNode] => {
              const deps = i === 0 ? [] : [...new Set(raw.map((n) => n % i))];
              return [
                `n${i}`,
                {
                  deps: deps.map((n) => `n${n}`),
                  run: () => {
                    expect(deps.every((dep) => done.has(dep))).toBe(true);
                    expect(done.has(i)).toBe(false);
                    done.add(i);
                  },
                },
              ];
            }),
          );
          await createDriver({ nodes }).execute([`n${shape.length - 1}`]);
          expect(done.has(shape.length - 1)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe("a cache", () => {
  const build = (
    store: MemoryCacheStore | FileCacheStore,
    code: DriverNode["run"] = ({ n }) => [n, n],
    ran: string[] = [],
  ) =>
    createDriver({
      nodes: {
        rows: {
          deps: ["n"],
          cache: true,
          run: (values, node) => (ran.push("rows"), code(values, node)),
          version: code.toString(),
        },
        parity: { deps: ["rows"], run: ({ rows }) => (rows[0] as number) % 2 },
        last: {
          deps: ["parity"],
          cache: true,
          run: ({ parity }) => (ran.push("last"), `parity ${parity}`),
          version: "1",
        },
      },
      config: { n: 2 },
      cache: store,
    });

  it.each([
    ["memory", () => new MemoryCacheStore()],
    ["files", () => new FileCacheStore(folder)],
  ])("of %s gives values for equal code and data", async (_, make) => {
    const store = make();
    const ran: string[] = [];
    await build(store, undefined, ran).execute(["last"]);
    await build(store, undefined, ran).execute(["last"]);
    expect(ran).toEqual(["rows", "last"]);
    // Other data, but the same where `last` looks.
    await build(store, undefined, ran).execute(["last"], { config: { n: 4 } });
    expect(ran).toEqual(["rows", "last", "rows"]);
    expect(await build(store, ({ n }) => [n + 1], ran).execute(["last"])).toEqual({ last: "parity 1" });
    expect(ran).toEqual(["rows", "last", "rows", "rows", "last"]);
  });

  it("links a hit to the span of the run that made the value", async () => {
    await build(new FileCacheStore(folder)).execute(["rows"]);
    await build(new FileCacheStore(folder)).execute(["rows"]);
    const [made, hit] = stages();
    expect(made?.attributes["pitot.cache.outcome"]).toBe("stored");
    expect(hit?.attributes["pitot.cache.outcome"]).toBe("hit");
    expect(hit?.links[0]).toMatchObject({
      context: { traceId: made?.spanContext().traceId, spanId: made?.spanContext().spanId },
      attributes: { "pitot.link.reason": "cache_hit", "pitot.run.id": made?.attributes["pitot.run.id"] },
    });
    expect(hit?.spanContext().traceId).not.toBe(made?.spanContext().traceId);
  });

  it("links a hit to a run of another process", async () => {
    const child = `
      import { createDriver, FileCacheStore } from "@pitot/pipeline";
      import { createTelemetryHarness } from "@pitot/testing";
      const telemetry = createTelemetryHarness();
      const driver = createDriver({
        nodes: { rows: { cache: true, version: "1", run: () => new Map([["a", new Date(5)]]) } },
        cache: new FileCacheStore(process.argv[1]),
      });
      await driver.execute(["rows"]);
      const { attributes } = telemetry.spans().find(({ name }) => name === "stage rows");
      console.log(JSON.stringify([attributes["pitot.run.id"], telemetry.spans()[0].spanContext().traceId]));`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", child, folder], {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    const [runId, traceId] = JSON.parse(stdout) as [string, string];
    const driver = createDriver({
      nodes: { rows: { cache: true, version: "1", run: () => "made again" } },
      cache: new FileCacheStore(folder),
    });
    expect(await driver.execute(["rows"])).toEqual({ rows: new Map([["a", new Date(5)]]) });
    expect(stages()[0]?.links[0]).toMatchObject({
      context: { traceId },
      attributes: { "pitot.link.reason": "cache_hit", "pitot.run.id": runId },
    });
  });

  it("that fails costs a computation, never an error", async () => {
    await build(new FileCacheStore(folder)).execute(["rows"]);
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), "torn");
    expect(await build(new FileCacheStore(folder)).execute(["rows"])).toEqual({ rows: [2, 2] });
    const broken = { get: () => undefined, set: () => Promise.reject(new Error("full")) };
    expect(await build(broken as never).execute(["rows"])).toEqual({ rows: [2, 2] });
    expect(stages().at(-1)?.attributes).toMatchObject({
      "pitot.cache.outcome": "failed",
      "pitot.cache.reason": "the cache cannot be written: full",
    });
    expect(() => new FileCacheStore("/dev/null/x")).toThrow(PitotError);
    expect(() => new MemoryCacheStore(0)).toThrow(PitotError);
  });

  it("that hangs, or gives what it was not given, costs a computation", async () => {
    const value = async (get: () => unknown, set: () => unknown = () => {}) =>
      await createDriver({
        nodes: { a: { cache: true, run: () => 1 } },
        cache: { get, set } as never,
        cacheTimeoutMs: 20,
      }).execute(["a"]);
    const never = () => new Promise(() => {});
    const reason = () => stages().at(-1)?.attributes["pitot.cache.reason"];
    expect(await value(never)).toEqual({ a: 1 });
    expect(reason()).toBe("the cache cannot be read: no answer within 20 ms");
    expect(await value(() => undefined, never)).toEqual({ a: 1 });
    expect(reason()).toBe("the cache cannot be written: no answer within 20 ms");
    for (const junk of ["text", 7, null, {}, { value: 7 }, { value: 7, dataVersion: "", codeVersion: "" }]) {
      expect(await value(() => junk)).toEqual({ a: 1 });
      expect(reason()).toBe("the cache gave what is no entry");
    }
    expect(() => createDriver({ nodes: {}, cacheTimeoutMs: 0 })).toThrow(/cacheTimeoutMs/);
  });

  it("is bypassed for what is not plain data, and holds undefined", async () => {
    const store = new MemoryCacheStore();
    let ran = 0;
    const driver = createDriver({
      nodes: {
        f: { run: () => () => 1 },
        g: { deps: ["f"], cache: true, run: () => 1 },
        h: { cache: true, run: () => () => 2 },
        u: { cache: true, run: () => void ran++ },
      },
      cache: store,
    });
    await driver.execute(["g", "h", "u"]);
    await driver.execute(["u"]);
    expect(ran).toBe(1);
    expect(
      Object.fromEntries(stages().map(({ name, attributes }) => [name, attributes["pitot.cache.outcome"]])),
    ).toEqual({
      "stage f": undefined,
      "stage g": "bypassed",
      "stage h": "miss",
      "stage u": "hit",
    });
  });

  it("keeps as many as told, and values as they were", async () => {
    const store = new MemoryCacheStore(2);
    const entry = (value: unknown) => ({
      value,
      dataVersion: "",
      codeVersion: "",
      producer: { traceId: "", spanId: "", runId: "" },
    });
    for (const key of ["a", "b"]) store.set(key, entry(key));
    store.get("a");
    store.set("c", entry("c"));
    expect([store.get("a")?.value, store.get("b")?.value, store.get("c")?.value]).toEqual([
      "a",
      undefined,
      "c",
    ]);
    const files = new FileCacheStore(folder);
    const value = {
      at: new Date(5),
      map: new Map([["ü", 1n]]),
      bytes: new Float64Array([1.5]),
      none: undefined,
    };
    await files.set("k", entry(value));
    expect((await files.get("k"))?.value).toEqual(value);
    expect(dataVersion(value)).toBe(dataVersion(structuredClone(value)));
    expect(dataVersion(1)).not.toBe(dataVersion("1"));
  });
});
