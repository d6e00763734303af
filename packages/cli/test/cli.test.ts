import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const cli = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const minimal = fileURLToPath(new URL("../../../examples/minimal/minimal.js", import.meta.url));
let folder: string;

function pitot(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [cli, ...args], {
    env: { ...process.env, PITOT_DIR: folder, NO_COLOR: "1", FORCE_COLOR: undefined },
    encoding: "utf8",
  });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pitot-cli-"));
  spawnSync(process.execPath, [minimal], { env: { ...process.env, PITOT_DIR: folder } });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("pitot", () => {
  it("lists runs as text and as JSON", () => {
    expect(pitot("runs").stdout).toMatch(/^[0-9a-f-]{36} {2}completed +[\d.]+ ms {2}minimal\n$/);
    const [manifest] = JSON.parse(pitot("runs", "--json").stdout) as { id: string; run: { label: string } }[];
    expect(manifest?.run.label).toBe("minimal");
  });

  it("shows a run by its beginning, or the last", () => {
    const { stdout } = pitot("show", "last");
    expect(stdout).toContain("run minimal");
    expect(stdout).toContain("1  orders  ORDER  INVALID_ID");
    const id = pitot("runs").stdout.slice(0, 36);
    expect(pitot("show", id.slice(0, 20)).stdout).toBe(stdout);
  });

  it("says what to do where there is no such run, and exits by 1", () => {
    const { status, stdout, stderr } = pitot("show", "nothing");
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toBe('pitot: There is no such run: "nothing". Take an id from `pitot runs`.\n');
  });

  it("lists the others where a run is damaged, and says so", () => {
    const broken = join(folder, "runs", "broken");
    mkdirSync(broken);
    writeFileSync(join(broken, "run.json"), "{");
    const { stdout, stderr, status } = pitot("runs");
    rmSync(broken, { recursive: true });
    expect([status, stdout.split("\n").length]).toEqual([0, 2]);
    expect(stderr).toContain("The manifest is not JSON");
  });

  it("teaches where there are no runs", () => {
    expect(pitot("runs", "--dir", join(folder, "empty")).stdout).toContain("No runs in");
  });
});
