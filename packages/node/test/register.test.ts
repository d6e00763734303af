import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startOtlpSink } from "@pitot/testing";
import { describe, expect, it } from "vitest";
import {
  both,
  column,
  data,
  firstRun,
  fixtures,
  folder,
  node,
  othersRegister,
  register,
  runs,
  spanNames,
  useRegister,
} from "./registered.ts";

const nodeModules = join(fixtures, "../../../../../node_modules");
const tsx = import.meta.resolve("tsx");
useRegister();

/** Ways to run an application that is there in each of these languages. */
const ways = (app: string): [string, string[]][] => [
  ["ESM", [`${app}.mjs`]],
  ["CommonJS", [`${app}.cjs`]],
  ["TypeScript by tsx", ["--import", tsx, `${app}.ts`]],
  ...(STRIPS_TYPES ? [["TypeScript by Node", [`${app}.ts`]] as [string, string[]]] : []),
];
const STRIPS_TYPES = "typescript" in process.features && process.features.typescript !== false;

describe("an unmodified application", () => {
  it.each(ways("app"))("in %s has its reads and writes traced", async (_, args) => {
    const { stdout, status } = both([...args, data]);
    expect([stdout, status]).toEqual(["100 3 3\n", 3]);
    const run = firstRun();
    expect(runs()).toHaveLength(1);
    expect(run.manifest.run).toMatchObject({ status: "failed", metadata: { exit_code: 3 } });
    expect((await spanNames(run)).sort()).toEqual([
      "arrow decode",
      "arrow decode",
      "arrow encode",
      "scan orders",
    ]);
    const attributes = (await column(run, "attributes")).map((text) => JSON.parse(text) as object);
    // 8,192 rows in groups of 2,048: rows 2,100 to 2,200 lie in the second.
    expect(attributes).toContainEqual(
      expect.objectContaining({
        "pitot.scan.dataset": "orders",
        "pitot.scan.row_groups.total": 4,
        "pitot.scan.row_groups.read": 1,
        "pitot.scan.row_groups.skipped": 3,
        "pitot.scan.rows.scanned": 2048,
        "pitot.scan.rows.matched": 100,
      }),
    );
    expect(attributes).toContainEqual(
      expect.objectContaining({ "pitot.dataset.rows": 3, "pitot.dataset.columns": 1 }),
    );
    expect(await column(run, "dataset", "scan_telemetry")).toEqual(["orders"]);
    expect(await column(run, "count_rows", "scan_telemetry")).toEqual(["100"]);
    expect(await column(run, "estimated_rows", "scan_telemetry")).toEqual(["2048"]);
    expect(await column(run, "file_hints", "scan_telemetry")).toEqual(["[orders.parquet]"]);
    expect((await column(run, "events")).join("")).toContain("pitot.scan.row_group_count");
    const parents = new Set(await column(run, "parent_span_id"));
    expect(parents.size).toBe(2);
    expect(await column(run, "name", "events")).toEqual([
      "dataset.input",
      "dataset.input",
      "dataset.output",
      "dataset.input",
    ]);
  });

  it.each(ways("engine"))("in %s has its statements and streams traced", async (_, args) => {
    both([...args, data]);
    const run = firstRun();
    expect((await spanNames(run)).sort()).toEqual([
      "SELECT",
      "SELECT nowhere",
      "stage 1 Readable",
      "stage 1 Readable",
      "stage 2 Transform",
      "stage 2 WriteStream",
      "stage 3 WriteStream",
    ]);
    const status = await column(run, "status_code");
    expect(status.filter((code) => code === "ERROR")).toHaveLength(2);
    expect(run.manifest.run?.status).toBe("completed");
  });

  it.each([
    ["comes to its end", [], "completed", 0, null],
    ["exits at once", ["exit"], "failed", 5, null],
    ["throws at import", ["throw"], "failed", 1, null],
    ["rejects, unhandled", ["reject"], "failed", 1, null],
    ["is asked to stop", ["SIGTERM"], "aborted", null, "SIGTERM"],
  ])("that %s ends as it does without us, and its run says so", (_, args, wanted, status, signal) => {
    const ended = both(["end.mjs", ...args]);
    expect([ended.status, ended.signal]).toEqual([status, signal]);
    expect(runs().map(({ manifest }) => manifest.run?.status)).toEqual([wanted]);
  });

  it("has its own loader hooks beside ours, whichever comes first", async () => {
    both([...othersRegister, "--import", "./own-hooks.mjs", "with-own-hooks.mjs"]);
    const hooks = ["--import", "./own-hooks.mjs", "--import", register, "with-own-hooks.mjs"];
    expect(node([...othersRegister, ...hooks]).stdout).toBe("42 true\n");
    for (const run of runs()) expect(await spanNames(run)).toEqual(["arrow encode"]);
  });

  it("may load apache-arrow twice", async () => {
    both(["two-arrows.mjs"]);
    const once = ["arrow encode", "arrow decode", "arrow decode", "arrow encode", "arrow decode"];
    expect((await spanNames(firstRun())).sort()).toEqual([...once, ...once].toSorted());
  });

  it("may load two versions of apache-arrow, each of them twice", async () => {
    const app = join(folder, "app");
    for (const [where, entry] of [
      [app, import.meta.resolve("apache-arrow")],
      [join(app, "library"), import.meta.resolve("apache-arrow-17")],
    ] as const) {
      // Copied: a link's modules are found where it leads, under another name.
      const copy = join(where, "node_modules/apache-arrow");
      cpSync(fileURLToPath(new URL(".", entry)), copy, { recursive: true });
      cpSync(join(fixtures, "arrow-copies.mjs"), join(where, "arrow-copies.mjs"));
    }
    cpSync(join(fixtures, "arrow-versions.mjs"), join(app, "arrow-versions.mjs"));
    for (const name of readdirSync(nodeModules))
      if (name !== "apache-arrow" && !name.startsWith("."))
        symlinkSync(join(nodeModules, name), join(app, "node_modules", name));
    const { stdout } = both(["arrow-versions.mjs"], {}, app);
    expect(stdout.trim().split("\n")).toEqual([
      "4",
      ...Array.from({ length: 16 }, () => expect.stringMatching(/^true \[.*"ü".*\] 3$/) as unknown),
    ]);
    const names = await spanNames(firstRun());
    expect(names.filter((name) => name === "arrow encode")).toHaveLength(4);
    expect(names.filter((name) => name === "arrow decode")).toHaveLength(32);
  });

  it("is undisturbed where snapshots cannot be written", () => {
    writeFileSync(join(folder, "file"), "");
    both(["app.mjs", data], { PITOT_DIR: join(folder, "file", "below") });
  });

  it("is registered once when NODE_OPTIONS names us too, and lives in a path with spaces", async () => {
    const spaced = join(folder, "with space");
    mkdirSync(spaced);
    cpSync(join(fixtures, "writes-arrow.mjs"), join(spaced, "writes arrow.mjs"));
    symlinkSync(nodeModules, join(spaced, "node_modules"));
    const options = `--import=${register} --import=${register}`;
    both(["writes arrow.mjs"], { NODE_OPTIONS: options }, spaced);
    // Both runs of `both` are registered here.
    expect(runs()).toHaveLength(2);
    for (const run of runs()) {
      expect(await spanNames(run)).toEqual(["arrow encode"]);
      expect(run.manifest.run?.label).toBe("writes arrow");
    }
  });

  it("loses its modules to a bundle, and keeps its files and its run", async () => {
    const esbuild = (await import("esbuild")) as unknown as { build: (options: object) => Promise<unknown> };
    const bundle = join(folder, "bundle.mjs");
    await esbuild.build({
      entryPoints: [join(fixtures, "app.mjs")],
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: bundle,
      logLevel: "silent",
    });
    both([bundle, data]);
    expect(await spanNames(firstRun())).toEqual([]);
    expect(await column(firstRun(), "name", "events")).toHaveLength(4);
  });
});

