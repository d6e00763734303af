import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { session } from "@pitot/core";
import { listScopes, readRun, recover } from "@pitot/snapshot";
import { startOtlpSink } from "@pitot/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startPitot } from "../src/index.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pitot-session-"));
});
afterEach(() => {
  delete process.env["OTEL_EXPORTER_OTLP_ENDPOINT"];
  delete process.env["OTEL_EXPORTER_OTLP_PROTOCOL"];
  rmSync(folder, { recursive: true, force: true });
});

async function rows(table: string): Promise<number[]> {
  return await Promise.all(
    listScopes(folder)
      .filter(({ type }) => type === "session")
      .map(async ({ id }) => (await readRun(folder, id).table(table))?.numRows ?? 0),
  );
}

it("keeps and sends what is recorded outside any run", async () => {
  await using sink = await startOtlpSink();
  process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = sink.url;
  process.env["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/json";
  const pitot = await startPitot({ snapshot: folder });
  session.recordEvent("boot", { ok: true });
  session.recordMetric("session.sent", 1);
  session.recordQualityRow("N", "1", "I");
  await pitot.shutdown();
  expect(await rows("events")).toEqual([1]);
  expect(await rows("metrics")).toEqual([1]);
  expect(await rows("quality")).toEqual([1]);
  const [scope] = listScopes(folder);
  expect(readRun(folder, scope?.id ?? "").manifest).toMatchObject({
    type: "session",
    state: "compacted",
    records: { event: { exported: 1 }, quality: { exported: 1 }, metric: { exported: 1 } },
  });
  expect(sink.spans.map(({ name }) => name).sort()).toEqual([
    "records event",
    "records quality",
    "records summary",
  ]);
});

it.each(["process.exit(3)", "throw new Error('x')", "process.kill(process.pid, 'SIGTERM')"])(
  "is on disk after %s",
  async (end) => {
    const core = fileURLToPath(new URL("../../core/dist/index.js", import.meta.url));
    const node = fileURLToPath(new URL("../dist/index.js", import.meta.url));
    const child = spawnSync(
      process.execPath,
      [
        "--input-type=module",
        "--eval",
        `import { session } from ${JSON.stringify(core)};
        import { startPitot } from ${JSON.stringify(node)};
        await startPitot({ otlp: false });
        session.recordEvent("boot", {});
        session.recordQualityRow("N", "1", "I");
        ${end};`,
      ],
      { env: { ...process.env, PITOT_DIR: folder } },
    );
    expect(child.status).not.toBe(0);
    await recover(folder);
    expect(await rows("events")).toEqual([1]);
    expect(await rows("quality")).toEqual([1]);
    expect(await rows("spans")).toEqual([3]);
  },
);
