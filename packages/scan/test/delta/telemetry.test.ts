import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Int32, Table, Utf8, vectorFromArray } from "apache-arrow";
import { DiagnosticsCollector, trackedRun } from "@pitot/core";
import { createTelemetryHarness } from "@pitot/testing";
import { afterAll, expect, it } from "vitest";
import {
  appendDelta,
  col,
  countedRows,
  fragmentTelemetry,
  listFragments,
  openDataset,
  rowGroupStats,
  trackedScan,
} from "../../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "pitot-delta-telemetry-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("tells of a Delta table's scan as of any other, and why files were left out by the log", async () => {
  const table = join(folder, "orders");
  for (let version = 0; version < 3; version++) {
    const rows = new Table({
      day: vectorFromArray(["mon", "tue"], new Utf8()),
      id: vectorFromArray([version * 10, version * 10 + 1], new Int32()),
    });
    await appendDelta(table, rows, { appId: "a", version, partitionBy: ["day"] });
  }
  const dataset = await openDataset(table);
  const predicate = col("day").eq("mon").and(col("id").ge(20));
  // Three files of tuesday go by their partition, two of monday by the log's statistics: one footer is read.
  const { rows, effectiveness } = await countedRows(dataset, { predicate });
  expect(rows).toBe(1);
  expect(effectiveness.files).toEqual({ total: 6, read: 1, skipped: 5 });
  expect(effectiveness.filesSkippedBy).toMatchObject({ partition: 3, delta_statistics: 2, statistics: 0 });
  const fragments = await listFragments(dataset, { predicate });
  expect(fragments.map(({ partitionExpression }) => partitionExpression)).toEqual(['(day == "mon")']);
  expect(await rowGroupStats(fragments, { schema: dataset.schema, columns: ["id"] })).toMatchObject([
    { columns: { id: { type: "int32", min: 20, max: 20, nullCount: 0 } } },
  ]);
  expect(await fragmentTelemetry(dataset, { predicate })).toMatchObject({
    fragmentCount: 1,
    countRows: 1,
    discoveryPolicy: {
      kind: "delta",
      version: 2,
      min_reader_version: 1,
      features: [],
      files: 6,
      commit: { operation: "WRITE", engine: "pitot" },
    },
  });
  const sink = new DiagnosticsCollector();
  await using harness = createTelemetryHarness();
  await trackedRun({ label: "load", sink }, async (run) => {
    for await (const batch of trackedScan(run, dataset, { predicate })) expect(batch.numRows).toBe(1);
    // Inside a run its sink gets the outcome, and the commit names the run.
    const [commit] = run.nextCommitVersion();
    await appendDelta(table, new Table({ id: vectorFromArray([99], new Int32()) }), {
      ...commit,
      sink: run,
      runId: run.runId,
    });
  });
  // The span of the scan says which version of which table was read, who wrote it, and what the log left out.
  const span = harness.spans().find(({ name }) => name === "scan orders")!;
  expect(JSON.parse(String(span.attributes["pitot.scan.discovery_policy"]))).toMatchObject({
    kind: "delta",
    version: 2,
    min_reader_version: 1,
    min_writer_version: 2,
    features: [],
    commit: { operation: "WRITE", engine: "pitot" },
  });
  expect(span.attributes).toMatchObject({
    "pitot.scan.fragments.skipped": 5,
    "pitot.scan.fragments.skipped_by.partition": 3,
    "pitot.scan.fragments.skipped_by.delta_statistics": 2,
  });
  expect(sink.eventsSnapshot()["scan_telemetry_v1"]).toHaveLength(1);
  expect(sink.eventsSnapshot()["delta_commit_v1"]).toMatchObject([
    { outcome: "committed", dataset: "orders", version: 3, rows: 1 },
  ]);
  expect((await openDataset(table)).source.discovery["version"]).toBe(3);
});
