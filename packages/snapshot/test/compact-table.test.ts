import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { tableFromIPC } from "apache-arrow";
import { afterEach, beforeEach, expect, it } from "vitest";
import { compactTable } from "../src/compact-table.ts";
import { TableStream } from "../src/table-stream.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pitot-compact-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Three batches of one, two and three rows. */
function stream(): TableStream {
  const table = new TableStream(folder, "events");
  for (let rows = 1; rows <= 3; rows++)
    table.append(rows, {
      name: Array.from({ length: rows }, () => `n${rows}`),
      properties: Array.from({ length: rows }, () => "{}"),
      time_unix_nano: new BigInt64Array(rows),
      seq: new BigInt64Array(rows),
    });
  table.close();
  return table;
}

it("keeps every whole batch, wherever the tail is torn", async () => {
  const { path, bytes } = stream();
  const whole = readFileSync(path);
  const seen = new Set<number>();
  for (let size = bytes; size >= 0; size -= 40) {
    writeFileSync(path, whole);
    truncateSync(path, size);
    try {
      const compacted = await compactTable(path);
      expect(compacted.bytes).toBe(statSync(compacted.path).size);
      seen.add(tableFromIPC(readFileSync(compacted.path)).numRows);
      rmSync(compacted.path);
    } catch (error) {
      // Not even the schema is whole: refused by name, and the stream stays.
      expect(String(error)).toContain("The stream has no schema");
      expect(readdirSync(folder)).toContain("events.arrows");
    }
  }
  expect(seen).toEqual(new Set([0, 1, 3, 6]));
});

it("refuses a file that is something else", async () => {
  const path = join(folder, "events.arrows");
  writeFileSync(path, "not arrow, but long enough to be read as if it were");
  await expect(compactTable(path)).rejects.toThrow("The stream has no schema");
});
