import fs, { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { compactTable } from "../src/compact-table.ts";
import { TableFollower } from "../src/table-follower.ts";
import { TableStream } from "../src/table-stream.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pitot-follow-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Rows of a name of their own: each batch has a delta of the dictionary. */
function append(table: TableStream, name: string, rows: number): void {
  const text = "x".repeat(1000);
  table.append(rows, {
    name: Array.from({ length: rows }, () => name),
    properties: Array.from({ length: rows }, () => text),
    time_unix_nano: new BigInt64Array(rows),
    seq: new BigInt64Array(rows),
  });
}

/** What is new, as `<first row>: <rows> <name>`. */
async function news(follower: TableFollower): Promise<string[]> {
  const lines: string[] = [];
  for await (const { firstRow, batch } of follower.batches()) {
    const names = new Set(Array.from(batch.getChild("name")!, String));
    lines.push(`${firstRow}: ${batch.numRows} ${[...names].join()}`);
  }
  return lines;
}

/** Bytes that are read from files while something is done. */
async function bytesRead(what: () => Promise<void>): Promise<number> {
  let bytes = 0;
  const handle = await open(process.execPath);
  const prototype = Object.getPrototypeOf(handle) as {
    read: (...args: unknown[]) => Promise<{ bytesRead: number }>;
  };
  await handle.close();
  const { read } = prototype;
  const { readSync } = fs;
  prototype.read = async function counted(this: unknown, ...args) {
    const result = await read.apply(this, args);
    bytes += result.bytesRead;
    return result;
  };
  fs.readSync = ((...args: Parameters<typeof readSync>) => {
    const count = readSync(...args);
    bytes += count;
    return count;
  }) as typeof readSync;
  syncBuiltinESMExports();
  try {
    await what();
    return bytes;
  } finally {
    prototype.read = read;
    fs.readSync = readSync;
    syncBuiltinESMExports();
  }
}

it("reads a stream once, however often it is looked at, and of the file that replaces it what is new", async () => {
  const table = new TableStream(folder, "events");
  const follower = new TableFollower(folder, "events");
  expect(await news(follower)).toEqual([]);
  const ofStream = await bytesRead(async () => {
    for (let i = 0; i < 50; i++) {
      append(table, `a${i}`, 100);
      append(table, `b${i}`, 1);
      expect(await news(follower)).toEqual([`${101 * i}: 100 a${i}`, `${101 * i + 100}: 1 b${i}`]);
      expect(await news(follower)).toEqual([]);
    }
  });
  // The header of a batch may be read before it, in a window.
  expect(ofStream / table.bytes).toBeLessThan(1.7);
  append(table, "c", 2);
  append(table, "d", 3);
  table.close();
  const { path, bytes } = await compactTable(table.path);
  const ofFile = await bytesRead(async () => {
    expect(await news(follower)).toEqual(["5050: 2 c", "5052: 3 d"]);
  });
  expect(ofFile / bytes).toBeLessThan(0.05);
  rmSync(path);
  expect(await news(follower)).toEqual([]);
});

it("reads of a file whose stream it has seen no more than the headers", async () => {
  const table = new TableStream(folder, "events");
  const follower = new TableFollower(folder, "events");
  for (let i = 0; i < 10; i++) append(table, `${i}`.repeat(20_000), 1);
  expect(await news(follower)).toHaveLength(10);
  table.close();
  const { path } = await compactTable(table.path);
  const bytes = await bytesRead(async () => expect(await news(follower)).toEqual([]));
  expect(bytes).toBeLessThan(20_000);
  expect(statSync(path).size).toBeGreaterThan(200_000);
});

it("takes nothing of half a batch, which the disk may take back", async () => {
  const [one, other] = ["first", "second"].map((name) => {
    const table = new TableStream(mkdtempSync(join(folder, "copy-")), "events");
    append(table, "same", 1);
    const { bytes } = table;
    append(table, name, 2);
    append(table, "last", 1);
    table.close();
    return { bytes, stream: readFileSync(table.path), size: table.bytes };
  });
  const path = join(folder, "events.arrows");
  const follower = new TableFollower(folder, "events");
  const seen: string[] = [];
  // All of the dictionary's delta is in it, long before the batch is.
  for (let size = 0; size < one!.size - 1000; size += 64) {
    writeFileSync(path, one!.stream.subarray(0, size));
    const lines = await news(follower);
    if (lines.some((line) => line.includes("first"))) break;
    seen.push(...lines);
    if (size > one!.bytes + 1000) break;
  }
  expect(seen).toEqual(["0: 1 same"]);
  writeFileSync(path, other!.stream);
  expect(await news(follower)).toEqual(["1: 2 second", "3: 1 last"]);
});
