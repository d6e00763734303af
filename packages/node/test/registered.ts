import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { listRuns, readRun, type SnapshotRun } from "@pitot/snapshot";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";

/** Applications of the tests. */
export const fixtures: string = fileURLToPath(new URL("fixtures/register/", import.meta.url));
/** What `--import` is given. */
export const register: string = pathToFileURL(
  realpathSync(fileURLToPath(new URL("../dist/register.js", import.meta.url))),
).href;
const root = mkdtempSync(join(tmpdir(), "pitot-register-"));
/** Where applications find their data. */
export const data: string = join(root, "data");
/** The snapshot folder of the test that runs. */
export let folder: string;

/** For applications in which others use `module.register`, of which Node 26 warns. */
export const othersRegister: readonly string[] =
  Number.parseInt(process.versions.node, 10) >= 26 ? ["--disable-warning=DEP0205"] : [];

/** Makes the data, and a snapshot folder for each test of the file. */
export function useRegister(): void {
  beforeAll(() => {
    mkdirSync(data);
    const made = spawnSync(process.execPath, [join(fixtures, "make-data.js"), data], { encoding: "utf8" });
    expect(made.stderr).toBe("");
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  beforeEach(() => {
    folder = mkdtempSync(join(root, "runs-"));
  });
}

export type Env = Readonly<Record<string, string | undefined>>;

/** Runs Node. */
export function node(
  args: readonly string[],
  env: Env = {},
  cwd: string = fixtures,
): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, args, {
    cwd,
    encoding: "utf8",
    timeout: 60_000,
    env: { ...process.env, NODE_OPTIONS: undefined, PITOT_DIR: folder, PITOT_OTLP: "false", ...env },
  });
}

/** Runs an application without and with register; its own output and end must be the same. */
export function both(
  args: readonly string[],
  env: Env = {},
  cwd: string = fixtures,
): SpawnSyncReturns<string> {
  const bare = node(args, env, cwd);
  const registered = node(["--import", register, ...args], env, cwd);
  expect([registered.stdout, registered.stderr, registered.status, registered.signal]).toEqual([
    bare.stdout,
    bare.stderr,
    bare.status,
    bare.signal,
  ]);
  return registered;
}

/** The runs that were recorded. */
export function runs(): SnapshotRun[] {
  return listRuns(folder).map((id) => readRun(folder, id));
}

/** The only run, or the first. */
export function firstRun(): SnapshotRun {
  const [run] = runs();
  if (run === undefined) throw new Error("no run was recorded");
  return run;
}

/** The texts of a column. */
export async function column(run: SnapshotRun, name: string, table: string = "spans"): Promise<string[]> {
  const found = await run.table(table);
  return found === undefined
    ? []
    : Array.from({ length: found.numRows }, (_, i) => String(found.getChild(name)!.get(i)));
}

/** Names of the spans below the run. */
export async function spanNames(run: SnapshotRun): Promise<string[]> {
  return (await column(run, "name")).filter((name) => !name.startsWith("run "));
}