describe("runs", () => {
  it("are the application's own where it makes them: one per request, 200 at once", async () => {
    expect(node(["--import", register, "server.mjs"]).stdout).toBe("200\n");
    const all = runs();
    expect(all).toHaveLength(200);
    expect(new Set(all.map(({ manifest }) => manifest.run?.label))).toEqual(new Set(["request"]));
    for (const run of all) {
      expect(await spanNames(run)).toEqual(["arrow encode"]);
      const [properties] = await column(run, "properties", "events");
      expect(JSON.parse(properties ?? "")).toEqual(run.manifest.run?.metadata);
    }
    const traces = await Promise.all(all.map(async (run) => (await column(run, "trace_id"))[0]));
    expect(new Set(traces).size).toBe(200);
  });

  it("of child processes and worker threads continue the trace", async () => {
    both(["parent.mjs"], { NODE_OPTIONS: undefined });
    const found = runs();
    expect(found.map(({ manifest }) => manifest.run?.label ?? "").toSorted()).toEqual([
      "@pitot/node/parent",
      "@pitot/node/writes-arrow",
      "@pitot/node/writes-arrow (worker)",
    ]);
    const traces = new Set<string>();
    for (const run of found) {
      expect(await spanNames(run)).toEqual(["arrow encode"]);
      for (const id of await column(run, "trace_id")) traces.add(id);
    }
    expect(traces.size).toBe(1);
  });

  it("are none of the thread in which tsx has esbuild compile", () => {
    const cold = { NODE_OPTIONS: `--import=${register}`, TSX_DISABLE_CACHE: "1" };
    const { stdout } = node(["--import", tsx, "app.ts", data], cold);
    expect(stdout).toBe("100 3 3\n");
    expect(runs().map(({ manifest }) => manifest.run?.label)).toEqual(["@pitot/node"]);
  });

  it("are labelled by PITOT_LABEL", () => {
    node(["--import", register, "end.mjs"], { PITOT_LABEL: "nightly" });
    expect(firstRun().manifest.run?.label).toBe("nightly");
  });
});

