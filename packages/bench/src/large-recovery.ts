import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { copyFile, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listRuns, readRun, recover } from "@pitot/snapshot";
import type { BenchResult } from "./bench-result.ts";

const MIB = 1024;

/**
 * Row 16: recovery of a killed run of 1 GiB, nine tenths of it quality rows and one tenth spans, against copying its files, forcing the copies to
 * the disk and taking their SHA-256.
 */
export async function largeRecovery(): Promise<BenchResult> {
  const directory = mkdtempSync(join(tmpdir(), "pitot-recovery-"));
  try {
    const child = spawnSync(
      process.execPath,
      [fileURLToPath(new URL("large-recovery-child.js", import.meta.url)), String(MIB)],
      { env: { ...process.env, PITOT_DIR: directory }, encoding: "utf8" },
    );
    if (child.signal !== "SIGKILL") throw new Error(`the child failed: ${child.stderr}`);
    const [id = ""] = listRuns(directory);
    const folder = join(directory, "runs", id);
    const tables = readdirSync(folder).filter((name) => name.endsWith(".arrows"));
    const bytes = tables.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    const peer = await seconds(async () => {
      for (const name of tables) await copied(join(folder, name), join(directory, name));
    });
    const ours = await seconds(async () => {
      await recover(directory);
    });
    const { state, tables: kept } = readRun(directory, id).manifest;
    if (state !== "compacted" || (kept["quality"]?.rows ?? 0) === 0 || (kept["spans"]?.rows ?? 0) === 0)
      throw new Error("the run was not recovered");
    if (bytes < MIB * 2 ** 20) throw new Error("the run is too small");
    return {
      row: 16,
      name: "recovery of a killed run of 1 GiB",
      ours,
      peer,
      peerName: "copy, fsync and SHA-256",
      unit: "s",
      ratio: ours / peer,
      goal: "ours < 10",
      met: ours < 10,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function copied(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  const file = await open(to, "r+");
  await file.sync();
  await file.close();
  const hash = createHash("sha256");
  for await (const part of createReadStream(to, { highWaterMark: 1 << 20 })) hash.update(part as Buffer);
  hash.digest("hex");
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
