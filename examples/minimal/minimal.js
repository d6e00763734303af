// The smallest tracked pipeline: one run, two stages, a quality row and a metric.
import { showRun, startPitot, trackedRun } from "pitot";

const pitot = await startPitot({ serviceName: "minimal" });

const runId = await trackedRun({ label: "minimal" }, async (run) => {
  const orders = await run.stage("load", async () => [
    { id: "a1", amount: 12 },
    { id: "0", amount: 7 },
  ]);
  run.stage("check", () => {
    for (const { id } of orders) if (id === "0") run.recordQualityRow("ORDER", id, "INVALID_ID", "orders");
  });
  run.recordMetric("orders.loaded", orders.length, { source: "memory" }, { unit: "{order}" });
  return run.runId;
});

await pitot.shutdown();
console.log(await showRun(String(pitot.snapshotDirectory), runId));
