// Options of wrong types, as callers without types give them: each is an error that names it, wherever it would else be met, if at all.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tableFromArrays } from "apache-arrow";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, describe, expect, it } from "vitest";
import {
  appendDelta,
  asAsyncBuffer,
  asyncBufferSource,
  bytesSource,
  col,
  countedRows,
  countRows,
  deltaSource,
  explainScan,
  fileSource,
  findOrphans,
  fragmentTelemetry,
  httpSource,
  listFragments,
  openDataset,
  parquetMetadataCollector,
  parquetMetadataFactory,
  readFooter,
  readFooters,
  rowGroupCount,
  rowGroupFragments,
  rowGroupStats,
  scanBatches,
  skimFooter,
  splitFragmentByRowGroup,
  takeRowGroupFragments,
} from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "pitot-options-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const path = join(folder, "a.parquet");
const table = join(folder, "table");
const rows = tableFromArrays({ id: Int32Array.of(1, 2) });
writeFileSync(
  path,
  new Uint8Array(
    parquetWriteBuffer({ columnData: [{ name: "id", data: Int32Array.of(1, 2), type: "INT32" }] }),
  ),
);
await appendDelta(table, rows, { appId: "a", version: 0 });
const dataset = await openDataset(path);
const { schema } = dataset;
const fragments = await listFragments(dataset);
const predicate = col("id").gt(1);
const refused = (name: string) =>
  expect.objectContaining({
    name: "PitotError",
    code: "INVALID_ARGUMENT",
    message: expect.stringContaining(`The option ${name} must be`) as unknown,
  }) as unknown;
const settle = async (work: () => unknown): Promise<unknown> => {
  try {
    await work();
    return "accepted";
  } catch (error) {
    return error;
  }
};

describe("a signal that is none is refused by", () => {
  const takers: Record<string, (signal: AbortSignal) => unknown> = {
    openDataset: (signal) => openDataset(path, { signal, schema }),
    "openDataset of a table": (signal) => openDataset(table, { signal }),
    deltaSource: (signal) => deltaSource(table, { signal }),
    "the plan of a dataset": (signal) => dataset.plan(predicate, signal),
    "the plan of a listing": (signal) => dataset.source.plan(predicate, signal),
    "the plan of a table": async (signal) => (await deltaSource(table)).plan(undefined, signal),
    scanBatches: (signal) => scanBatches(dataset, { signal }),
    countRows: (signal) => countRows(dataset, { signal }),
    countedRows: (signal) => countedRows(dataset, { signal, predicate }),
    listFragments: (signal) => listFragments(dataset, { signal }),
    rowGroupFragments: (signal) => rowGroupFragments(dataset, { signal }),
    splitFragmentByRowGroup: (signal) => splitFragmentByRowGroup(fragments[0]!, signal),
    takeRowGroupFragments: (signal) => takeRowGroupFragments(fragments, 0, signal),
    rowGroupCount: (signal) => rowGroupCount(fragments, signal),
    rowGroupStats: (signal) => rowGroupStats(fragments, { schema, columns: ["id"], signal }),
    fragmentTelemetry: (signal) => fragmentTelemetry(dataset, { signal }),
    explainScan: (signal) => explainScan(dataset, predicate, { signal }),
    parquetMetadataCollector: (signal) => parquetMetadataCollector(fragments, signal),
    parquetMetadataFactory: (signal) => parquetMetadataFactory(dataset, { signal }),
    findOrphans: (signal) => findOrphans(table, { signal }),
    appendDelta: (signal) => appendDelta(table, rows, { appId: "b", version: 0, signal }),
    readFooter: (signal) => readFooter(fileSource(path), { signal }),
    readFooters: (signal) => readFooters([], { signal }),
    skimFooter: (signal) => skimFooter(fileSource(path), { signal }),
    fileSource: (signal) => fileSource(path).slice(0, 4, signal),
    bytesSource: (signal) => bytesSource(new Uint8Array(4)).suffix(4, signal),
    asyncBufferSource: (signal) =>
      asyncBufferSource({ byteLength: 4, slice: () => new ArrayBuffer(4) }, "buffer").slice(0, 4, signal),
    httpSource: (signal) => httpSource("http://127.0.0.1:9/").slice(0, 4, signal),
    asAsyncBuffer: (signal) => asAsyncBuffer(bytesSource(new Uint8Array(4)), signal).slice(0, 4),
  };
  it.each(Object.entries(takers))("%s", async (_, work) => {
    for (const signal of [1000, "soon", null, new AbortController()])
      expect(await settle(() => work(signal as unknown as AbortSignal))).toEqual(refused("signal"));
    expect(await settle(() => work(AbortSignal.abort(new Error("enough"))))).not.toEqual(refused("signal"));
  });
});

