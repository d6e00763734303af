// A process that appends again goes on from what it knows, and notices whatever others did to the table in between.
import files, {
  cpSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Int32, Table, Utf8, vectorFromArray } from "apache-arrow";
import { afterAll, describe, expect, it } from "vitest";
import { appendDelta } from "../../src/delta/append-delta.ts";
import { deltaSource } from "../../src/delta/delta-source.ts";
import { intervalMs } from "../../src/delta/interval.ts";
import { commitName } from "../../src/delta/log-listing.ts";
import { tableRows } from "./stored-rows.ts";

const folder = mkdtempSync(join(tmpdir(), "pitot-known-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
const newTable = (): string => join(folder, `table-${count++}`);
const ids = (...values: number[]): Table => new Table({ id: vectorFromArray(values, new Int32()) });
const idsOf = async (table: string): Promise<number[]> =>
  ((await tableRows(await deltaSource(table))) as { id: number }[])
    .map(({ id }) => id)
    .toSorted((a, b) => a - b);
const logFile = (table: string, version: number): string => join(table, "_delta_log", commitName(version));

/** Appends ids as versions of one application, by this process. */
async function appendAll(table: string, from: number, to: number): Promise<void> {
  for (let version = from; version < to; version++)
    await appendDelta(table, ids(version), { appId: "a", version });
}

/** What `work` lists and reads of logs. */
async function watched(work: () => Promise<unknown>): Promise<{ listings: number; commits: string[] }> {
  const real = { readdir: fs.readdir };
  const realOpens = { open: files.open, openSync: files.openSync };
  const seen = { listings: 0, commits: [] as string[] };
  Object.assign(fs, {
    readdir: (...args: Parameters<typeof fs.readdir>) => {
      seen.listings++;
      return real.readdir(...args);
    },
  });
  const note = (path: unknown): void => {
    if (files.existsSync(String(path)) && String(path).endsWith(".json"))
      seen.commits.push(basename(String(path)));
  };
  // Whichever the source of the file takes; writers have others.
  Object.assign(files, {
    open: (...args: Parameters<typeof files.open>) => {
      note(args[0]);
      realOpens.open(...args);
    },
    openSync: (...args: Parameters<typeof files.openSync>) => {
      note(args[0]);
      return realOpens.openSync(...args);
    },
  });
  syncBuiltinESMExports();
  try {
    await work();
  } finally {
    Object.assign(fs, real);
    Object.assign(files, realOpens);
    syncBuiltinESMExports();
  }
  return seen;
}

describe("repeated appends of one process", () => {
  it("list nothing, and read each commit once", async () => {
    const table = newTable();
    await appendAll(table, 0, 2);
    const { listings, commits } = await watched(() => appendAll(table, 2, 6));
    expect(listings).toBe(0);
    expect(commits).toEqual([1, 2, 3, 4].map(commitName));
    expect(await idsOf(table)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("see what others committed: rows, transactions, another schema", async () => {
    const table = newTable();
    await appendAll(table, 0, 2);
    const line = (action: object): string => `${JSON.stringify(action)}\n`;
    writeFileSync(logFile(table, 2), line({ txn: { appId: "a", version: 7 } }));
    expect(await appendDelta(table, ids(5), { appId: "a", version: 5 })).toMatchObject({
      outcome: "skipped_duplicate",
    });
    expect(await appendDelta(table, ids(8), { appId: "a", version: 8 })).toMatchObject({ version: 3 });
    const [metaData] = readFileSync(logFile(table, 0), "utf8")
      .split("\n")
      .flatMap((row) => (row.includes('"metaData"') ? [JSON.parse(row) as { metaData: object }] : []));
    const schemaString = JSON.stringify({
      type: "struct",
      fields: [{ name: "id", type: "string", nullable: true, metadata: {} }],
    });
    writeFileSync(logFile(table, 4), line({ metaData: { ...metaData!.metaData, schemaString } }));
    await expect(appendDelta(table, ids(9), { appId: "a", version: 9 })).rejects.toMatchObject({
      code: "INVALID_DATA",
    });
    const text = new Table({ id: vectorFromArray(["x"], new Utf8()) });
    expect(await appendDelta(table, text, { appId: "a", version: 9 })).toMatchObject({ version: 5 });
  });

  it("find a table anew that was removed, replaced, or set back", async () => {
    const table = newTable();
    await appendAll(table, 0, 4);
    // Set back: the last two commits are taken away.
    unlinkSync(logFile(table, 3));
    unlinkSync(logFile(table, 2));
    expect(await appendDelta(table, ids(20), { appId: "a", version: 2 })).toMatchObject({ version: 2 });
    expect(await idsOf(table)).toEqual([0, 1, 20]);
    // Replaced by another that has the same versions, and more.
    const other = newTable();
    for (let i = 0; i < 6; i++) await appendDelta(other, ids(100 + i), { appId: "b", version: i });
    rmSync(table, { recursive: true });
    cpSync(other, table, { recursive: true, preserveTimestamps: true });
    expect(await appendDelta(table, ids(21), { appId: "a", version: 0 })).toMatchObject({ version: 6 });
    expect(await idsOf(table)).toEqual([21, 100, 101, 102, 103, 104, 105]);
    // Exchanged for one with fewer.
    renameSync(table, `${table}-old`);
    await appendAll(other, 0, 1);
    renameSync(other, table);
    expect(await appendDelta(table, ids(22), { appId: "c", version: 0 })).toMatchObject({ version: 7 });
    // Removed: it is made again.
    rmSync(table, { recursive: true });
    expect(await appendDelta(table, ids(1), { appId: "a", version: 0 })).toMatchObject({ version: 0 });
    expect(await idsOf(table)).toEqual([1]);
  });

  it("never continue behind a log that may have been cleaned", async () => {
    const table = newTable();
    await appendAll(table, 0, 1);
    const settings = readFileSync(logFile(table, 0), "utf8").replace(
      '"configuration":{}',
      '"configuration":{"delta.logRetentionDuration":"interval 0 seconds"}',
    );
    writeFileSync(logFile(table, 0), settings);
    await appendAll(table, 1, 3);
    // Another writer commits four times and cleans away what followed the commit that is known here.
    const later = newTable();
    cpSync(table, later, { recursive: true });
    await appendAll(later, 3, 7);
    for (const version of [4, 5, 6]) cpSync(logFile(later, version), logFile(table, version));
    await expect(appendDelta(table, ids(9), { appId: "z", version: 0 })).rejects.toThrow(/has a gap/);
  });

  it("are told of a commit that is torn, every time", async () => {
    const table = newTable();
    await appendAll(table, 0, 2);
    writeFileSync(logFile(table, 2), '{"txn":{"appId":"x","ver');
    for (let attempt = 0; attempt < 2; attempt++)
      await expect(appendDelta(table, ids(2), { appId: "a", version: 2 })).rejects.toThrow(/commit is torn/);
    unlinkSync(logFile(table, 2));
    expect(await appendDelta(table, ids(2), { appId: "a", version: 2 })).toMatchObject({ version: 2 });
  });
});

it.each([
  ["interval 30 days", 2_592_000_000],
  ["interval 1 week", 604_800_000],
  ["INTERVAL 2 hours 30 minutes", 9_000_000],
  ["1 day", 86_400_000],
  ["interval 0 seconds", 0],
  ["interval 1 month", undefined],
  ["interval", undefined],
  ["interval -1 days", undefined],
  ["soon", undefined],
])("takes %s for its milliseconds", (text, ms) => {
  expect(intervalMs(text)).toBe(ms);
});
