import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Int32, Table, Utf8, vectorFromArray } from "apache-arrow";
import * as fc from "fast-check";
import type { SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, describe, expect, it } from "vitest";
import { openDataset } from "../../src/dataset/open-dataset.ts";
import { appendDelta } from "../../src/delta/append-delta.ts";
import { deltaSource } from "../../src/delta/delta-source.ts";
import { ExactDecimal, parseExactJson } from "../../src/delta/exact-json.ts";
import { col } from "../../src/predicate/column.ts";
import type { Predicate } from "../../src/predicate/predicate.ts";
import { countRows } from "../../src/reading/scan.ts";
import { comparable, scannedRows, tableRows } from "./stored-rows.ts";

const folder = mkdtempSync(join(tmpdir(), "pitot-delta-log-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

const digits = (version: number): string => String(version).padStart(20, "0");
const schemaString = JSON.stringify({
  type: "struct",
  fields: [{ name: "id", type: "integer", nullable: true, metadata: {} }],
});
const protocol = { protocol: { minReaderVersion: 1, minWriterVersion: 2 } };
const metaData = {
  metaData: {
    id: "t",
    format: { provider: "parquet", options: {} },
    schemaString,
    partitionColumns: [],
    configuration: {},
  },
};
const add = (path: string, more: object = {}): object => ({
  add: { path, partitionValues: {}, size: 1, modificationTime: 1, dataChange: true, ...more },
});
const remove = (path: string, more: object = {}): object => ({ remove: { path, dataChange: true, ...more } });
const lines = (...actions: (object | string)[]): string =>
  actions.map((action) => (typeof action === "string" ? action : JSON.stringify(action))).join("\n");

/** A table that is only a log: files of `_delta_log` by name, commits by version. */
function logOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const table = join(folder, `log-${count++}`);
  mkdirSync(join(table, "_delta_log", "_sidecars"), { recursive: true });
  for (const [name, content] of Object.entries(files))
    writeFileSync(
      join(table, "_delta_log", /^\d+$/.test(name) ? `${digits(Number(name))}.json` : name),
      content,
    );
  return table;
}
const paths = async (table: string, options = {}): Promise<string[]> =>
  (await (await deltaSource(table, options)).plan()).fragments.map(({ path }) => path);

const start = lines(protocol, metaData);
const ids = (...values: number[]): Table => new Table({ id: vectorFromArray(values, new Int32()) });

/** A checkpoint, or sidecar, of adds as Parquet. */
function addsParquet(files: readonly string[]): Uint8Array {
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [{ name: "add", data: files.map((path) => ({ path, size: 1n, partitionValues: [] })) }],
      schema: [
        { name: "root", num_children: 1 },
        { name: "add", repetition_type: "OPTIONAL", num_children: 3 },
        { name: "path", repetition_type: "OPTIONAL", type: "BYTE_ARRAY", converted_type: "UTF8" },
        { name: "partitionValues", repetition_type: "OPTIONAL", converted_type: "MAP", num_children: 1 },
        { name: "key_value", repetition_type: "REPEATED", num_children: 2 },
        { name: "key", repetition_type: "REQUIRED", type: "BYTE_ARRAY", converted_type: "UTF8" },
        { name: "value", repetition_type: "OPTIONAL", type: "BYTE_ARRAY", converted_type: "UTF8" },
        { name: "size", repetition_type: "OPTIONAL", type: "INT64" },
      ],
    }),
  );
}

describe("exact JSON", () => {
  it("is JSON.parse wherever that is exact", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        const plain: unknown = JSON.parse(text);
        const exact = JSON.stringify(parseExactJson(text), (_, value: unknown) =>
          typeof value === "bigint"
            ? Number(value)
            : value instanceof ExactDecimal
              ? Number(value.text)
              : value,
        );
        expect(JSON.parse(exact)).toEqual(JSON.parse(JSON.stringify(plain)));
      }),
      { numRuns: 500 },
    );
  });

  it("keeps what JSON.parse rounds, and refuses what it hides", () => {
    expect(parseExactJson('{"a":9007199254740993,"b":[-9223372036854775808]}')).toEqual({
      a: 9007199254740993n,
      b: [-9223372036854775808n],
    });
    expect(parseExactJson("0.12345678901234567890")).toEqual(new ExactDecimal("0.12345678901234567890"));
    expect(() => parseExactJson('{"a":1,"a":2}')).toThrow(/"a" is there twice/);
    expect(() => parseExactJson('{"x":{"a":1,"\\u0061":2}}')).toThrow(/twice/);
    expect(() => parseExactJson("[".repeat(100_000))).toThrow(/nested deeper/);
    expect(() => parseExactJson('{"a":12345678901234567890')).toThrow(/ends in the middle/);
    expect(Object.keys(parseExactJson('{"__proto__":1,"n":12345678901234567}') as object)).toEqual([
      "__proto__",
      "n",
    ]);
  });
});

