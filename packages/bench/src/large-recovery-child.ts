// Records a run of so many MiB into the folder PITOT_DIR, a tenth of it spans, and is killed in the middle of it.
import { statSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { trace } from "@opentelemetry/api";
import { trackedRun } from "@pitot/core";
import { startPitot } from "@pitot/node";

const bytes = Number(process.argv[2]) * 2 ** 20;
await startPitot({ otlp: false });
const tracer = trace.getTracer("bench");
const text = "x".repeat(60);

await trackedRun({ label: "bench" }, async (run) => {
  const size = (table: string): number => {
    const path = join(process.env["PITOT_DIR"]!, "runs", run.runId, `${table}.arrows`);
    return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  };
  while (size("spans") < bytes / 10) {
    for (let i = 0; i < 5000; i++) tracer.startSpan(`span ${i % 20}`, { attributes: { i, text } }).end();
    await turn();
  }
  for (let id = 0; size("quality") + size("spans") < bytes;)
    for (let i = 0; i < 4096; i++) run.recordQualityRow("NODE", `id-${text}-${id++}`, "INVALID_ID", "nodes");
  process.kill(process.pid, "SIGKILL");
});
