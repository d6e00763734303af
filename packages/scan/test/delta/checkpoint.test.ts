// A checkpoint says exactly what the log before it comes to: random logs and golden tables, read from the log and from the checkpoint alone.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Int32, Table, Utf8, vectorFromArray } from "apache-arrow";
import * as fc from "fast-check";
import { parquetReadObjects } from "hyparquet";
import { afterAll, describe, expect, it } from "vitest";
import { DiagnosticsCollector } from "@pitot/core";
import { appendDelta } from "../../src/delta/append-delta.ts";
import { CheckpointParquet } from "../../src/delta/checkpoint-parquet.ts";
import { deltaSource } from "../../src/delta/delta-source.ts";
import { checkpointName, commitName, listLog } from "../../src/delta/log-listing.ts";
import { readSnapshot } from "../../src/delta/table-snapshot.ts";
import { writeCheckpoint } from "../../src/delta/write-checkpoint.ts";
import { asAsyncBuffer } from "../../src/io/async-buffer.ts";
import { fileSource } from "../../src/io/file-source.ts";
import { tableRows } from "./stored-rows.ts";

const folder = mkdtempSync(join(tmpdir(), "pitot-checkpoint-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
const newTable = (): string => join(folder, `table-${count++}`);
const rows = (...ids: number[]): Table =>
  new Table({
    part: vectorFromArray(
      ids.map((id) => (id % 2 === 0 ? "even" : "ü %")),
      new Utf8(),
    ),
    id: vectorFromArray(ids, new Int32()),
  });

/** All that a version comes to, for comparison. */
async function state(table: string, version: number): Promise<object> {
  const { files, protocol, metadata, transactions, domains } = await readSnapshot(
    table,
    await listLog(table),
    { version },
  );
  const all = Array.from({ length: files.length }, (_, file) => ({
    path: files.path(file),
    size: files.size(file),
    partition: files.partitions[files.partitionCode(file)],
    stats: files.stats(file),
    vector: files.deletionVector(file),
  }));
  return {
    files: all.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    protocol,
    metadata,
    transactions: [...transactions].toSorted(([a], [b]) => (a < b ? -1 : 1)),
    domains: [...domains].toSorted(([a], [b]) => (a < b ? -1 : 1)),
  };
}

/** A copy of a table whose log begins with the checkpoint of a version. */
function fromCheckpoint(table: string, version: number): string {
  const copy = newTable();
  cpSync(table, copy, { recursive: true });
  const log = join(copy, "_delta_log");
  for (const name of readdirSync(log))
    if (name !== checkpointName(version) && (!/^\d{20}/.test(name) || Number(name.slice(0, 20)) <= version))
      rmSync(join(log, name), { recursive: true });
  return copy;
}

const actionsOf = async (table: string, version: number): Promise<Record<string, unknown>[]> => {
  const source = fileSource(join(table, "_delta_log", checkpointName(version)));
  await source.suffix(8);
  return await parquetReadObjects({ file: asAsyncBuffer(source) });
};

const PROTOCOL = {
  minReaderVersion: 3,
  minWriterVersion: 7,
  readerFeatures: ["deletionVectors"],
  writerFeatures: ["deletionVectors", "domainMetadata"],
};
const METADATA = {
  id: "t",
  format: { provider: "parquet", options: {} },
  schemaString: '{"type":"struct","fields":[]}',
  partitionColumns: [],
  configuration: { a: "b" },
  createdTime: 1,
};

const path = fc.constantFrom("a.parquet", "b%20c.parquet", "p=ü/d.parquet", "p=1/e.parquet", "f", "/abs/g");
const vector = fc.option(
  fc.record({
    storageType: fc.constant("u"),
    pathOrInlineDv: fc.constantFrom("ab", "cd"),
    offset: fc.constant(1),
    sizeInBytes: fc.nat(99),
    cardinality: fc.nat(5),
  }),
  { nil: undefined, freq: 6 },
);
const add = fc.record({
  path,
  partitionValues: fc.constantFrom({}, { p: "1" }, { p: "" }, { p: null }, { p: "ü", q: "2" }),
  size: fc.constantFrom(0, 1, Number.MAX_SAFE_INTEGER),
  modificationTime: fc.constantFrom(0, 1_700_000_000_000),
  dataChange: fc.boolean(),
  stats: fc.constantFrom(undefined, '{"numRecords":1}', "ü"),
  deletionVector: vector,
  tags: fc.constantFrom(undefined, undefined, undefined, {}, { zorder: "1" }),
});
const remove = fc.record({
  path,
  deletionTimestamp: fc.constantFrom(undefined, 5, 5_000),
  dataChange: fc.boolean(),
  deletionVector: vector,
});
const action = fc.oneof(
  { weight: 6, arbitrary: fc.record({ add }) },
  { weight: 2, arbitrary: fc.record({ remove }) },
  {
    weight: 2,
    arbitrary: fc.record({
      txn: fc.record({
        appId: fc.constantFrom("a", "b", "c", "ü"),
        version: fc.integer({ min: 0 }),
        lastUpdated: fc.constantFrom(undefined, 7),
      }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      domainMetadata: fc.record({
        domain: fc.constantFrom("x", "y"),
        configuration: fc.constant("{}"),
        removed: fc.boolean(),
      }),
    }),
  },
);
type Action = Record<string, Record<string, unknown>>;
/** No file, application or domain twice in one commit. */
const commit = fc
  .uniqueArray(action as fc.Arbitrary<Action>, {
    maxLength: 6,
    selector: (one) => {
      const [[kind, value]] = Object.entries(one) as [[string, Record<string, unknown>]];
      const key = value["path"] ?? value["appId"] ?? value["domain"];
      return `${kind === "remove" ? "add" : kind}/${String(key)}`;
    },
  })
  .map((actions) => [{ commitInfo: { operation: "WRITE" } }, ...actions]);

describe("writeCheckpoint", () => {
  it("tells what the log comes to, whatever that is and however row groups are cut and copied", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(commit, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        async (commits, groupRows, every) => {
          const table = newTable();
          mkdirSync(join(table, "_delta_log"), { recursive: true });
          const all = [[{ protocol: PROTOCOL }, { metaData: METADATA }], ...commits];
          for (const [version, actions] of all.entries()) {
            const lines = actions.map((one) => JSON.stringify(one)).join("\n");
            writeFileSync(join(table, "_delta_log", commitName(version)), lines);
            if (version % every !== 0) continue;
            const written = await writeCheckpoint(table, version, { removedAfter: 100, groupRows });
            const stored = await actionsOf(table, version);
            expect(written?.rows).toBe(stored.length);
            expect(written?.files).toBe(stored.filter((row) => row["add"] != null).length);
          }
          // The log itself, without any checkpoint.
          const plain = newTable();
          cpSync(table, plain, { recursive: true });
          for (const name of readdirSync(join(plain, "_delta_log")))
            if (name.includes("checkpoint")) unlinkSync(join(plain, "_delta_log", name));
          const last = all.length - 1;
          for (let version = 0; version <= last; version += every) {
            const copy = fromCheckpoint(table, version);
            expect(await state(copy, version)).toEqual(await state(plain, version));
            expect(await state(copy, last)).toEqual(await state(plain, last));
            rmSync(copy, { recursive: true });
          }
          rmSync(plain, { recursive: true });
          rmSync(table, { recursive: true });
        },
      ),
      { numRuns: Number(process.env["PITOT_CHECKPOINT_CASES"] ?? 20) },
    );
  }, 120_000);

  it("keeps tombstones within their retention, and each field of the actions", async () => {
    const table = newTable();
    mkdirSync(join(table, "_delta_log"), { recursive: true });
    const removed = (path: string, deletionTimestamp?: number): object => ({
      remove: { path, deletionTimestamp, dataChange: true, size: 7, stats: "{}", tags: { a: "b" } },
    });
    const description = { name: "orders", description: "what was sold" };
    const lines = [
      { protocol: { minReaderVersion: 1, minWriterVersion: 2 } },
      { metaData: { ...METADATA, ...description, partitionColumns: ["p"] } },
      { txn: { appId: "a", version: 3, lastUpdated: 9 } },
      removed("old", 100),
      removed("young", 101),
      removed("timeless"),
      { add: { path: "x", partitionValues: { p: null }, size: 1, modificationTime: 2, dataChange: true } },
    ];
    writeFileSync(
      join(table, "_delta_log", commitName(0)),
      lines.map((line) => JSON.stringify(line)).join("\n"),
    );
    await writeCheckpoint(table, 0, { removedAfter: 100 });
    const stored = (await actionsOf(table, 0)).flatMap((row) =>
      Object.entries(row).filter(([, value]) => value != null),
    );
    expect(stored).toMatchObject([
      ["add", { path: "x", partitionValues: { p: null }, size: 1n, modificationTime: 2n, dataChange: false }],
      ["txn", { appId: "a", version: 3n, lastUpdated: 9n }],
      ["protocol", { minReaderVersion: 1, minWriterVersion: 2 }],
      [
        "metaData",
        { ...description, id: "t", createdTime: 1n, partitionColumns: ["p"], configuration: { a: "b" } },
      ],
      ["remove", { path: "young", deletionTimestamp: 101n, dataChange: false, size: 7n }],
    ]);
    expect(stored[2]?.[1]).toMatchObject({ readerFeatures: undefined, writerFeatures: undefined });
  });

  const data = process.env["PITOT_CONFORMANCE_DATA"];
  if (data === undefined) console.warn("PITOT_CONFORMANCE_DATA is not set: golden tables get no checkpoint");
  it.skipIf(data === undefined)(
    "tells what the logs of golden tables come to",
    async () => {
      const tables = readdirSync(join(data!, "delta"), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith("_delta_log"))
        .map((name) => join(data!, "delta", name, ".."));
      let compared = 0;
      const unfit: string[] = [];
      for (const golden of tables) {
        const table = newTable();
        cpSync(join(golden, "_delta_log"), join(table, "_delta_log"), { recursive: true });
        const listing = await listLog(table).catch(() => undefined);
        if (listing === undefined) continue;
        const { latest } = listing;
        const before = await state(table, latest).catch(() => undefined);
        if (before === undefined) continue;
        for (const name of readdirSync(join(table, "_delta_log")))
          if (
            name.startsWith(checkpointName(latest).slice(0, 31)) &&
            existsSync(join(table, "_delta_log", commitName(0)))
          )
            unlinkSync(join(table, "_delta_log", name));
        const written = await writeCheckpoint(table, latest, { removedAfter: 0 }).catch((error: Error) => {
          unfit.push(`${golden.slice(data!.length)}: ${error.message}`);
        });
        if (written == null) continue;
        expect(await state(fromCheckpoint(table, latest), latest), golden).toEqual(before);
        compared++;
        rmSync(table, { recursive: true });
      }
      console.log(`${compared} golden tables; unfit: ${unfit.join("; ") || "none"}`);
      expect(compared).toBeGreaterThan(30);
    },
    60_000,
  );
});

describe("appendDelta", () => {
  it("writes a checkpoint every ten versions, from which the log can be read alone", async () => {
    const table = newTable();
    const sink = new DiagnosticsCollector();
    const told: unknown[] = [];
    for (let version = 0; version < 33; version++) {
      const commit = { appId: version % 3 === 0 ? "a" : `b${version}`, version, partitionBy: ["part"], sink };
      const { checkpoint } = await appendDelta(table, rows(version, version + 1), commit);
      if (checkpoint !== undefined) told.push(checkpoint);
    }
    const written = [10, 20, 30].map((version) => ({ version, outcome: "written", reason: undefined }));
    expect(told).toEqual(written);
    expect(sink.eventsSnapshot()["delta_commit_v1"]?.flatMap(({ checkpoint }) => checkpoint ?? [])).toEqual(
      written.map(({ outcome }) => outcome),
    );
    const hint = JSON.parse(readFileSync(join(table, "_delta_log", "_last_checkpoint"), "utf8")) as object;
    expect(hint).toMatchObject({ version: 30, numOfAddFiles: 62 });
    const alone = fromCheckpoint(table, 30);
    expect(await tableRows(await deltaSource(alone))).toHaveLength(66);
    const { transactions } = await deltaSource(alone);
    expect(transactions.get("a")).toBe(30n);
    expect(transactions.size).toBe(1 + 22);
    expect(await appendDelta(alone, rows(1), { appId: "b31", version: 31 })).toMatchObject({
      outcome: "skipped_duplicate",
    });
  }, 30_000);

  const python = process.env["PITOT_PYTHON"];
  if (python === undefined) console.warn("PITOT_PYTHON is not set: deltalake does not read checkpoints");
  it.skipIf(python === undefined)(
    "writes checkpoints that deltalake reads, vacuums by, and goes on from",
    async () => {
      const table = newTable();
      for (let version = 0; version < 21; version++)
        await appendDelta(table, rows(version, version + 1), {
          appId: `a${version % 2}`,
          version,
          partitionBy: ["part"],
        });
      const alone = fromCheckpoint(table, 20);
      const script = `
import json, os, sys
from deltalake import DeltaTable
import pyarrow as pa
t = DeltaTable(sys.argv[1])
told = [t.version(), sorted(t.to_pyarrow_table()["id"].to_pylist()), t.transaction_version("a0"), t.transaction_version("a1")]
actions = pa.table(t.get_add_actions(flatten=True)).to_pylist()
told.append([len(actions), sum(a["num_records"] for a in actions), min(a["min.id"] for a in actions), max(a["max.id"] for a in actions), sum(a["null_count.id"] for a in actions)])
told.append([t.metadata().partition_columns, t.protocol().min_reader_version])
t = DeltaTable(sys.argv[2])
t.delete("id < 5")
t.create_checkpoint()
told.append(sorted(DeltaTable(sys.argv[2]).to_pyarrow_table()["id"].to_pylist()))
print(json.dumps(told))
sys.stdout.flush()
os._exit(0)`;
      const all = Array.from({ length: 21 }, (_, i) => [i, i + 1])
        .flat()
        .toSorted((a, b) => a - b);
      expect(JSON.parse(execFileSync(python!, ["-c", script, alone, table], { encoding: "utf8" }))).toEqual([
        20,
        all,
        20,
        19,
        [42, 42, 0, 21, 0],
        [["part"], 1],
        all.filter((id) => id >= 5),
      ]);
      // Its checkpoint, with tombstones, is what ours goes on from.
      for (let version = 21; version < 30; version++)
        expect(await appendDelta(table, rows(100), { appId: "a1", version })).toMatchObject({
          checkpoint: version === 29 ? { version: 30, outcome: "written" } : undefined,
        });
      const again = fromCheckpoint(table, 30);
      expect(await state(again, 30)).toEqual(await state(table, 30));
      const tombstones = (await actionsOf(again, 30)).filter((row) => row["remove"] != null);
      expect(tombstones.length).toBe(all.filter((id) => id < 5).length);
      const count = `
import os, sys
from deltalake import DeltaTable
t = DeltaTable(sys.argv[1])
print(t.to_pyarrow_table().num_rows, len(t.vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=True)))
sys.stdout.flush()
os._exit(0)`;
      expect(execFileSync(python!, ["-c", count, again], { encoding: "utf8" }).trim()).toBe(
        `${all.filter((id) => id >= 5).length + 9} ${tombstones.length}`,
      );
    },
    60_000,
  );

  it.each([
    [{ configuration: { "delta.checkpointPolicy": "v2" } }, /checkpointPolicy = v2/],
    [{ configuration: { "delta.checkpoint.writeStatsAsJson": "false" } }, /writeStatsAsJson = false/],
    [{ configuration: { "delta.checkpoint.writeStatsAsStruct": "true" } }, /writeStatsAsStruct = true/],
    [{ action: { someday: { x: 1 } } }, /someday is an action that this writer does not know/],
    [{ action: { add: { path: "x", partitionValues: {}, size: 1, baseRowId: 4 } } }, /add.baseRowId/],
  ] as const)("tells why there is no checkpoint of a table with %j, and appends", async (change, reason) => {
    const table = newTable();
    await appendDelta(table, rows(1), { appId: "a", version: 0 });
    const first = join(table, "_delta_log", commitName(0));
    const configuration = {
      ...("configuration" in change ? change.configuration : {}),
      "delta.checkpointInterval": "1",
    };
    const text = readFileSync(first, "utf8").replace(
      '"configuration":{}',
      `"configuration":${JSON.stringify(configuration)}`,
    );
    writeFileSync(first, text + ("action" in change ? `${JSON.stringify(change.action)}\n` : ""));
    const { outcome, version, checkpoint } = await appendDelta(table, rows(2), { appId: "a", version: 1 });
    expect({ outcome, version, checkpoint }).toMatchObject({
      outcome: "committed",
      version: 1,
      checkpoint: { outcome: "not_written", reason: expect.stringMatching(reason) as string },
    });
    expect(readdirSync(join(table, "_delta_log")).filter((name) => name.includes("checkpoint"))).toEqual([]);
  });
});

it("is not said to be broken when its reading is cancelled", async () => {
  const table = newTable();
  for (let version = 0; version <= 10; version++)
    await appendDelta(table, rows(version), { appId: "a", version });
  const name = checkpointName(10);
  const controller = new AbortController();
  const checkpoint = await CheckpointParquet.open(join(table, "_delta_log", name), name, controller.signal);
  const reason = new Error("no more");
  controller.abort(reason);
  const sink = { row: () => undefined, adds: () => undefined };
  await expect(
    checkpoint.read(0, sink, { actions: new Set(["add", "protocol"]), whole: false }),
  ).rejects.toBe(reason);
});
