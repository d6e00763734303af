import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { columnsOf, numberedColumns } from "../src/batch-columns.ts";
import { continueStream } from "../src/continue-stream.ts";
import { BatchEncoder } from "../src/index.ts";
import { measureTable } from "../src/measure-table.ts";
import { readBatches } from "../src/read-batches.ts";
import { spanRows, type StoredSpanRow } from "../src/span-row.ts";
import { TableStream } from "../src/table-stream.ts";
import { testSpan } from "./span-rows.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pitot-continue-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const spans = (first: number, count: number) =>
  Array.from({ length: count }, (_, i) => testSpan(first + i, { name: `é ${(first + i) % 7}` }));

/** The rows of a stream, and how often a value stands in its dictionary of names. */
async function contents(path: string): Promise<{ rows: StoredSpanRow[]; names: string[] }> {
  const rows: StoredSpanRow[] = [];
  let names: string[] = [];
  for await (const batch of readBatches(path)) {
    rows.push(...spanRows(batch));
    names = Array.from(batch.getChild("name")!.data[0]!.dictionary!, String);
  }
  return { rows, names };
}

it("goes on behind the last whole batch, wherever the tail is torn, with each term once", async () => {
  const table = new TableStream(folder, "spans");
  for (const first of [0, 3, 9]) table.append(5, numberedColumns(spans(first, 5), first));
  table.close();
  const whole = readFileSync(table.path);
  const late = testSpan(99, { name: "é 3", kind: "CLIENT" });
  const cuts = Array.from({ length: 120 }, (_, i) => Math.floor((whole.length * i) / 119));
  for (const [i, length] of cuts.entries()) {
    const aside = join(folder, `${i}`);
    mkdirSync(aside);
    writeFileSync(table.path, whole.subarray(0, length));
    const { rows } = measureTable(table.path);
    const before = (await contents(table.path)).rows;
    const next = await continueStream(table.path, aside, "spans");
    if (next === undefined) {
      expect([length, rows]).toEqual([length, 0]);
      continue;
    }
    expect(next.rows).toBe(rows);
    next.append(1, columnsOf([late]));
    next.append(1, numberedColumns([late], 100));
    next.close();
    const after = await contents(next.path);
    expect([length, after.rows]).toEqual([
      length,
      [...before, { ...late, seq: null }, { ...late, seq: 100 }],
    ]);
    expect(new Set(after.names).size).toBe(after.names.length);
  }
});

it("leaves alone what has another schema", async () => {
  const path = join(folder, "other.arrows");
  const encoder = new BatchEncoder({
    columns: [{ name: "name", type: "dictionary<utf8>", nullable: true }],
    metadata: {},
  });
  writeFileSync(path, encoder.encode(1, { name: ["x"] }));
  expect(await continueStream(path, join(folder, "nowhere"), "spans")).toBeUndefined();
});
