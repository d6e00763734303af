// Each instrumentation alone, with a provider of its own: enabled, disabled, enabled again.
import fs from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import stream from "node:stream";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import * as flechette from "@uwdata/flechette";
import * as arrow from "apache-arrow";
import * as hyparquet from "hyparquet";
import { afterEach, describe, expect, it } from "vitest";
import {
  ApacheArrowInstrumentation,
  DuckDBInstrumentation,
  FlechetteInstrumentation,
  FsDatasetsInstrumentation,
  HyparquetInstrumentation,
  NodeStreamInstrumentation,
} from "../src/instrumentations/index.ts";

const require = createRequire(import.meta.url);
const bytes = arrow.tableToIPC(arrow.tableFromArrays({ id: [1, 2, 3] }));
const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
afterEach(() => exporter.reset());

const names = (): string[] => {
  const found = exporter.getFinishedSpans().map(({ name }) => name);
  exporter.reset();
  return found;
};

/** What uses a module, given its instrumented exports. */
const USES: readonly (readonly [
  string,
  HyparquetInstrumentation | ApacheArrowInstrumentation | FlechetteInstrumentation,
  object,
  (exports: never) => unknown,
  string[],
])[] = [
  [
    "hyparquet",
    new HyparquetInstrumentation({ enabled: false }),
    hyparquet,
    async ({ parquetRead }: typeof hyparquet) =>
      await parquetRead({ file: new ArrayBuffer(0) }).catch((error: Error) => error.message),
    ["scan memory"],
  ],
  [
    "apache-arrow",
    new ApacheArrowInstrumentation({ enabled: false }),
    arrow,
    ({ tableFromIPC, tableToIPC }: typeof arrow) => tableToIPC(tableFromIPC(bytes)).length,
    ["arrow decode", "arrow encode"],
  ],
  [
    "flechette",
    new FlechetteInstrumentation({ enabled: false }),
    flechette,
    ({ tableFromIPC }: typeof flechette) => tableFromIPC(bytes).numRows,
    ["arrow decode"],
  ],
];

describe("an instrumentation of exports", () => {
  it.each(USES)("of %s traces while it is enabled, and only then", async (_, by, original, use, wanted) => {
    by.setTracerProvider(provider);
    const exports = by.patch({ ...original }) as never;
    const shapes = (module: object): unknown[] =>
      Object.values(module).map((value) => typeof value === "function" && [value.name, value.length]);
    expect(shapes(exports)).toEqual(shapes(original));
    const bare = await use(original as never);
    exporter.reset();
    for (const [enabled, expected] of [
      [true, wanted],
      [false, []],
      [true, wanted],
    ] as const) {
      by[enabled ? "enable" : "disable"]();
      expect(await use(exports)).toEqual(bare);
      expect(names()).toEqual(expected);
    }
    by.disable();
  });

  it("of DuckDB does so for the connections that are made meanwhile", async () => {
    const by = new DuckDBInstrumentation({ enabled: false });
    const { DuckDBInstance } = by.patch(require("@duckdb/node-api") as typeof import("@duckdb/node-api"));
    const instance = await DuckDBInstance.create(":memory:");
    const observed = async (): Promise<boolean> => Object.hasOwn(await instance.connect(), "run");
    expect(await observed()).toBe(true);
    by.disable();
    expect(await observed()).toBe(false);
    by.enable();
    expect(await observed()).toBe(true);
    by.disable();
  });
});

describe("an instrumentation of Node's own modules", () => {
  it.each([
    ["node:fs", FsDatasetsInstrumentation, fs, "readFileSync"],
    ["node:fs/promises", FsDatasetsInstrumentation, fs.promises, "writeFile"],
    ["node:stream", NodeStreamInstrumentation, stream, "pipeline"],
  ] as const)("puts %s back as it was", (_, Instrumentation, module, name) => {
    const functions = module as unknown as Record<string, () => unknown>;
    const original = functions[name];
    const by = new Instrumentation();
    expect(functions[name]).not.toBe(original);
    by.disable();
    expect(functions[name]).toBe(original);
    by.enable();
    expect(functions[name]).not.toBe(original);
    by.disable();
    expect(functions[name]).toBe(original);
  });

  it("leaves alone what another agent has wrapped since", () => {
    const original = fs.readFileSync;
    const by = new FsDatasetsInstrumentation();
    const ours = fs.readFileSync as (path: string) => unknown;
    const theirs = ((path: string) => ours(path)) as typeof fs.readFileSync;
    fs.readFileSync = theirs;
    by.disable();
    expect(fs.readFileSync).toBe(theirs);
    const file = join(tmpdir(), `pitot-${process.pid}.constructor`);
    fs.writeFileSync(file, "x");
    expect(String(fs.readFileSync(file))).toBe("x");
    fs.rmSync(file);
    fs.readFileSync = original;
  });
});