describe("an option of a wrong type is refused:", () => {
  const wrong: Record<string, (name: string) => unknown> = {
    name: (name) => openDataset(path, { [name]: 5 }),
    concurrency: (name) => openDataset(path, { [name]: "16" }),
    partitionTypes: (name) => openDataset(path, { [name]: { year: "int" } }),
    schema: (name) => openDataset(path, { [name]: { fields: ["id"] } }),
    http: (name) => openDataset(path, { [name]: null }),
    allowedFolders: (name) => deltaSource(table, { [name]: folder }),
    timeZone: (name) => deltaSource(table, { [name]: "Mars/Olympus" }),
    maxAttempts: (name) => appendDelta(table, rows, { appId: "b", version: 0, [name]: 0 }),
    partitionBy: (name) => appendDelta(table, rows, { appId: "b", version: 0, [name]: "id" }),
    columns: (name) => rowGroupStats(fragments, { schema, columns: [], [name]: "id" }),
    requiredColumns: (name) => fragmentTelemetry(dataset, { [name]: "id" }),
    scanColumns: (name) => fragmentTelemetry(dataset, { [name]: "id" }),
    guess: (name) => readFooter(fileSource(path), { [name]: Number.NaN }),
    fetch: (name) => httpSource("http://127.0.0.1:9/", { [name]: "fetch" }),
    headers: (name) => httpSource("http://127.0.0.1:9/", { [name]: "authorization: x" }),
    timeoutMs: (name) => httpSource("http://127.0.0.1:9/", { [name]: "30 s" }),
    maxWholeBytes: (name) => httpSource("http://127.0.0.1:9/", { [name]: -1 }),
    filename: async (name) =>
      (await parquetMetadataFactory(dataset)).writeMetadata(folder, { [name]: "../_metadata" }),
  };
  it.each(Object.entries(wrong))("%s", async (name, work) => {
    expect(await settle(() => work(name))).toEqual(refused(name));
  });

  it("a limit, but not that there is none", async () => {
    await appendDelta(table, rows, { appId: "unlimited", version: 0, maxAttempts: Infinity });
    httpSource("http://127.0.0.1:9/", { maxWholeBytes: Infinity });
    expect(await rowGroupStats(fragments, { schema, columns: [], maxRowGroups: Infinity })).toHaveLength(1);
    expect(await settle(() => rowGroupStats(fragments, { schema, columns: [], maxRowGroups: 0.5 }))).toEqual(
      refused("maxRowGroups"),
    );
  });

  it("a number of footers at once", async () => {
    for (const concurrency of [0, Number.NaN, "16"])
      expect(await settle(() => readFooters([], { concurrency: concurrency as number }))).toEqual(
        refused("concurrency"),
      );
  });

  it("a path in place of a dataset, and a text in place of a predicate", async () => {
    const none = path as unknown as typeof dataset;
    for (const work of [scanBatches, countRows, listFragments, explainScan, fragmentTelemetry])
      expect(await settle(() => work(none))).toMatchObject({
        code: "INVALID_ARGUMENT",
        message: expect.stringContaining("no dataset") as unknown,
      });
    expect(() => predicate.and("id < 3" as unknown as typeof predicate)).toThrow(
      /joined by and with: "id < 3"/,
    );
    expect(() => predicate.or(undefined as unknown as typeof predicate)).toThrow(/joined by or with/);
  });
});

it("a sink that fails does not fail an append that is in the table", async () => {
  const sink = {
    recordEvent: () => {
      throw new Error("full");
    },
  };
  const commit = await appendDelta(table, rows, { appId: "c", version: 0, sink: sink as never });
  expect(commit).toMatchObject({ outcome: "committed" });
});
