import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tableFromIPC, type Table } from "apache-arrow";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  BatchEncoder,
  deliveryStatus,
  exportRun,
  listRuns,
  prune,
  readManifest,
  readRun,
  recover,
  TABLE_SCHEMAS,
  tailRun,
  undeliveredLogs,
  undeliveredSpans,
} from "../src/index.ts";
import { numberedColumns } from "../src/batch-columns.ts";
import { spanRows } from "../src/span-row.ts";
import { testSpan } from "./span-rows.ts";

/** Two runs that the Pitot of 25 November 2026 wrote, without what columns came later; the second was killed. */
const older = fileURLToPath(new URL("older", import.meta.url));
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pitot-older-"));
  cpSync(older, directory, { recursive: true });
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const ROWS = { events: 1, artifacts: 1, metrics: 1, quality: 100, spans: 5, logs: 5 };

async function all<T>(batches: AsyncIterable<T[]>): Promise<T[]> {
  const rows: T[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}

describe("snapshots of an older Pitot", () => {
  it("are read, recovered, followed, exported, and replayed where they stopped", async () => {
    const [finished = "", interrupted = ""] = listRuns(directory);
    expect(readRun(directory, interrupted).interrupted).toBe(true);
    const results = await recover(directory);
    expect(results.map(({ outcome, abortedSpans }) => [outcome, abortedSpans])).toEqual([
      ["intact", 0],
      ["recovered", 1],
    ]);
    for (const id of [finished, interrupted]) {
      const run = readRun(directory, id);
      for (const [name, rows] of Object.entries(ROWS)) {
        const table = (await run.table(name))!;
        // The span that was open is in it too.
        expect([name, table.numRows]).toEqual([name, id === interrupted && name === "spans" ? 6 : rows]);
        expect(run.manifest.tables[name]?.rows).toBe(table.numRows);
      }
      const followed: Record<string, number> = {};
      for await (const { table, batch } of tailRun(directory, id))
        followed[table] = (followed[table] ?? 0) + batch.numRows;
      expect(followed["quality"]).toBe(100);
      for (const format of ["parquet", "jsonl", "otlp"] as const)
        expect(await exportRun(directory, id, { format, output: join(directory, "out") })).not.toEqual([]);
      const waiting = await all(undeliveredSpans(run.folder));
      expect(waiting.map(({ name }) => name).slice(0, 2)).toEqual(
        id === finished ? ["span 3", "span 4"] : ["span 13", "span 14"],
      );
      // Its log records were left to the outbox: a replay from here would send them twice.
      expect(await all(undeliveredLogs(run.folder, run.manifest))).toEqual([]);
      expect(await deliveryStatus(run.folder, run.manifest)).toMatchObject({
        spans: id === finished ? 5 : 6,
        delivered: 3,
        rejected: 0,
        logs: { records: 0, delivered: 0, rejected: 0 },
      });
    }
    expect(await prune(directory, { maxRuns: 0 })).toHaveLength(2);
  });

  it("differ from those of now by columns that were added, and by nothing else", async () => {
    const [id = ""] = listRuns(directory);
    const then = async (name: string): Promise<string[]> => {
      const table: Table = (await readRun(directory, id).table(name))!;
      return table.schema.fields.map((field) => `${field.name} ${String(field.type)}`);
    };
    for (const [name, rows] of Object.entries(ROWS)) {
      expect(rows).toBeGreaterThan(0);
      const schema = TABLE_SCHEMAS[name]!;
      const empty = tableFromIPC(new BatchEncoder(schema).encode(0, {}).slice());
      const now = empty.schema.fields.map((field) => `${field.name} ${String(field.type)}`);
      const older = await then(name);
      expect(now.filter((column) => older.includes(column))).toEqual(older);
      for (const { name: added, nullable } of schema.columns.filter(
        (column) => !older.some((text) => text.startsWith(`${column.name} `)),
      ))
        expect([added, nullable]).toEqual([added, true]);
    }
  });
});

it("reads a table to which a later Pitot of this version has added a column", () => {
  const { columns, metadata } = TABLE_SCHEMAS["spans"]!;
  const encoder = new BatchEncoder({
    columns: [...columns, { name: "later", type: "utf8", nullable: true }],
    metadata,
  });
  const span = testSpan(1);
  const bytes = encoder
    .encode(1, { ...(numberedColumns([span], 7) as object), later: ["x"] } as never)
    .slice();
  const [batch] = tableFromIPC(bytes).batches;
  expect(spanRows(batch!)).toEqual([{ ...span, seq: 7 }]);
  expect(readManifest(join(older, "runs", listRuns(older)[0]!)).manifest_version).toBe(1);
  expect(readFileSync(join(older, "runs", listRuns(older)[0]!, "run.json"), "utf8")).not.toContain(
    "log_delivery",
  );
});
