// Pitot beside other agents and configurations of OpenTelemetry, by their own packages.
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
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
  spanNames,
  useRegister,
} from "./registered.ts";

useRegister();

const AUTO = "@opentelemetry/auto-instrumentations-node";

describe("the application's auto-instrumentations", () => {
  it.runIf(isInstalled(AUTO)).each(["serves.mjs", "serves.cjs"])(
    "trace it too, with ours inside them: %s",
    async (app) => {
      const shop = join(folder, "shop");
      mkdirSync(shop);
      writeFileSync(
        join(shop, "package.json"),
        JSON.stringify({ name: "shop", dependencies: { [AUTO]: "*" } }),
      );
      symlinkSync(join(fixtures, "../../../../../node_modules"), join(shop, "node_modules"));
      cpSync(join(fixtures, app), join(shop, app));
      both([app], {}, shop);
      const run = firstRun();
      const spans = await Promise.all(
        ["name", "kind", "span_id", "parent_span_id"].map((name) => column(run, name)),
      );
      const [names, kinds, ids, parents] = spans as [string[], string[], string[], string[]];
      const at = (name: string, kind: string): number =>
        names.findIndex((found, i) => found === name && kinds[i] === kind);
      const [client, server, encode] = [
        at("GET", "CLIENT"),
        at("GET", "SERVER"),
        at("arrow encode", "INTERNAL"),
      ];
      expect(Math.min(client, server, encode)).toBeGreaterThanOrEqual(0);
      // One trace through the socket, and all of it in the process's run.
      expect([parents[server], parents[encode]]).toEqual([ids[client], ids[server]]);
      expect(new Set(await column(run, "trace_id")).size).toBe(1);
    },
  );

  it("are left alone where it does not declare them", () => {
    node(["--import", register, "serves.mjs"]);
    expect(firstRun().manifest.run?.status).toBe("completed");
  });
});

describe("another agent's loader hook", () => {
  const hook = createRequire(import.meta.url).resolve("@opentelemetry/instrumentation/hook.mjs");
  const agent = `data:text/javascript,import{register}from"node:module";register(${JSON.stringify(pathToFileURL(hook).href)})`;

  it.each([
    ["before", ["--import", agent, "--import", register]],
    ["after", ["--import", register, "--import", agent]],
  ])("may come %s ours", async (_, imports) => {
    const bare = node(["app.mjs", data]);
    const { stdout, stderr, status } = node([...othersRegister, ...imports, "app.mjs", data]);
    expect([stdout, stderr, status]).toEqual([bare.stdout, bare.stderr, bare.status]);
    expect((await spanNames(firstRun())).sort()).toEqual([
      "arrow decode",
      "arrow decode",
      "arrow encode",
      "scan orders",
    ]);
  });
});

describe("OTEL_CONFIG_FILE", () => {
  it("sets up the providers that it describes, and Pitot attaches to them", async () => {
    await using sink = await startOtlpSink();
    const child = spawn(process.execPath, ["--import", register, "app.mjs", data], {
      cwd: fixtures,
      stdio: "ignore",
      env: { ...process.env, PITOT_DIR: folder, OTEL_CONFIG_FILE: "otel.yaml", SINK: sink.url },
    });
    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(3);
    const names = ["arrow decode", "arrow encode", "run @pitot/node", "scan orders"];
    expect(sink.spans.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    expect(JSON.stringify(sink.requests.map(({ body }) => body))).toContain("configured");
    expect((await spanNames(firstRun())).sort()).toEqual([
      "arrow decode",
      "arrow decode",
      "arrow encode",
      "scan orders",
    ]);
  });

  it("must be there", () => {
    const { status, stdout, stderr } = node(["--import", register, "end.mjs"], {
      OTEL_CONFIG_FILE: "nowhere.yaml",
    });
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^pitot: OTEL_CONFIG_FILE .*"nowhere.yaml"/);
  });
});

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
