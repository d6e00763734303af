// Records so many quality rows in one run, and prints by how many bytes its resident size grew at most.
import { finishRun, startRun } from "@pitot/core";
import { startBare } from "./bare-sdk.ts";

const rows = Number(process.argv[2]);
const { store, stop } = await startBare();
const warm = startRun({ label: "bench" });
for (let i = 0; i < 10_000; i++) warm.recordQualityRow("NODE", `id-${i}`, "INVALID_ID", "nodes");
finishRun(warm);
globalThis.gc?.();
const before = process.memoryUsage.rss();
let most = before;
const run = startRun({ label: "bench" });
for (let i = 0; i < rows; i++) {
  run.recordQualityRow("NODE", `id-${i}`, "INVALID_ID", "nodes");
  if (i % 100_000 === 0) most = Math.max(most, process.memoryUsage.rss());
}
finishRun(run);
most = Math.max(most, process.memoryUsage.rss());
// Compaction reads everything again.
const closing = store.close();
const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5);
await closing;
clearInterval(watch);
most = Math.max(most, process.memoryUsage.rss());
await stop();
console.log(most - before);
