import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { createServer as createNetServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { startOtlpSink } from "@pitot/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findRun } from "../src/find-run.ts";
import { fitLines } from "../src/fit-lines.ts";
import { registerOptions } from "../src/register-options.ts";
import type { RunReport } from "../src/run-report.ts";
import { spanTree } from "../src/span-tree.ts";

const cli = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const root = fileURLToPath(new URL("../../../", import.meta.url));
const minimal = fileURLToPath(new URL("../../../examples/minimal/minimal.js", import.meta.url));
const apps = fileURLToPath(new URL("../../node/test/fixtures/register/", import.meta.url));
let folder: string;

type Env = Readonly<Record<string, string | undefined>>;

function environment(env: Env = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PITOT_DIR: folder,
    PITOT_OTLP: "false",
    NO_COLOR: "1",
    FORCE_COLOR: undefined,
    NODE_OPTIONS: undefined,
    ...env,
  };
}

function pitot(
  args: readonly string[],
  env: Env = {},
): { status: number | null; signal: string | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [cli, ...args], {
    env: environment(env),
    encoding: "utf8",
    timeout: 60_000,
  });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pitot-cli-"));
  spawnSync(process.execPath, [minimal], { env: { ...process.env, PITOT_DIR: folder } });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("runs and show", () => {
  it("tells of each error where it arose", () => {
    const dir = mkdtempSync(join(tmpdir(), "pitot-cli-errors-"));
    try {
      const app = join(dir, "fails.mjs");
      const facade = new URL("../dist/index.js", import.meta.url).href;
      writeFileSync(
        app,
        `import { startPitot, trackedRun } from ${JSON.stringify(facade)};
        await startPitot();
        const stage = (run, name, error) => run.stage(name, async () => { throw error; });
        await trackedRun({ label: "fails" }, async (run) => {
          await stage(run, "first", new RangeError("too far")).catch(() => {});
          await run.stage("outer", () => stage(run, "inner", new TypeError("no\\nsuch " + "x".repeat(200))));
        }).catch(() => {});`,
      );
      expect(spawnSync(process.execPath, [app], { env: environment({ PITOT_DIR: dir }) }).status).toBe(0);
      const { stdout } = pitot(["show"], { PITOT_DIR: dir });
      const [, errors] = /\nErrors\n((?: {2}.*\n)+)/.exec(stdout) ?? [];
      expect(errors?.split("\n")).toEqual([
        "  stage first  RangeError: too far",
        expect.stringMatching(/^ {2}stage inner {2}TypeError: no such x+…$/),
        "",
      ]);
      const report = JSON.parse(pitot(["show", "--json"], { PITOT_DIR: dir }).stdout) as RunReport;
      expect(report.spans.find(({ name }) => name === "stage first")).toMatchObject({
        status: "ERROR",
        status_message: "too far",
      });
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it("tells a run whose process was killed, and does not watch it for ever", () => {
    const dir = mkdtempSync(join(tmpdir(), "pitot-cli-killed-"));
    try {
      const app = join(dir, "killed.mjs");
      const facade = new URL("../dist/index.js", import.meta.url).href;
      writeFileSync(
        app,
        `import { startPitot, startRun } from ${JSON.stringify(facade)};
        await startPitot();
        const run = startRun({ label: "killed" });
        setTimeout(() => process.kill(process.pid, "SIGKILL"), 100);`,
      );
      const ended = spawnSync(process.execPath, [app], { env: environment({ PITOT_DIR: dir }) });
      expect(ended.signal).toBe("SIGKILL");
      expect(pitot(["runs"], { PITOT_DIR: dir }).stdout).toContain("interrupted");
      const shown = pitot(["show", "last", "--watch"], { PITOT_DIR: dir });
      expect([shown.status, shown.signal]).toEqual([0, null]);
      expect(shown.stdout).toContain("killed  interrupted");
      expect(shown.stdout).toContain("Its process is gone");
      expect(JSON.parse(pitot(["show", "last", "--json"], { PITOT_DIR: dir }).stdout)).toMatchObject({
        version: 1,
        interrupted: true,
        manifest: { state: "open" },
      });
      expect(pitot(["recover"], { PITOT_DIR: dir }).status).toBe(0);
      expect(pitot(["show", "last"], { PITOT_DIR: dir }).stdout).toContain("killed  aborted");
      const [id] = readdirSync(join(dir, "runs"));
      writeFileSync(join(dir, "runs", id ?? "", "run.json"), "{");
      const damaged = pitot(["runs"], { PITOT_DIR: dir });
      expect([damaged.status, damaged.stdout]).toEqual([1, ""]);
      expect(damaged.stderr).toContain("The manifest is not JSON");
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it("lists runs as text and as JSON", () => {
    expect(pitot(["runs"]).stdout).toMatch(
      /^[0-9a-f-]{36} {2}completed {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +[\d.]+ ms {2}minimal\n$/,
    );
    const [manifest] = JSON.parse(pitot(["runs", "--json"]).stdout) as {
      id: string;
      run: { label: string };
    }[];
    expect(manifest?.run.label).toBe("minimal");
    expect(pitot(["runs", "--label", "other"]).stdout).toContain('No runs of label "other"');
  });

  it("shows a run by its beginning, or the last", () => {
    const { stdout } = pitot(["show", "last"]);
    expect(stdout).toContain("run minimal");
    expect(stdout).toContain("1  orders  ORDER  INVALID_ID");
    const id = pitot(["runs"]).stdout.slice(0, 36);
    expect(pitot(["show", id.slice(0, 20)]).stdout).toBe(stdout);
    // A run that has ended is shown once.
    expect(pitot(["show", "--watch", "last"]).stdout).toBe(stdout);
  });

  it("shows a run as JSON of a version", () => {
    const report = JSON.parse(pitot(["show", "last", "--json"]).stdout) as Record<string, unknown>;
    expect(Object.keys(report)).toEqual([
      "version",
      "manifest",
      "interrupted",
      "spans",
      "scans",
      "datasets",
      "tables",
      "quality",
      "metrics",
      "events",
    ]);
    expect(report).toMatchObject({
      version: 1,
      quality: [{ source_table: "orders", entity_kind: "ORDER", issue: "INVALID_ID", rows: 1 }],
    });
  });

  it("shows the tables that a run measured, instead of a metric for each of their columns", () => {
    const dir = join(folder, "tables");
    const program = `import { recordDatasets, startPitot, trackedRun } from "pitot";
      const pitot = await startPitot({ serviceName: "tables", otlp: false });
      trackedRun({ label: "tables" }, (run) => {
        recordDatasets(run, { nodes: { id: [1, null, null], name: ["a", "b", null] }, edges: { weight: [0.5] } });
        run.recordMetric("orders.loaded", 3);
      });
      await pitot.shutdown();`;
    const env = { ...process.env, PITOT_DIR: dir };
    spawnSync(process.execPath, ["--input-type=module", "-e", program], { cwd: root, env });
    const { stdout } = pitot(["show", "--dir", dir]);
    expect(stdout).toContain(
      "Tables\n  nodes  3 rows  2 columns  nulls: 2 in id, 1 in name\n  edges  1 rows  1 columns  no nulls\n",
    );
    expect(stdout).toContain("orders.loaded");
    expect(stdout).not.toContain("pitot.column.nulls");
    const report = JSON.parse(pitot(["show", "--dir", dir, "--json"]).stdout) as RunReport;
    expect(report.tables).toMatchObject([{ name: "nodes", nulls: { id: 2, name: 1 } }, { name: "edges" }]);
    expect(report.metrics.map(({ name }) => name)).toContain("pitot.column.nulls");
  });

  it("says what to do where there is no such run, and exits by 1", () => {
    const { status, stdout, stderr } = pitot(["show", "nothing"]);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toBe('pitot: There is no such run: "nothing". Take an id from `pitot runs`.\n');
    expect(pitot(["show", "--dir", join(folder, "none")])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("There are no runs yet") as unknown,
    });
    expect(() => findRun(["ab1", "ab2", "c"], "ab")).toThrow(/2 runs begin like this.*ab2, ab1/);
    expect(findRun(["ab1", "ab2", "c"], "ab2…")).toBe("ab2");
  });

  it("exits by 2 on wrong usage", () => {
    expect(pitot(["nope"])).toMatchObject({ status: 2, stdout: "" });
    expect(pitot(["runs", "--limit", "none"])).toMatchObject({ status: 2, stdout: "" });
    expect(pitot(["--help"]).status).toBe(0);
  });

  it("lists the others where a run is damaged, and says so", () => {
    const broken = join(folder, "runs", "broken");
    mkdirSync(broken);
    writeFileSync(join(broken, "run.json"), "{");
    const { stdout, stderr, status } = pitot(["runs"]);
    rmSync(broken, { recursive: true });
    expect([status, stdout.split("\n").length]).toEqual([0, 2]);
    expect(stderr).toContain("The manifest is not JSON");
  });

  it("teaches where there are no runs", () => {
    expect(pitot(["runs", "--dir", join(folder, "empty")]).stdout).toContain("No runs in");
  });

  it("completes commands", () => {
    expect(pitot(["complete", "--", "do"]).stdout).toContain("doctor");
    expect(pitot(["completion", "bash"]).stdout).toContain("complete");
    const id = pitot(["runs"]).stdout.slice(0, 36);
    expect(pitot(["complete", "--", "show", id.slice(0, 4)]).stdout).toContain(id);
    expect(pitot(["complete", "--", "show", ""]).stdout).toMatch(/^last\t/);
  });

  it("has an example for each command", () => {
    const commands = ["run", "runs", "show", "doctor", "recover", "replay", "prune", "export"];
    for (const command of commands)
      expect(pitot([command, "--help"]).stdout).toContain(`\n  pitot ${command}`);
  });

  it("ends in silence when nobody reads it any more", () => {
    const command = `'${process.execPath}' '${cli}' show --json | { exec <&-; sleep 3; }`;
    const { stdout, stderr } = spawnSync("sh", ["-c", command], { env: environment(), encoding: "utf8" });
    expect([stdout, stderr]).toEqual(["", ""]);
  });
});

describe("on a terminal", () => {
  const text = "a line of thirty characters.....\n\n日本語ラベル🦆日本語ラベル\nshort";

  it("lines are cut at its width, in columns as they show, and nowhere else", () => {
    expect(fitLines(text, {})).toBe(text);
    expect(fitLines(text, { isTTY: true, columns: 100 })).toBe(text);
    expect(fitLines(text, { isTTY: true, columns: 16 })).toBe("a line of thirt…\n\n日本語ラベル🦆…\nshort");
  });

  it("long trees cut names, not durations", () => {
    const span = {
      span_id: "1",
      parent_span_id: null,
      start_unix_ms: 0,
      duration_ms: 1500,
      status: "UNSET",
      status_message: null,
      attributes: {},
      events: 0,
    };
    const [line] = spanTree([{ ...span, name: "stage of a very long name" }], 40);
    expect(stripVTControlCharacters(line ?? "")).toBe("stage of a ver…    1.50 s");
  });

  it("nests trees as deep as can be read, and counts the rest", () => {
    const spans = Array.from({ length: 20_000 }, (_, i) => ({
      span_id: String(i),
      parent_span_id: i === 0 ? null : String(i - 1),
      name: `d${i}`,
      start_unix_ms: i,
      duration_ms: 1,
      status: "UNSET",
      status_message: null,
      attributes: {},
      events: 0,
    }));
    const lines = spanTree(spans);
    expect(lines).toHaveLength(41);
    expect(stripVTControlCharacters(lines.at(-1) ?? "").trim()).toBe("… 19960 spans below");
  });

  // A terminal of its own, by util-linux.
  const script = spawnSync("script", ["--version"]).status === 0;
  const inTerminal = (command: string, env: Env = {}) =>
    spawn("script", ["-qec", command, "/dev/null"], {
      env: environment({ TERM: "xterm", NO_COLOR: undefined, ...env }),
      stdio: ["pipe", "pipe", "inherit"],
    });

  it.skipIf(!script)(
    "progress has the last row while the application runs, and is gone afterwards",
    async () => {
      const app = `setTimeout(() => console.log("mine"), 2500)`;
      const child = inTerminal(
        `stty rows 10 cols 60; '${process.execPath}' '${cli}' run --no-summary -- '${process.execPath}' -e '${app}'`,
      );
      let output = "";
      for await (const chunk of child.stdout) output += String(chunk);
      expect(output).toContain("\u001B[1;9r");
      const row = output.slice(output.indexOf("\u001B[10;1H\u001B[2K"));
      expect(stripVTControlCharacters(row)).toMatch(/^pitot \d\.\d\d s/);
      expect(output.slice(output.lastIndexOf("\u001B[r"))).not.toContain("pitot");
      expect(output).toContain("mine");
    },
  );

  it.skipIf(!script)("ctrl-c reaches the application once, whatever its input is", async () => {
    const app = `let n = 0; process.on("SIGINT", () => { n++; setTimeout(() => { console.log("got " + n); process.exit(0); }, 300); }); setInterval(() => {}, 1000); console.log("up");`;
    const child = inTerminal(
      `'${process.execPath}' '${cli}' run --no-summary --no-progress -- '${process.execPath}' -e '${app}' < /dev/null`,
    );
    let output = "";
    for await (const chunk of child.stdout) {
      if (!output.includes("up") && String(chunk).includes("up")) child.stdin.write("\u0003");
      output += String(chunk);
    }
    expect(output).toContain("got 1");
  });
});

describe("run", () => {
  it("passes output, exit code and arguments on, and tells afterwards what happened", () => {
    const dir = mkdtempSync(join(tmpdir(), "pitot cli-"));
    const app = join(dir, "an app.mjs");
    writeFileSync(
      app,
      `import { writeFileSync } from "node:fs"; writeFileSync(process.argv[2], "x"); console.log(process.argv.slice(2).join()); console.error("mine"); process.exitCode = 4;`,
    );
    const out = join(dir, "result.arrow");
    const { status, stdout, stderr } = pitot(
      ["run", "--label", "night", "--", process.execPath, app, out, "--json"],
      {
        PITOT_DIR: join(dir, "runs of mine"),
      },
    );
    expect([status, stdout]).toEqual([4, `${out},--json\n`]);
    expect(stderr).toMatch(/^mine\n/);
    expect(stderr).toContain("✗ night  failed in");
    expect(stderr).toContain("→ result  arrow");
    expect(stderr).toContain("pitot show last");
    rmSync(dir, { recursive: true, force: true });
  });

  it("takes code in place of a script, with arguments", () => {
    const { status, stdout } = pitot(["run", "--", process.execPath, "-p", "process.argv[1]", "a b"]);
    expect([status, stdout]).toEqual([0, "a b\n"]);
  });

  it("leaves signals as they are", () => {
    const code = `process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000);`;
    expect(pitot(["run", "--no-summary", "--", process.execPath, "-e", code])).toMatchObject({
      status: null,
      signal: "SIGTERM",
      stdout: "",
      stderr: "",
    });
  });

  it("hands a signal on to the application, whose handler has the last word", async () => {
    const code = `process.on("SIGTERM", () => process.exit(9)); setInterval(() => {}, 1000); console.log("up");`;
    const child = spawn(process.execPath, [cli, "run", "--no-summary", "--", process.execPath, "-e", code], {
      env: environment(),
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.kill("SIGTERM");
    expect(
      await new Promise((resolve) => child.once("exit", (status, signal) => resolve([status, signal]))),
    ).toEqual([9, null]);
  });

  it("says what is wrong with a command that cannot be started", () => {
    const { status, stderr } = pitot(["run", "--", "no-such-command"]);
    expect(status).toBe(127);
    expect(stderr).toBe(
      'pitot: The command cannot be started: "no-such-command". Write the command as in a shell: pitot run -- node app.js.\n',
    );
  });

  it("tells a command that may not be run from one that is not there", () => {
    const file = join(folder, "not-executable");
    writeFileSync(file, "");
    const { status, stderr } = pitot(["run", "--", file]);
    expect([status, stderr]).toEqual([126, expect.stringContaining("Make it executable")]);
  });

  it("says so where no Node process ran", () => {
    expect(pitot(["run", "--", "true"])).toMatchObject({
      status: 0,
      stderr: expect.stringContaining("no run was recorded") as unknown,
    });
  });

  it("keeps the NODE_OPTIONS that there are, and itself in them once", () => {
    expect(registerOptions(undefined, "file:///a%20b.js")).toBe("--import=file:///a%20b.js");
    const once = registerOptions("--max-old-space-size=99", "file:///r.js");
    expect(once).toBe("--import=file:///r.js --max-old-space-size=99");
    expect(registerOptions(once, "file:///r.js")).toBe(once);
  });
});

describe("doctor", () => {
  const findings = (stdout: string): Record<string, { outcome: string; message: string }> =>
    Object.fromEntries(
      (
        JSON.parse(stdout) as { findings: { check: string; outcome: string; message: string }[] }
      ).findings.map((finding) => [finding.check, finding]),
    );

  it("tells what an application had hooked, and why the rest is not", () => {
    const data = mkdtempSync(join(tmpdir(), "pitot-data-"));
    spawnSync(process.execPath, [join(apps, "make-data.js"), data]);
    const { status, stdout } = pitot(
      ["doctor", "--json", "--", process.execPath, join(apps, "app.mjs"), data],
      {
        OTEL_NODE_DISABLED_INSTRUMENTATIONS: "fs",
      },
    );
    expect(status).toBe(0);
    const found = findings(stdout);
    expect(found["hyparquet"]?.message).toMatch(/^hooked \(file:.*hyparquet/);
    expect(found["@duckdb/node-api"]?.message).toContain("not imported by its name");
    expect(found["fs"]?.message).toBe("left out: by the environment");
    expect(found["application"]).toMatchObject({ outcome: "warning", message: "exited by 3" });
    rmSync(data, { recursive: true, force: true });
  });

  it("tells of a server too, when a signal has ended it", async () => {
    const code = `require("node:http").createServer().listen(0, () => console.error("up"))`;
    const child = spawn(process.execPath, [cli, "doctor", "--json", "--", process.execPath, "-e", code], {
      env: environment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stderr.once("data", () => child.kill("SIGTERM"));
    let text = "";
    for await (const chunk of child.stdout) text += String(chunk);
    expect(findings(text)["application"]).toMatchObject({ message: "ended by SIGTERM" });
    expect(findings(text)["stream"]?.message).toMatch(/^hooked/);
  });

  it("really sends a span, and tells the answer", async () => {
    await using sink = await startOtlpSink();
    const env = environment({
      PITOT_OTLP: undefined,
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    });
    const child = spawn(process.execPath, [cli, "doctor", "--json"], {
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    for await (const chunk of child.stdout) text += String(chunk);
    expect(findings(text)["delivery"]).toMatchObject({ outcome: "ok" });
    expect(sink.spans.map(({ name }) => name)).toEqual(["pitot doctor"]);
    expect(findings(text)["delivery"]?.message).toContain(sink.spans.map(({ traceId }) => traceId).join());
  });

  it("tells what stands at the end of the wire where it is no back end", async () => {
    const answers = (status: number, body = "") =>
      createHttpServer((request, response) => {
        request.resume().once("end", () => response.writeHead(status).end(body));
      });
    const h2 = createHttp2Server();
    const shut = createNetServer((socket) => socket.on("error", () => {}).destroy());
    const text = createNetServer((socket) => socket.on("error", () => {}).end("SSH-2.0-OpenSSH_9.9\r\n"));
    const all: [string, Server, RegExp][] = [
      ["http", answers(401), /answered 401.*\n.*OTEL_EXPORTER_OTLP_HEADERS/],
      ["http", answers(404), /answered 404.*\n.*without v1\/traces/],
      ["http", answers(503), /answered 503/],
      ["http", answers(200, "<html>"), /answered with a page/],
      ["http", h2, /does not speak HTTP as OTLP does/],
      ["http", shut, /does not speak HTTP as OTLP does/],
      ["http", text, /does not speak HTTP as OTLP does/],
      ["https", answers(200), /does not speak TLS/],
    ];
    const results = await Promise.all(
      all.map(async ([scheme, server]) => {
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const { port } = server.address() as AddressInfo;
        const env = environment({ OTEL_EXPORTER_OTLP_ENDPOINT: `${scheme}://127.0.0.1:${port}` });
        const child = spawn(process.execPath, [cli, "doctor"], { env, stdio: ["ignore", "pipe", "inherit"] });
        const ended = new Promise((resolve) => child.once("exit", resolve));
        let output = "";
        for await (const chunk of child.stdout) output += String(chunk);
        server.close();
        return [await ended, output] as const;
      }),
    );
    for (const [i, [status, output]] of results.entries()) {
      expect(output).toMatch(all[i]![2]);
      expect(status).toBe(1);
    }
  });

  it("names what is wrong, and exits by 1", () => {
    const file = join(folder, "a-file");
    writeFileSync(file, "");
    const wrong = pitot(["doctor", "--json"], {
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
      PITOT_DIR: "/proc/pitot",
    });
    expect(wrong.status).toBe(1);
    const found = findings(wrong.stdout);
    expect(found["delivery"]).toMatchObject({ outcome: "problem" });
    expect(found["delivery"]?.message).toContain("http://127.0.0.1:1/v1/traces did not take a span");
    const value = pitot(["doctor"], { PITOT_EXPORT_ROWS: "some" });
    expect([value.status, value.stdout]).toEqual([
      1,
      expect.stringContaining('PITOT_EXPORT_ROWS has a value that it cannot have: "some"'),
    ]);
  });

  it("finds copies of OpenTelemetry's API that differ", () => {
    const app = mkdtempSync(join(tmpdir(), "pitot-copies-"));
    const api = fileURLToPath(
      new URL("../../../node_modules/@opentelemetry/api/package.json", import.meta.url),
    );
    const copy = join(app, "node_modules/@opentelemetry/api/package.json");
    cpSync(api, copy);
    const other = join(app, "node_modules/agent/node_modules/@opentelemetry/api/package.json");
    cpSync(api, other);
    writeFileSync(other, readFileSync(other, "utf8").replace(/"version": "[^"]+"/, '"version": "1.4.0"'));
    const { stdout } = spawnSync(process.execPath, [cli, "doctor", "--json"], {
      cwd: app,
      env: environment(),
      encoding: "utf8",
    });
    expect(findings(stdout)["@opentelemetry/api"]).toMatchObject({ outcome: "warning" });
    expect(findings(stdout)["@opentelemetry/api"]?.message).toContain("1.4.0");
    rmSync(app, { recursive: true, force: true });
  });
});
