import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listScopes, readManifest, recover } from "@pitot/snapshot";
import { RecordBatchReader, type RecordBatch } from "apache-arrow";
import { expect, it } from "vitest";

const fixture = fileURLToPath(new URL("fixtures/endless.js", import.meta.url));
/** `PITOT_SOAK=1000 npx vitest run --config .vitest.config.ts packages/node/test/kill-soak.test.ts` */
const KILLS = Number(process.env["PITOT_SOAK"] ?? 50);
const TOGETHER = 5;
const INTERVAL_MS = 50;

interface Killed {
  readonly flush: string;
  /** What it says that it recorded, and that must be on disk: all, or what a timer set then found a flush interval old. */
  readonly sure: readonly string[];
}

/** One of several processes that share a folder, killed at a random moment of its life. */
async function kill(directory: string, flush: string): Promise<Killed> {
  const child = spawn(process.execPath, [fixture], {
    env: { ...process.env, PITOT_DIR: directory, PITOT_FLUSH: flush },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  const closed = new Promise((resolve) => {
    child.once("close", resolve);
  });
  await new Promise<void>((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      output += part;
      resolve();
    });
  });
  await new Promise((resolve) => {
    setTimeout(resolve, Math.random() * 900);
  });
  child.kill("SIGKILL");
  await closed;
  // The last line may be half a line.
  const lines = output.split("\n").slice(0, -1);
  const recorded = lines.filter((line) => !line.startsWith("flushed "));
  const flushed = lines.findLast((line) => line.startsWith("flushed ")) ?? "flushed 0";
  return { flush, sure: flush === "every" ? recorded : recorded.slice(0, Number(flushed.split(" ")[1])) };
}

function kept(directory: string, table: string, column: string): Set<string> {
  const values = new Set<string>();
  for (const { folder } of listScopes(directory))
    for (const name of readdirSync(folder).filter((file) => file === `${table}.arrow`)) {
      const batches: RecordBatch[] = [...RecordBatchReader.from(readFileSync(join(folder, name)))];
      for (const batch of batches) for (const value of batch.getChild(column)!) values.add(String(value));
    }
  return values;
}

it(
  `loses nothing beyond the flush interval over ${KILLS} kills at random moments`,
  async () => {
    const random = async (directory: string): Promise<void> => {
      const killed = await Promise.all(
        Array.from({ length: TOGETHER }, async (_, i) => {
          const one = await kill(directory, i % 2 === 0 ? "every" : `${INTERVAL_MS}`);
          // Others are still alive in there.
          await recover(directory);
          return one;
        }),
      );
      await recover(directory);
      for (const { folder } of listScopes(directory))
        // One that was killed while it made a folder leaves it without tables, for a minute.
        if (readdirSync(folder).some((name) => name === "run.json" || /\.arrows?$/.test(name)))
          expect(readManifest(folder).state).toBe("compacted");
      const spans = kept(directory, "spans", "name");
      const rows = kept(directory, "quality", "entity_id");
      for (const { flush, sure } of killed) {
        const missing = sure.filter((id) => !spans.has(id) || !rows.has(id));
        expect(missing, `flush ${flush}`).toEqual([]);
      }
    };
    for (let done = 0; done < KILLS; done += TOGETHER) {
      const directory = mkdtempSync(join(tmpdir(), "pitot-soak-"));
      await random(directory);
      rmSync(directory, { recursive: true, force: true });
    }
  },
  60_000 + KILLS * 3000,
);
