import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { median, type BenchResult } from "./bench-result.ts";

const ROUNDS = 15;

/** Time until an application's first line runs: `--import pitot/register` against NodeSDK with the same exporters. */
export async function startUpAgainstNodeSdk(): Promise<BenchResult> {
  return await compare(
    "NodeSDK",
    fileURLToPath(new URL("start-up-node-sdk-child.js", import.meta.url)),
    0.75,
  );
}

/** The same against `@opentelemetry/auto-instrumentations-node/register`. */
export async function startUpAgainstAuto(): Promise<BenchResult> {
  return await compare(
    "auto-instrumentations-node",
    fileURLToPath(import.meta.resolve("@opentelemetry/auto-instrumentations-node/register")),
    0.5,
  );
}

async function compare(peerName: string, peerFile: string, goal: number): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), "pitot-bench-"));
  // An application of its own, below no package: what ours declares would be instrumented too.
  const app = join(folder, "app.mjs");
  writeFileSync(app, "process.stdout.write(`${performance.now()}\\n`);\n");
  const register = fileURLToPath(import.meta.resolve("@pitot/node/register"));
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round++)
    for (const [which, file] of [register, peerFile].entries()) {
      const time = await firstLine(file, app, folder);
      // The first round fills the disk's cache.
      if (round > 0) times[which]!.push(time);
    }
  rmSync(folder, { recursive: true, force: true });
  const [ours, peer] = [median(times[0]), median(times[1])];
  return {
    row: 10,
    name: "start-up until the application's first line",
    ours,
    peer,
    peerName,
    unit: "ms",
    ratio: ours / peer,
    goal: `≤ ${goal.toFixed(2)}`,
    met: ours / peer <= goal,
  };
}

/** Ms since the process began when its first line ran. */
async function firstLine(preload: string, app: string, folder: string): Promise<number> {
  const child = spawn(process.execPath, ["--import", preload, app], {
    stdio: ["ignore", "pipe", "ignore"],
    // An endpoint, so that nobody asks whether there is one.
    env: { ...process.env, PITOT_DIR: folder, OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" },
  });
  const [chunk] = (await once(child.stdout, "data")) as [Buffer];
  // How the process ends is no part of its start.
  child.kill("SIGKILL");
  await once(child, "exit");
  return Number(String(chunk));
}