describe("logs that break a rule", () => {
  it.each([
    ["a gap", { 0: start, 1: lines(add("a")), 3: lines(add("b")) }, /gap.*00000000000000000002\.json/],
    ["no first commit", { 4: lines(add("b")) }, /cleaned up and begins with commit 4/],
    [
      "a torn last commit",
      { 0: start, 1: `${lines(add("a"))}\n{"add":{"path":"b` },
      /00000000000000000001\.json, line 2: .*torn/,
    ],
    ["an empty commit", { 0: start, 1: "" }, /00000000000000000001\.json: the commit is empty/],
    [
      "duplicate keys",
      { 0: start, 1: '{"add":{"path":"a","path":"b","partitionValues":{},"size":1}}' },
      /line 1: .*"path" is there twice/,
    ],
    ["bytes that are no text", { 0: start, 1: Buffer.from([0x7b, 0xff, 0x7d]) }, /must be UTF-8/],
    ["a list", { 0: start, 1: "[1]" }, /line 1: each line must be one JSON object/],
    [
      "a size beyond 2^53",
      { 0: start, 1: lines('{"add":{"path":"a","partitionValues":{},"size":9007199254740993}}') },
      /add.size must be a whole number/,
    ],
    [
      "a file twice in a commit",
      { 0: start, 1: lines(add("a"), remove("a")) },
      /line 2: a file must not be added or removed twice/,
    ],
    ["two metadata", { 0: start, 1: lines(metaData, metaData) }, /line 2: there must be one metaData/],
    ["no protocol", { 0: lines(metaData) }, /no protocol action/],
    ["no metadata", { 0: lines(protocol) }, /no metaData action/],
    [
      "another file format",
      { 0: lines(protocol, { metaData: { ...metaData.metaData, format: { provider: "orc" } } }) },
      /provider must be parquet.*orc/,
    ],
    [
      "a schema that is none",
      { 0: lines(protocol, { metaData: { ...metaData.metaData, schemaString: "{" } }) },
      /schema of Delta table t is not JSON/,
    ],
    [
      "an unknown type",
      {
        0: lines(protocol, {
          metaData: { ...metaData.metaData, schemaString: schemaString.replace("integer", "variant") },
        }),
      },
      /Column id .*variant/,
    ],
    [
      "a checkpoint that is no Parquet",
      { [`${digits(0)}.checkpoint.parquet`]: "PAR1PAR1" },
      /checkpoint\.parquet: the checkpoint is not a Parquet file/,
    ],
    [
      "an unknown reader feature",
      {
        0: lines(
          {
            protocol: {
              minReaderVersion: 3,
              minWriterVersion: 7,
              readerFeatures: ["variantType", "deletionVectors"],
              writerFeatures: [],
            },
          },
          metaData,
        ),
      },
      /reader features.*"variantType"/,
    ],
    [
      "a catalog that owns it",
      {
        0: lines(
          {
            protocol: {
              minReaderVersion: 3,
              minWriterVersion: 7,
              readerFeatures: ["catalogManaged"],
              writerFeatures: [],
            },
          },
          metaData,
        ),
      },
      /catalogManaged/,
    ],
    [
      "a newer reader version",
      { 0: lines({ protocol: { minReaderVersion: 4, minWriterVersion: 7 } }, metaData) },
      /newer reader version: 4/,
    ],
    [
      "a checksum that counts other files",
      { 0: lines(protocol, metaData, add("a")), [`${digits(0)}.crc`]: '{"numFiles":2}' },
      /\.crc: the version has 1 files/,
    ],
    [
      "a checksum that counts other bytes",
      { 0: lines(protocol, metaData, add("a")), [`${digits(0)}.crc`]: '{"numFiles":1,"tableSizeBytes":7}' },
      /\.crc: the version has 1 bytes/,
    ],
  ] as const)("refuses %s", async (_, files, message) => {
    await expect(deltaSource(logOf(files))).rejects.toThrow(message);
  });

  it("names a folder that is no table, and versions and times that are not there", async () => {
    await expect(deltaSource(folder)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(openDataset(folder, { format: "delta" })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
    await expect(openDataset(folder, { version: 3 })).rejects.toThrow(/no Delta table/);
    await expect(deltaSource("s3://bucket/table")).rejects.toThrow(/local file systems/);
    const table = logOf({ 0: start });
    await expect(deltaSource(table, { version: 1 })).rejects.toThrow(/no such version: 1\. .*0 to 0/);
    await expect(deltaSource(table, { version: 0, timestamp: 0 })).rejects.toThrow(/not by both/);
    await expect(deltaSource(table, { timestamp: 0 })).rejects.toThrow(/no version of that time/);
    await expect(deltaSource(logOf({}))).rejects.toThrow(/no commit and no complete checkpoint/);
  });

  it("passes over actions and files that it does not know", async () => {
    expect(
      await paths(
        logOf({
          0: lines(protocol, metaData, add("a"), { future: { x: 1 } }),
          "x.tmp": "{",
          _last_checkpoint: "torn{",
        }),
      ),
    ).toEqual(["a"]);
  });

  it("keeps transaction versions beyond 2^53", async () => {
    const source = await deltaSource(
      logOf({ 0: `${start}\n{"txn":{"appId":"a","version":9007199254740993}}` }),
    );
    expect(source.transactions.get("a")).toBe(9007199254740993n);
  });
});

describe("state of a version", () => {
  const dv = {
    storageType: "u",
    pathOrInlineDv: "ab^-aqEH.-t@S}K{vb[*k^",
    offset: 4,
    sizeInBytes: 40,
    cardinality: 6,
  };

  it("is decided by the last action of a file, by path and deletion vector", async () => {
    const table = logOf({
      0: lines(protocol, metaData, add("a"), add("b"), add("c%20c")),
      1: lines(remove("a"), add("a", { deletionVector: dv })),
      2: lines(remove("c c"), remove("b")),
      3: lines(add("b", { size: 2 })),
    });
    expect(await paths(table)).toEqual(["a", "b"]);
    expect(await paths(table, { version: 0 })).toEqual(["a", "b", "c c"]);
    expect(await paths(table, { version: 2 })).toEqual(["a"]);
  });

  it("is the same from commits folded into one", async () => {
    const files = {
      0: lines(protocol, metaData, add("a")),
      1: lines(add("b")),
      2: lines(remove("a"), add("c")),
      3: lines(add("d")),
    };
    const table = logOf({
      ...files,
      [`${digits(1)}.${digits(2)}.compacted.json`]: lines(add("b"), remove("a"), add("c")),
    });
    expect((await paths(table)).sort()).toEqual((await paths(logOf(files))).sort());
    unlinkSync(join(table, "_delta_log", `${digits(2)}.json`));
    expect((await paths(table)).sort()).toEqual(["b", "c", "d"]);
  });

  it("comes from V2 checkpoints in JSON, with sidecars, and names what is wrong with those", async () => {
    const uuid = "3a0d65cd-4056-49b8-937b-95f9e3ee90e5";
    const sidecar = addsParquet(["x", "y"]);
    const files = (size: number, version = 2): Record<string, string | Uint8Array> => ({
      [`${digits(2)}.checkpoint.${uuid}.json`]: lines(
        { checkpointMetadata: { version } },
        { sidecar: { path: "s.parquet", sizeInBytes: size, modificationTime: 1 } },
        {
          protocol: {
            minReaderVersion: 3,
            minWriterVersion: 7,
            readerFeatures: ["v2Checkpoint"],
            writerFeatures: ["v2Checkpoint"],
          },
        },
        metaData,
        { txn: { appId: "a", version: 7 } },
        { domainMetadata: { domain: "d", configuration: "{}", removed: false } },
      ),
      "_sidecars/s.parquet": sidecar,
      3: lines(remove("x"), add("z")),
    });
    const table = logOf(files(sidecar.length));
    expect(await paths(table)).toEqual(["y", "z"]);
    expect((await deltaSource(table)).transactions.get("a")).toBe(7n);
    await expect(deltaSource(table, { version: 1 })).rejects.toThrow(/cleaned up/);
    await expect(deltaSource(logOf(files(1)))).rejects.toThrow(
      /sidecar has \d+ bytes and the checkpoint says 1/,
    );
    await expect(deltaSource(logOf(files(sidecar.length, 1)))).rejects.toThrow(
      /checkpointMetadata.version must be 2/,
    );
    unlinkSync(join(table, "_delta_log", "_sidecars", "s.parquet"));
    await expect(deltaSource(table)).rejects.toThrow(/line 2: a sidecar of the checkpoint is not there/);
  });

  it("is refused where a checkpoint disagrees with the commit of its version, or has a file twice", async () => {
    const uuid = "3a0d65cd-4056-49b8-937b-95f9e3ee90e5";
    const checkpoint = (...files: string[]): Record<string, string> => ({
      0: start,
      1: lines(add("a")),
      [`${digits(1)}.checkpoint.${uuid}.json`]: lines(
        { checkpointMetadata: { version: 1 } },
        protocol,
        metaData,
        ...files.map((path) => add(path)),
      ),
    });
    expect(await paths(logOf(checkpoint("a")))).toEqual(["a"]);
    await expect(deltaSource(logOf(checkpoint("b")))).rejects.toThrow(
      /disagrees with 00000000000000000001\.json, which adds a file: "a"/,
    );
    await expect(deltaSource(logOf(checkpoint("a", "a")))).rejects.toThrow(/twice in one commit/);
  });

  it("leaves out checkpoints that miss a part", async () => {
    const table = logOf({
      0: lines(protocol, metaData, add("a")),
      1: lines(add("b")),
      [`${digits(1)}.checkpoint.0000000001.0000000002.parquet`]: addsParquet(["q"]),
    });
    expect(await paths(table)).toEqual(["a", "b"]);
    expect((await deltaSource(table)).discovery["incomplete_checkpoints"]).toEqual([1]);
  });

  it("is found by time: a commit's own, else its file's, made to ascend", async () => {
    const table = logOf({
      0: lines(protocol, metaData),
      1: lines(add("a")),
      2: lines(add("b")),
      3: lines({ commitInfo: { inCommitTimestamp: 9_000_000 } }, add("c")),
    });
    const touch = (version: number, seconds: number): void =>
      utimesSync(join(table, "_delta_log", `${digits(version)}.json`), seconds, seconds);
    touch(0, 1000);
    touch(1, 2000);
    // A clock that went back: the commit counts as 1 ms after the one before.
    touch(2, 1500);
    touch(3, 5);
    const at = async (time: number): Promise<number> =>
      (await deltaSource(table, { timestamp: new Date(time) })).version;
    expect(await at(1_000_000)).toBe(0);
    expect(await at(2_000_000)).toBe(1);
    expect(await at(2_000_001)).toBe(2);
    expect(await at(8_999_999)).toBe(2);
    expect(await at(9_000_000)).toBe(3);
    expect(await at(Date.now())).toBe(3);
    await expect(at(999_999)).rejects.toThrow(/1970-01-01T00:16:40.000Z on/);
  });

  it("stops when it is told to", async () => {
    await expect(deltaSource(logOf({ 0: start }), { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });
});

describe("checkpoints with broken bytes", () => {
  it("are an error within a moment, or the rows of the bytes that were not touched", async () => {
    const good = Buffer.from(addsParquet(Array.from({ length: 50 }, (_, i) => `file-${i}.parquet`)));
    const uuid = "3a0d65cd-4056-49b8-937b-95f9e3ee90e5";
    const table = logOf({
      [`${digits(2)}.checkpoint.${uuid}.json`]: lines(
        { checkpointMetadata: { version: 2 } },
        protocol,
        metaData,
        { sidecar: { path: "s.parquet", sizeInBytes: good.length, modificationTime: 1 } },
      ),
    });
    const sidecar = join(table, "_delta_log", "_sidecars", "s.parquet");
    const pages = good.length - good.readInt32LE(good.length - 8) - 8;
    await fc.assert(
      fc.asyncProperty(fc.nat(pages - 5), fc.nat(255), async (at, value) => {
        const bytes = Buffer.from(good);
        bytes[at + 4] = value;
        writeFileSync(sidecar, bytes);
        const outcome = await deltaSource(table).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toMatchObject({ code: "INVALID_DATA" });
      }),
      { numRuns: 200 },
    );
  });
});

describe("paths of the log", () => {
  const outside = join(folder, "outside");
  mkdirSync(outside, { recursive: true });

  it.each([
    ["../outside/a.parquet", /leads out of the table.*allowedFolders/],
    ["x/%2E%2E/%2E%2E/outside/a.parquet", /leads out of the table/],
    [join(outside, "a.parquet"), /leads out of the table/],
    [pathToFileURL(join(outside, "a.parquet")).href, /leads out of the table/],
    ["s3://bucket/a.parquet", /has the scheme s3:/],
    ["a%", /is not a URI/],
    ["a%00b", /null character/],
  ])("refuses %s", async (path, message) => {
    const table = logOf({ 0: lines(protocol, metaData, add(path)) });
    await expect(paths(table)).rejects.toThrow(message);
    await expect(paths(table)).rejects.toThrow(/at 00000000000000000000\.json, line 3 /);
  });

  it("decodes once, opens what is allowed, and refuses links that lead out", async () => {
    const source = join(folder, "source");
    await appendDelta(source, ids(1, 2), { appId: "a", version: 0 });
    const file = readdirSync(source).find((name) => name.endsWith(".parquet"))!;
    const size = statSync(join(source, file)).size;
    copyFileSync(join(source, file), join(outside, "a.parquet"));
    const linked = logOf({
      0: lines(protocol, metaData, add("l.parquet", { size }), add("%2541.parquet", { size })),
    });
    copyFileSync(join(source, file), join(linked, "%41.parquet"));
    symlinkSync(join(outside, "a.parquet"), join(linked, "l.parquet"));
    await expect(scannedRows(await openDataset(linked))).rejects.toThrow(/link that leads out/);
    expect((await scannedRows(await openDataset(linked, { allowedFolders: [outside] }))).length).toBe(4);
    const absolute = logOf({ 0: lines(protocol, metaData, add(join(outside, "a.parquet"), { size })) });
    expect((await scannedRows(await openDataset(absolute, { allowedFolders: [outside] }))).length).toBe(2);
  });

  it("names files that are gone, or changed", async () => {
    const table = join(folder, "changed");
    await appendDelta(table, ids(1, 2), { appId: "a", version: 0 });
    await appendDelta(table, ids(3), { appId: "a", version: 1 });
    const old = await openDataset(table, { version: 0 });
    const location = (await old.plan()).fragments[0]?.location ?? "";
    truncateSync(location, 100);
    await expect(scannedRows(old)).rejects.toThrow(/has 100 bytes, and its log says/);
    rmSync(location);
    await expect(scannedRows(old)).rejects.toThrow(/file of version 0 .* is not there.*vacuum/);
  });
});

describe("columns", () => {
  it.each(["name", "id"])(
    "with dots in their names, and of a dropped one's, are mapped by %s",
    async (mode) => {
      const table = logOf({});
      const field = (name: string, type: unknown, id: number, physicalName: string): object => ({
        name,
        type,
        nullable: true,
        metadata: { "delta.columnMapping.id": id, "delta.columnMapping.physicalName": physicalName },
      });
      const schema = JSON.stringify({
        type: "struct",
        fields: [
          field("a.b", "integer", 1, "col-1"),
          field("s t", { type: "struct", fields: [field("x.y", "integer", 3, "col-3")] }, 2, "col-2"),
          field("plain", "integer", 4, "col.4"),
          field("again", "integer", 6, "col-6"),
        ],
      });
      const int = (name: string, field_id: number): SchemaElement => ({
        name,
        type: "INT32",
        repetition_type: "OPTIONAL",
        field_id,
      });
      const bytes = parquetWriteBuffer({
        schema: [
          { name: "root", num_children: 4 },
          int("col-1", 1),
          { name: "col-2", num_children: 1, repetition_type: "OPTIONAL", field_id: 2 },
          int("col-3", 3),
          int("col.4", 4),
          int("again", 5),
        ],
        columnData: [
          { name: "col-1", data: [1, 2] },
          { name: "col-2", data: [{ "col-3": 10 }, null] },
          { name: "col.4", data: [7, 8] },
          { name: "again", data: [5, 5] },
        ],
      });
      writeFileSync(join(table, "f.parquet"), new Uint8Array(bytes));
      const mapped = {
        ...metaData.metaData,
        schemaString: schema,
        configuration: { "delta.columnMapping.mode": mode },
      };
      writeFileSync(
        join(table, "_delta_log", `${digits(0)}.json`),
        lines(
          { protocol: { minReaderVersion: 2, minWriterVersion: 5 } },
          { metaData: mapped },
          add("f.parquet", { size: bytes.byteLength }),
        ),
      );
      const dataset = await openDataset(table);
      expect(await scannedRows(dataset)).toEqual([
        { "a.b": 1, "s t": { "x.y": 10 }, plain: 7, again: null },
        { "a.b": 2, "s t": null, plain: 8, again: null },
      ]);
      for (const predicate of [
        col("a.b").eq(2),
        col("plain").eq(7),
        col("s t.x.y").eq(10),
        col("again").isNull().and(col("a.b").eq(1)),
      ])
        expect(await countRows(dataset, { predicate })).toBe(1);
    },
  );

  describe("of one path, by dots in their names", () => {
    const leaf = (name: string, id: number, physicalName: string): object => ({
      name,
      type: "integer",
      nullable: true,
      metadata: { "delta.columnMapping.id": id, "delta.columnMapping.physicalName": physicalName },
    });
    const table = (fields: object[], mode = "none"): string => {
      const configuration = { "delta.columnMapping.mode": mode };
      const schemaString = JSON.stringify({ type: "struct", fields });
      const stats = JSON.stringify({
        numRecords: 1,
        minValues: { "s.b": 1, s: { b: 5 } },
        maxValues: { "s.b": 1, s: { b: 5 } },
        nullCount: { "s.b": 0, s: { b: 0 } },
      });
      const bytes = parquetWriteBuffer({
        schema: [
          { name: "root", num_children: 2 },
          { name: "s.b", type: "INT32", repetition_type: "OPTIONAL" },
          { name: "s", num_children: 1, repetition_type: "OPTIONAL" },
          { name: "b", type: "INT32", repetition_type: "OPTIONAL" },
        ],
        columnData: [
          { name: "s.b", data: [1] },
          { name: "s", data: [{ b: 5 }] },
        ],
      });
      const made = logOf({
        0: lines(
          { protocol: { minReaderVersion: 2, minWriterVersion: 5 } },
          { metaData: { ...metaData.metaData, schemaString, configuration } },
          add("f.parquet", { size: bytes.byteLength, stats }),
        ),
      });
      writeFileSync(join(made, "f.parquet"), new Uint8Array(bytes));
      return made;
    };
    const struct = (name: string, physicalName: string, ...fields: object[]): object => ({
      ...leaf(name, 2, physicalName),
      type: { type: "struct", fields },
    });

    it.each([
      [0, 1],
      [1, 0],
    ])("are skipped by the statistics of the column itself: order %i, %i", async (...order) => {
      const fields = [leaf("s.b", 1, "s.b"), struct("s", "s", leaf("b", 3, "b"))];
      const dataset = await openDataset(table(order.map((i) => fields[i]!)));
      expect(await countRows(dataset, { predicate: col("s.b").eq(1) })).toBe(1);
      expect(await countRows(dataset, { predicate: col("s.b").eq(5) })).toBe(0);
    });

    it("are refused where names are mapped, in the table and in its files", async () => {
      const twice = [leaf("s.b", 1, "s.b"), struct("s", "s", leaf("b", 3, "b"))];
      await expect(openDataset(table(twice, "name"))).rejects.toMatchObject({
        code: "UNSUPPORTED",
        message: /maps two columns of one path: "s.b"/,
      });
      const stored = [leaf("x", 1, "s.b"), struct("y", "s", leaf("z", 3, "b"))];
      await expect(scannedRows(await openDataset(table(stored, "name")))).rejects.toMatchObject({
        code: "UNSUPPORTED",
        message: /have one path in a file/,
      });
    });
  });

  it("are found by id, whatever they are called in a file, and read in the table's wider types", async () => {
    const table = join(folder, "by-id");
    mkdirSync(join(table, "_delta_log"), { recursive: true });
    const field = (name: string, type: string, id: number): object => ({
      name,
      type,
      nullable: true,
      metadata: { "delta.columnMapping.id": id, "delta.columnMapping.physicalName": `col-${id}` },
    });
    const schema = JSON.stringify({
      type: "struct",
      fields: [
        field("wide", "long", 1),
        field("price", "decimal(14,3)", 2),
        field("day", "timestamp_ntz", 3),
        field("old", "integer", 4),
      ],
    });
    const bytes = new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: "old", data: [7, 8] },
          { name: "p", data: [1250, null] },
          { name: "d", data: [19000, 0] },
        ],
        schema: [
          { name: "root", num_children: 3 },
          { name: "old", repetition_type: "OPTIONAL", type: "INT32", field_id: 1 },
          { name: "p", repetition_type: "OPTIONAL", type: "INT32", field_id: 2 },
          { name: "d", repetition_type: "OPTIONAL", type: "INT32", converted_type: "DATE", field_id: 3 },
        ],
      }),
    );
    writeFileSync(join(table, "f.parquet"), bytes);
    writeFileSync(
      join(table, "_delta_log", `${digits(0)}.json`),
      lines(
        {
          protocol: {
            minReaderVersion: 3,
            minWriterVersion: 7,
            readerFeatures: ["columnMapping", "typeWidening", "timestampNtz"],
            writerFeatures: [],
          },
        },
        {
          metaData: {
            ...metaData.metaData,
            schemaString: schema,
            configuration: { "delta.columnMapping.mode": "id" },
          },
        },
        add("f.parquet", {
          size: bytes.length,
          stats: JSON.stringify({
            numRecords: 2,
            minValues: { "col-1": 7 },
            maxValues: { "col-1": 8 },
            nullCount: { "col-1": 0 },
          }),
        }),
      ),
    );
    const dataset = await openDataset(table);
    expect(comparable(await scannedRows(dataset))).toEqual(
      comparable([
        { wide: 7n, price: 1250, day: new Date(19000 * 86_400_000), old: null },
        { wide: 8n, price: null, day: new Date(0), old: null },
      ]),
    );
    expect(await countRows(dataset, { predicate: col("wide").gt(7) })).toBe(1);
    expect((await dataset.plan(col("wide").gt(8))).skipped.map(({ reason }) => reason)).toEqual([
      "delta_statistics",
    ]);
  });

  it("have statistics that skip, but never prove more than is known", async () => {
    const stats = (more: object): object => ({
      stats: JSON.stringify({
        numRecords: 10,
        minValues: { id: 1 },
        maxValues: { id: 5 },
        nullCount: { id: 3 },
        ...more,
      }),
    });
    const bounds = async (more: object, file: object = {}): Promise<unknown> => {
      const [fragment] = (
        await (
          await deltaSource(logOf({ 0: lines(protocol, metaData, add("a", { ...stats(more), ...file })) }))
        ).plan()
      ).fragments;
      return fragment?.statistics?.get("id");
    };
    expect(await bounds({})).toEqual({
      min: 1,
      max: 5,
      minExact: true,
      maxExact: true,
      nullCount: 3,
      rows: 10,
    });
    expect(await bounds({ tightBounds: false })).toEqual({
      min: 1,
      max: 5,
      minExact: false,
      maxExact: false,
      rows: 10,
    });
    expect(await bounds({ tightBounds: false, nullCount: { id: 0 } })).toMatchObject({ nullCount: 0 });
    expect(await bounds({ minValues: { id: "x" }, maxValues: { id: 2 ** 40 } })).toEqual({
      minExact: false,
      maxExact: false,
      nullCount: 3,
      rows: 10,
    });
    expect(await bounds({ numRecords: -1 })).toBeUndefined();
    expect(await bounds({}, { stats: "{torn" })).toBeUndefined();
    // All rows deleted: left out, and counted as that.
    const gone = {
      deletionVector: { storageType: "i", pathOrInlineDv: "", sizeInBytes: 0, cardinality: 10 },
    };
    const { skipped } = await (
      await deltaSource(logOf({ 0: lines(protocol, metaData, add("a", { ...stats({}), ...gone })) }))
    ).plan();
    expect(skipped.map(({ reason }) => reason)).toEqual(["deletion_vector"]);
  });

  it("widens the maximum of a timestamp by the millisecond that writers cut off", async () => {
    const timestamp = { ...metaData.metaData, schemaString: schemaString.replace("integer", "timestamp") };
    const stats = JSON.stringify({
      numRecords: 1,
      minValues: { id: "2024-01-01T00:00:00.123Z" },
      maxValues: { id: "2024-01-01T01:00:00.123+01:00" },
      nullCount: { id: 0 },
    });
    const source = await deltaSource(
      logOf({ 0: lines(protocol, { metaData: timestamp }, add("a", { stats })) }),
    );
    const micros = 1_704_067_200_123_000n;
    expect((await source.plan()).fragments[0]?.statistics?.get("id")).toMatchObject({
      min: micros,
      max: micros + 1000n,
      minExact: false,
    });
    expect((await source.plan(col("id").eq(micros + 999n))).fragments.length).toBe(1);
    expect((await source.plan(col("id").gt(micros + 1001n))).skipped.length).toBe(1);
  });
});

