import { createHash } from "node:crypto";
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { tableFromIPC } from "apache-arrow";
import { afterEach, beforeEach, expect, it } from "vitest";
import { compactTable } from "../src/compact-table.ts";
import { scanMessages } from "../src/scan-messages.ts";
import { TableStream } from "../src/table-stream.ts";
import { UnifiedDictionaries } from "../src/unified-dictionaries.ts";

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
  await withHandles(
    (name, call) => {
      calls.push(name);
      return call();
    },
    async () => await compactTable(path),
  );
  expect(calls).toEqual(["read", "writeFile"]);
});

it("reads on where a file system gives less than it has", async () => {
  const { path } = stream();
  const copy = join(folder, "copy.arrows");
  copyFileSync(path, copy);
  await withHandles(
    (name, call, args) => {
      if (name === "read") args[2] = Math.min(args[2] as number, 100);
      return call();
    },
    async () => await compactTable(copy),
  );
  const { path: whole } = await compactTable(path);
  expect(readFileSync(join(folder, "copy.arrow"))).toEqual(readFileSync(whole));
});

it("leaves a stream that becomes shorter while it is read", async () => {
  const text = "x".repeat(100_000);
  const large = new TableStream(folder, "artifacts");
  for (let i = 0; i < 2; i++)
    large.append(1, {
      name: ["n"],
      payload: [text],
      time_unix_nano: new BigInt64Array(1),
      seq: new BigInt64Array(1),
    });
  large.close();
  let whole = 0;
  const compacted = withHandles(
    (operation, call, args) => {
      // The batches are copied after all headers have been read.
      if (operation === "read" && (args[2] as number) > 100_000 && whole++ === 1)
        truncateSync(large.path, large.bytes - 8);
      return call();
    },
    async () => await compactTable(large.path),
  );
  await expect(compacted).rejects.toThrow("shorter while it was read");
  expect(readdirSync(folder)).toContain("artifacts.arrows");
});

it("keeps of a window its dictionaries alone", async () => {
  const { path } = stream();
  const file = await open(path);
  const dictionaries = new UnifiedDictionaries();
  for await (const message of scanMessages(file)) {
    if (message.header.type !== "dictionary") continue;
    const bytes = await message.bytes();
    // The scan goes on in its own.
    const window = Buffer.from(bytes);
    dictionaries.add(message, window);
    window.fill(0);
  }
  await file.close();
  const text = [...dictionaries.messages()]
    .map(({ bytes }) => Buffer.from(bytes).toString("latin1"))
    .join("");
  expect(text).toContain("n1n2n3");
});

/** Does something while each operation on a file handle passes by `each`, which may change its arguments. */
async function withHandles(
  each: (name: string, call: () => unknown, args: unknown[]) => unknown,
  what: () => Promise<unknown>,
): Promise<void> {
  const handle = await open(process.execPath);
  const prototype = Object.getPrototypeOf(handle) as Record<string, (...args: unknown[]) => unknown>;
  await handle.close();
  const originals = { read: prototype["read"]!, writeFile: prototype["writeFile"]! };
  for (const [name, original] of Object.entries(originals))
    prototype[name] = function passed(this: unknown, ...args: unknown[]): unknown {
      return each(name, () => original.apply(this, args), args);
    };
  try {
    await what();
  } finally {
    Object.assign(prototype, originals);
  }
}
