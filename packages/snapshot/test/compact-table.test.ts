import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
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

it("copies messages of any size as they are", async () => {
  const texts = [10, 40_000, 300_000, 5, 2_000_000, 70_000].map((length, i) => String(i).repeat(length));
  const table = new TableStream(folder, "events");
  for (const text of texts)
    table.append(1, {
      name: [text.slice(0, 50_000)],
      properties: [text],
      time_unix_nano: new BigInt64Array(1),
      seq: new BigInt64Array(1),
    });
  table.close();
  const { path, bytes, sha256 } = await compactTable(table.path);
  const whole = readFileSync(path);
  expect([whole.length, createHash("sha256").update(whole).digest("hex")]).toEqual([bytes, sha256]);
  const read = tableFromIPC(whole);
  expect([...read.getChild("properties")!]).toEqual(texts);
  expect([...read.getChild("name")!]).toEqual(texts.map((text) => text.slice(0, 50_000)));
});

it("takes one read and one write for a small table", async () => {
  const { path } = stream();
  const calls: string[] = [];
  const handle = await open(path);
  const prototype = Object.getPrototypeOf(handle) as Record<string, (...args: unknown[]) => unknown>;
  await handle.close();
  const originals = { read: prototype["read"]!, writeFile: prototype["writeFile"]! };
  for (const [name, original] of Object.entries(originals))
    prototype[name] = function counted(this: unknown, ...args: unknown[]): unknown {
      calls.push(name);
      return original.apply(this, args);
    };
  try {
    await compactTable(path);
  } finally {
    Object.assign(prototype, originals);
  }
  expect(calls).toEqual(["read", "writeFile"]);
});