it("widens bounds of long decimals by what is lost where a writer has them as doubles", async () => {
  // Writes 6321095575633816.337 as 6321095575633816.0, and 99999999999999999.999 as 1e17.
  const decimal = schemaString.replace("integer", "decimal(20,3)");
  const stats = (min: string, max: string): string =>
    `{"numRecords":1,"minValues":{"id":${min}},"maxValues":{"id":${max}},"nullCount":{"id":0}}`;
  const source = await deltaSource(
    logOf({
      0: lines(
        protocol,
        { metaData: { ...metaData.metaData, schemaString: decimal } },
        add("a", { stats: stats("6321095575633816.0", "6321095575633816.0") }),
        add("b", { stats: stats("-1e17", "-1e17") }),
        // Within 2^53, where the columns of statistics are doubles too.
        add("c", { stats: stats("5321095575633.816", "5321095575633.816") }),
        add("d", { stats: stats("999.999", "999.999") }),
      ),
    }),
  );
  const files = async (predicate: Predicate): Promise<string[]> =>
    (await source.plan(predicate)).fragments.map(({ path }) => path);
  expect(await files(col("id").eq("6321095575633816.337"))).toEqual(["a"]);
  expect(await files(col("id").gt("6321095575633816"))).toEqual(["a"]);
  expect(await files(col("id").eq("-99999999999999999.999"))).toEqual(["b"]);
  expect(await files(col("id").eq("5321095575633.817"))).toEqual(["c"]);
  expect(await files(col("id").eq("1000"))).toEqual([]);
  expect(await files(col("id").eq("6321095575633900"))).toEqual([]);
  const [fragment] = (await source.plan()).fragments;
  expect(fragment?.statistics?.get("id")).toMatchObject({ minExact: false, maxExact: false });
});

