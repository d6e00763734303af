import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deliveryStatus, listScopes, readManifest, recover } from "@pitot/snapshot";
import { startOtlpSink, type OtlpAnswer } from "@pitot/testing";
import { RecordBatchReader, type RecordBatch } from "apache-arrow";
import { expect, it } from "vitest";
import { replay } from "../src/index.ts";

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
async function kill(
  directory: string,
  flush: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Killed> {
  const child = spawn(process.execPath, [fixture], {
    env: { ...process.env, PITOT_DIR: directory, PITOT_FLUSH: flush, ...env },
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

/** One that was killed while it made a folder leaves it without tables, for a minute. */
function isBorn(folder: string): boolean {
  return readdirSync(folder).some((name) => name === "run.json" || /\.arrows?$/.test(name));
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
        if (isBorn(folder)) expect(readManifest(folder).state).toBe("compacted");
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

/** What a Collector on a bad day answers. */
const MOODS: readonly OtlpAnswer[] = [
  { status: 200 },
  { status: 200 },
  { status: 503 },
  { status: 429, headers: { "retry-after": "0" } },
  "reset",
  "cut",
  "hang",
];

/** Names of the spans of a request, with their ids. */
function spansOf(body: unknown): string[] {
  const { resourceSpans } = body as {
    resourceSpans: { scopeSpans: { spans: { name: string; spanId: string }[] }[] }[];
  };
  return resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map(({ name, spanId }) => `${name} ${spanId}`)),
  );
}

it(
  "has all spans delivered by three replays at once, whatever a Collector answered to those that were killed",
  async () => {
    for (let done = 0; done < KILLS; done += 25) {
      const directory = mkdtempSync(join(tmpdir(), "pitot-soak-"));
      const taken = new Set<string>();
      let moody = true;
      await using sink = await startOtlpSink({
        answer: ({ signal, body }) => {
          if (signal !== "traces") return { status: 200 };
          const mood = moody ? MOODS[Math.floor(Math.random() * MOODS.length)]! : MOODS[0]!;
          if (mood === "cut" || (typeof mood === "object" && mood.status === 200))
            for (const span of spansOf(body)) taken.add(span);
          return mood;
        },
      });
      const killed = await Promise.all(
        [1, 2, 3].map(
          async () =>
            await kill(directory, "every", {
              OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
              OTEL_EXPORTER_OTLP_TIMEOUT: "300",
              OTEL_BSP_MAX_QUEUE_SIZE: "100",
              OTEL_BSP_SCHEDULE_DELAY: "20",
            }),
        ),
      );
      moody = false;
      const again = async (): Promise<unknown> => await replay({ directory, endpoint: sink.url });
      await Promise.all([again(), again(), recover(directory).then(again)]);
      // All may have stepped back from a folder that all wanted.
      await again();
      expect(await replay({ directory, endpoint: sink.url })).toMatchObject({ sent: 0 });
      const names = new Set([...taken].map((span) => span.split(" ")[0]));
      for (const { sure } of killed) expect(sure.filter((name) => !names.has(name))).toEqual([]);
      const sum = { spans: 0, delivered: 0 };
      for (const { folder } of listScopes(directory)) {
        if (!isBorn(folder)) continue;
        const { spans, delivered } = await deliveryStatus(folder, readManifest(folder));
        sum.spans += spans;
        sum.delivered += delivered;
      }
      // Each span is in one folder, and the ledger says what the Collector says.
      expect(sum).toEqual({ spans: taken.size, delivered: taken.size });
      rmSync(directory, { recursive: true, force: true });
    }
  },
  120_000 + KILLS * 3000,
);
