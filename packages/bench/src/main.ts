// `npm run bench [-- --row N …] [--json FILE]`: ours, peer, ratio, goal; never fails on a slow result.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { againstArquero } from "./against-arquero.ts";
import { arrowBatch } from "./arrow-batch.ts";
import type { BenchResult } from "./bench-result.ts";
import { boundedMemory } from "./bounded-memory.ts";
import { burstOfSpans } from "./burst-of-spans.ts";
import { columnStats } from "./column-stats.ts";
import { deltaState } from "./delta-state.ts";
import { driverNode } from "./driver-node.ts";
import { duckdbStatement } from "./duckdb-statement.ts";
import { durableAppend } from "./durable-append.ts";
import { flightsScan } from "./flights-scan.ts";
import { flushDelay } from "./flush-delay.ts";
import { footerReading } from "./footer-reading.ts";
import { hyparquetRead } from "./hyparquet-read.ts";
import { invalidIds } from "./invalid-ids.ts";
import { largeRecovery } from "./large-recovery.ts";
import { linearCost } from "./linear-cost.ts";
import { metricCall } from "./metric-call.ts";
import { pipelineSelfTime } from "./pipeline-self-time.ts";
import { qualityRow } from "./quality-row.ts";
import { qualityTable } from "./quality-table.ts";
import { rowGroupPruning } from "./row-group-pruning.ts";
import { startUpAgainstAuto, startUpAgainstNodeSdk } from "./start-up.ts";
import { trackedPipeline } from "./tracked-pipeline.ts";

/** By the number of their goal; a letter marks the second part of one. */
const ROWS: Readonly<Record<string, () => BenchResult | Promise<BenchResult | BenchResult[]>>> = {
  1: qualityRow,
  2: metricCall,
  3: arrowBatch,
  "3b": qualityTable,
  4: durableAppend,
  5: invalidIds,
  "5b": againstArquero,
  6: columnStats,
  7: footerReading,
  8: rowGroupPruning,
  "8b": flightsScan,
  9: burstOfSpans,
  10: startUpAgainstNodeSdk,
  "10b": startUpAgainstAuto,
  11: trackedPipeline,
  "11b": flushDelay,
  "11c": pipelineSelfTime,
  12: linearCost,
  "12b": boundedMemory,
  14: duckdbStatement,
  15: driverNode,
  16: largeRecovery,
  17: hyparquetRead,
  30: deltaState,
};

const { values } = parseArgs({
  options: { row: { type: "string", multiple: true }, json: { type: "string" } },
});
const results: BenchResult[] = [];
for (const row of values.row ?? Object.keys(ROWS)) {
  const bench = ROWS[row];
  if (bench === undefined) throw new Error(`There is no row ${row}. Rows: ${Object.keys(ROWS).join(", ")}.`);
  results.push(...[await bench()].flat());
}
console.table(
  results.map(({ row, name, ours, peer, peerName, unit, ratio, goal, met }) => ({
    row,
    name,
    ours: round(ours),
    peer: round(peer),
    unit,
    peerName,
    ratio: round(ratio),
    goal,
    met,
  })),
);
console.log(
  `Node ${process.version}, ${process.platform} ${process.arch}, ${new Date().toISOString().slice(0, 10)}`,
);
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(results, null, 2));

function round(value: number): number {
  return Number(value.toPrecision(3));
}