it("tells a partition of a long decimal with all of its digits", async () => {
  const decimal = schemaString.replace("integer", "decimal(20,2)");
  const partitioned = { metaData: { ...metaData.metaData, schemaString: decimal, partitionColumns: ["id"] } };
  const files = ["-123456789012345678.12", "0.10"].map((id, i) => add(`f${i}`, { partitionValues: { id } }));
  const { fragments } = await (
    await deltaSource(logOf({ 0: lines(protocol, partitioned, ...files) }))
  ).plan();
  expect(fragments.map(({ partitionExpression }) => partitionExpression)).toEqual([
    '(id == "-123456789012345678.12")',
    "(id == 0.1)",
  ]);
});

describe("floats of 32 bits", () => {
  it("are those nearest to what statistics and partitions tell, and compare as the doubles that they are", async () => {
    const stats = JSON.stringify({
      numRecords: 1,
      minValues: { id: 0.1 },
      maxValues: { id: 0.1 },
      nullCount: { id: 0 },
    });
    const float = { ...metaData.metaData, schemaString: schemaString.replace("integer", "float") };
    const partitioned = { metaData: { ...float, partitionColumns: ["id"] } };
    for (const source of [
      await deltaSource(logOf({ 0: lines(protocol, { metaData: float }, add("a", { stats })) })),
      await deltaSource(
        logOf({ 0: lines(protocol, partitioned, add("a", { partitionValues: { id: "0.1" } })) }),
      ),
    ]) {
      const files = async (predicate: Predicate): Promise<number> =>
        (await source.plan(predicate)).fragments.length;
      expect(await files(col("id").gt(0.1))).toBe(1);
      expect(await files(col("id").eq(Math.fround(0.1)))).toBe(1);
      expect(await files(col("id").eq(0.1))).toBe(0);
      expect(await files(col("id").le(0.1))).toBe(0);
    }
  });
});