describe("an application's own OpenTelemetry SDK", () => {
  it("gets every span when it is set up after us, and the snapshot too", async () => {
    const { stderr, stdout } = node(["--import", register, "own-sdk.mjs"], { SHOW_NAMES: "1" });
    expect(stdout).toBe("true\n");
    expect(stderr.trim().split(",")).toEqual(expect.arrayContaining(["arrow encode", "mine"]));
    both(["own-sdk.mjs"]);
    expect((await spanNames(firstRun())).sort()).toEqual(["arrow encode", "mine"]);
  });

  it("is attached to when it was there before us", async () => {
    both(["--import", "./otel-first.mjs", "writes-arrow.mjs"]);
    node(["--import", "./otel-first.mjs", "--import", register, "writes-arrow.mjs"]);
    expect(await spanNames(runs().at(-1) ?? firstRun())).toEqual(["arrow encode"]);
  });

  it("can use our instrumentations alone", () => {
    const { stderr, stdout } = node([...othersRegister, "--import", "./plain-sdk.mjs", "app.mjs", data]);
    expect(stdout).toBe("100 3 3\n");
    expect(stderr.trim().split(",")).toEqual(["scan orders", "arrow decode", "arrow encode", "arrow decode"]);
    expect(runs()).toEqual([]);
  });
});

describe("configuration", () => {
  it("sends over OTLP where the environment says", async () => {
    await using sink = await startOtlpSink();
    const child = spawn(process.execPath, ["--import", register, "app.mjs", data], {
      cwd: fixtures,
      stdio: "ignore",
      env: {
        ...process.env,
        PITOT_DIR: folder,
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      },
    });
    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(3);
    expect(sink.spans.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["run @pitot/node", "scan orders", "arrow decode"]),
    );
    expect(
      new Set(sink.spans.map(({ traceId }) => traceId)).size,
      JSON.stringify(sink.spans.map(({ name, traceId }) => [name, traceId])),
    ).toBe(1);
    expect(sink.requests.some(({ signal }) => signal === "metrics")).toBe(true);
  });

  it("can turn everything off", () => {
    both(["app.mjs", data], { OTEL_SDK_DISABLED: "true" });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("can turn one instrumentation off", async () => {
    both(["app.mjs", data], { OTEL_NODE_DISABLED_INSTRUMENTATIONS: "hyparquet,fs" });
    expect(await spanNames(firstRun())).not.toContain("scan orders");
    expect(await column(firstRun(), "name", "events")).toEqual([]);
  });

  it.each([
    ["PITOT_EXPORT_ROWS", "many"],
    ["OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"],
    ["OTEL_TRACES_SAMPLER", "sometimes"],
    ["PITOT_RECORDS", "none"],
  ])("refuses %s=%s at the start, by name and value", (variable, value) => {
    const { status, stdout, stderr } = node(["--import", register, "end.mjs"], { [variable]: value });
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(new RegExp(`^pitot: ${variable} .*"${value}".*\\n$`));
    expect(existsSync(join(folder, "runs"))).toBe(false);
  });
});
