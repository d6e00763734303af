import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startOtlpSink } from "@pitot/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const cli = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const fixture = fileURLToPath(new URL("../../node/test/fixtures/die.js", import.meta.url));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pitot-commands-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process that dies with its Collector away. */
function die(way: string): void {
  spawnSync(process.execPath, [fixture, way], {
    env: { ...process.env, PITOT_DIR: folder, OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9" },
    stdio: "ignore",
  });
}

async function pitot(...args: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [cli, ...args], {
    env: { ...process.env, PITOT_DIR: folder, NO_COLOR: "1", FORCE_COLOR: undefined },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => (stdout += part));
  child.stderr.setEncoding("utf8").on("data", (part: string) => (stderr += part));
  const status = await new Promise<number | null>((resolve) => {
    child.once("close", resolve);
  });
  return { status, stdout, stderr };
}

describe("pitot recover", () => {
  it("finishes what a dead process left, and says what it did", async () => {
    die("SIGKILL");
    const { stdout, status } = await pitot("recover");
    expect(status).toBe(0);
    expect(stdout).toMatch(/run {2}recovered; 2 open spans closed as aborted\n/);
    expect(stdout).toMatch(/\n2 recovered, 0 intact, 0 alive\n$/);
    expect((await pitot("recover")).stdout).toBe("0 recovered, 2 intact, 0 alive\n");
    expect((await pitot("show", "last")).stdout).toContain("aborted");
  });
});

describe("pitot replay", () => {
  it("sends what waits, once, and says how much that was", async () => {
    die("process.exit");
    await using sink = await startOtlpSink();
    const first = await pitot("replay", "--pending", "--endpoint", sink.url);
    expect([first.status, first.stderr]).toEqual([0, ""]);
    expect(first.stdout).toMatch(/ {2}101 of 101 spans, 100 of 100 log records {2}delivered\n/);
    expect(first.stdout).toMatch(
      /\n105 of 105 spans delivered\n100 of 100 log records delivered\n1 of 1 requests of metrics delivered\n$/,
    );
    expect(sink.spans).toHaveLength(105);
    const second = await pitot("replay", "--pending", "--endpoint", sink.url);
    expect(second.stdout).toBe("0 of 0 spans delivered\n");
    expect(sink.spans).toHaveLength(105);
  });

  it("exits by 1 where something is left", async () => {
    die("process.exit");
    await using sink = await startOtlpSink({ answer: () => ({ status: 400 }) });
    const { status, stdout } = await pitot("replay", "--pending", "--endpoint", sink.url);
    expect(status).toBe(1);
    expect(stdout).toContain("0 of 105 spans delivered");
  });

  it("wants to be told what", async () => {
    const { status, stderr } = await pitot("replay");
    expect(status).toBe(1);
    expect(stderr).toContain("Name runs, or give --pending.");
  });
});

describe("pitot prune and export", () => {
  it("removes runs by number, and undelivered ones only when asked", async () => {
    die("process.exit");
    await pitot("recover");
    expect((await pitot("prune", "--keep", "0", "--no-undelivered")).stdout).toBe("0 removed, 0 bytes\n");
    expect((await pitot("prune", "--keep", "0", "--dry-run")).stdout).toContain("2 would be removed");
    expect((await pitot("prune", "--max-size", "1kB")).stdout).toContain("2 removed");
    expect((await pitot("prune", "--older-than", "3 weeks")).stderr).toContain(
      'This is no quantity: "3 weeks"',
    );
    expect((await pitot("prune")).stderr).toContain("Give --older-than, --keep or --max-size.");
  });

  it("writes the tables of a session", async () => {
    die("process.exit");
    const [id = ""] = readdirSync(join(folder, "session"));
    const { stdout } = await pitot("export", id, "--output", join(folder, "out"));
    expect(stdout).toMatch(/spans\.parquet {2}101 rows/);
  });

  it("writes the tables of the last run", async () => {
    die("process.exit");
    const output = join(folder, "out");
    const { stdout } = await pitot("export", "last", "--format", "jsonl", "--output", output);
    expect(stdout).toContain("quality.jsonl  100 rows");
    expect(readdirSync(output).toSorted()).toEqual([
      "events.jsonl",
      "metrics.jsonl",
      "quality.jsonl",
      "spans.jsonl",
    ]);
  });
});