describe("tables of deltalake", () => {
  const python = process.env["PITOT_PYTHON"];
  if (python === undefined)
    console.warn("PITOT_PYTHON is not set: tables that deltalake writes are not read");

  it.skipIf(python === undefined)(
    "are read as it reads them: checkpoint, delete, merge, vacuum",
    async () => {
      const table = join(folder, "by-deltalake");
      const script = `
import sys,json,os,pyarrow as pa
from deltalake import DeltaTable, write_deltalake
p=sys.argv[1]
for i in range(12):
  write_deltalake(p, pa.table({"id":list(range(i*3,i*3+3)),"s":["a",None,"ü"],"d":["x","y","y"],"t":pa.array([i,None,i],pa.timestamp("us","UTC"))}), partition_by=["d"], mode="append")
t=DeltaTable(p)
t.create_checkpoint()
t.delete("id % 5 = 0")
t=DeltaTable(p)
t.optimize.compact()
rows=DeltaTable(p).to_pyarrow_table().sort_by("id").to_pylist()
print(json.dumps([[r["id"],r["s"],r["d"],None if r["t"] is None else r["t"].microsecond] for r in rows]))
sys.stdout.flush(); os._exit(0)`;
      const told = JSON.parse(
        execFileSync(python!, ["-c", script, table], { encoding: "utf8" }),
      ) as unknown[];
      const dataset = await openDataset(table);
      const rows: unknown[] = [];
      const source = await deltaSource(table);
      expect(source.discovery["checkpoint"]).toBe(11);
      for (const row of (await scannedRows(dataset)) as {
        id: bigint;
        s: string;
        d: string;
        t: Date | null;
      }[])
        rows.push([Number(row.id), row.s, row.d]);
      expect(rows.toSorted((a, b) => Number((a as unknown[])[0]) - Number((b as unknown[])[0]))).toEqual(
        told.map((row) => (row as unknown[]).slice(0, 3)),
      );
      expect(await countRows(dataset, { predicate: col("id").lt(6) })).toBe(4);
      const plan = await dataset.plan(col("d").eq("x").and(col("id").gt(1000)));
      expect(plan.fragments.length).toBe(0);
      // The version before the delete, from the checkpoint alone.
      expect((await tableRows(await deltaSource(table, { version: 11 }))).length).toBe(36);
    },
  );
});

describe("a table with text columns", () => {
  it("prunes by text that the log cut", async () => {
    const table = join(folder, "texts");
    const long = "k".repeat(40);
    await appendDelta(table, new Table({ key: vectorFromArray([long, `${long}\u{1F600}`], new Utf8()) }), {
      appId: "a",
      version: 0,
    });
    const dataset = await openDataset(table);
    expect(await countRows(dataset, { predicate: col("key").eq(`${long}\u{1F600}`) })).toBe(1);
    expect(await countRows(dataset, { predicate: col("key").gt("l") })).toBe(0);
    expect((await dataset.plan(col("key").gt("l"))).skipped.length).toBe(1);
    expect((await dataset.plan(col("key").eq(`${long}!`))).fragments.length).toBe(1);
  });
});
