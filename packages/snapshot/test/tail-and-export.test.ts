import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { configureRecording, finishRun, startRun } from "@pitot/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compactTable } from "../src/compact-table.ts";
import { exportRun, readRun, SnapshotStore, tailRun } from "../src/index.ts";
import { measureTable } from "../src/measure-table.ts";
import { thisProcess } from "../src/process-identity.ts";
import { readBatches } from "../src/read-batches.ts";
import { testSpan } from "./span-rows.ts";

let directory: string;
let store: SnapshotStore;
let restore: () => void;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pitot-tail-"));
  store = new SnapshotStore({ directory, flush: 50 });
  restore = configureRecording({ targets: [store], flushMs: 50 });
});
afterEach(() => {
  restore();
  rmSync(directory, { recursive: true, force: true });
});

describe("tailRun", () => {
  it("yields every row of a live run once, in order, over its compaction", async () => {
    const run = startRun({ label: "tail" });
    const ids: string[] = [];
    let looks = 0;
    const writing = (async () => {
      for (let i = 0; i < 20_000; i++) {
        // Each part when the one before has been seen.
        if (i % 5000 === 0) await expect.poll(() => ids.length).toBe(i);
        run.recordQualityRow("N", `${i}`, "I");
      }
      finishRun(run);
      await store.close();
    })();
    for await (const { table, firstRow, batch } of tailRun(directory, run.runId, { pollMs: 20 })) {
      expect(table).toBe("quality");
      expect(firstRow).toBe(ids.length);
      ids.push(...Array.from(batch.getChild("entity_id")!, String));
      looks++;
    }
    await writing;
    expect(ids).toEqual(Array.from({ length: 20_000 }, (_, i) => `${i}`));
    expect(looks).toBeGreaterThan(3);
  });

  it("yields also what ends just after its run", async () => {
    restore();
    store = new SnapshotStore({ directory, flush: 3_600_000 });
    restore = configureRecording({ targets: [store], flushMs: 50 });
    const run = startRun({ label: "late" });
    run.recordQualityRow("N", "1", "I");
    const tables: string[] = [];
    for await (const { table } of tailRun(directory, run.runId, { pollMs: 20 })) {
      tables.push(table);
      if (tables.length > 1) continue;
      finishRun(run);
      // Written when the run is compacted.
      store.addSpan(testSpan(1, { run_id: run.runId }));
    }
    expect(tables).toEqual(["quality", "spans"]);
    await store.close();
  });

  it("changes nothing, also where the process has died", async () => {
    const run = startRun({ label: "dead" });
    const folder = join(directory, "runs", run.runId);
    for (const name of readdirSync(folder).filter((file) => file.endsWith(".claim")))
      writeFileSync(join(folder, name), JSON.stringify({ ...thisProcess(), start: "1" }));
    const before = readdirSync(folder);
    for await (const _ of tailRun(directory, run.runId)) expect(_).toBeUndefined();
    // The claim's time is the last sign of life, which recovery wants to know.
    expect(readdirSync(folder)).toEqual(before);
  });

  it("ends when it is told to, and names a run that is not there", async () => {
    const run = startRun({ label: "tail" });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    for await (const _ of tailRun(directory, run.runId, { signal: stop.signal })) expect(_).toBeUndefined();
    finishRun(run);
    await expect(tailRun(directory, "nothing").next()).rejects.toThrow("There is no readable manifest");
  });
});

describe("a run that is compacted while it is read", () => {
  it("is read whole", async () => {
    const run = startRun({ label: "compacted" });
    for (let i = 0; i < 10; i++) run.recordEvent("e", { i });
    const stream = join(directory, "runs", run.runId, "events.arrows");
    await expect.poll(() => existsSync(stream) && measureTable(stream).rows).toBe(10);
    copyFileSync(stream, join(directory, "copy.arrows"));
    const { path: compacted } = await compactTable(join(directory, "copy.arrows"));
    const count = async (batches: AsyncIterable<{ readonly numRows: number }>): Promise<number> => {
      let rows = 0;
      for await (const { numRows } of batches) rows += numRows;
      return rows;
    };
    // Each reader has found the stream, and has not read it yet.
    const table = readRun(directory, run.runId).table("events");
    const batches = readBatches(stream);
    renameSync(compacted, stream.slice(0, -1));
    rmSync(stream);
    expect((await table)?.numRows).toBe(10);
    expect(await count(batches)).toBe(10);
    await expect(readBatches(join(directory, "none.arrows")).next()).rejects.toThrow("ENOENT");
    finishRun(run);
  });
});

describe("exportRun", () => {
  async function run(): Promise<string> {
    const live = startRun({ label: "export" });
    for (let i = 0; i < 10_000; i++) live.recordQualityRow("N", i % 3 === 0 ? null : `é${i}`, "I", "t");
    live.recordEvent("e", { text: "a\nb" });
    live.recordMetric("m", 0.1);
    for (let i = 0; i < 1000; i++)
      store.addSpan(
        testSpan(i, {
          run_id: live.runId,
          events: '[{"name":"e","time_unix_nano":"1","attributes":{"f":0.5,"l":["x",true]}}]',
          links: `[{"trace_id":"${"cd".repeat(16)}","span_id":"${"ef".repeat(8)}","attributes":{}}]`,
          status_code: "ERROR",
          status_message: "odd",
          kind: "CLIENT",
        }),
      );
    finishRun(live);
    await store.close();
    return live.runId;
  }

  it("writes Parquet that DuckDB reads, times as far as it knows them", async () => {
    const id = await run();
    const files = await exportRun(directory, id, { format: "parquet", output: join(directory, "out") });
    expect(Object.fromEntries(files.map(({ table, rows }) => [table, rows]))).toMatchObject({
      quality: 10_000,
      events: 1,
      metrics: 1,
      spans: 1000,
    });
    const connection = await (await DuckDBInstance.create()).connect();
    const query = async (sql: string): Promise<unknown[][]> =>
      (await connection.runAndReadAll(sql)).getRowsJson();
    const at = (table: string): string => `'${join(directory, "out", `${table}.parquet`)}'`;
    expect(
      await query(
        `select count(*), count(entity_id), min(seq), max(seq), count(distinct run_id), max(entity_id) from ${at("quality")}`,
      ),
    ).toEqual([["10000", "6666", "0", "9999", "1", "é9998"]]);
    expect(
      await query(
        `select epoch_us(start_time_unix_nano), typeof(start_time_unix_nano), duration_time_unix_nano, sampled, name from ${at("spans")} order by name limit 1`,
      ),
    ).toEqual([["1700000000000000", "TIMESTAMP WITH TIME ZONE", "1234567", true, "span 0"]]);
    connection.closeSync();
  });

  it.skipIf(process.env["PITOT_PYTHON"] === undefined)(
    "writes Parquet that pyarrow reads, to the nanosecond",
    async () => {
      const id = await run();
      await exportRun(directory, id, { format: "parquet", output: join(directory, "out") });
      const script = `
import json, sys, pyarrow.parquet as pq
spans, quality = (pq.read_table(f"{sys.argv[1]}/{name}.parquet") for name in ("spans", "quality"))
first = spans.sort_by("name").slice(0, 1)
print(json.dumps([
    [str(spans.schema.field("start_time_unix_nano").type), str(first["start_time_unix_nano"].cast("int64")[0])],
    [spans.num_rows, first["duration_time_unix_nano"][0].as_py(), first["sampled"][0].as_py(), spans.schema.field("name").nullable],
    [quality.num_rows, quality["entity_id"].null_count, quality["entity_id"][1].as_py(), quality["seq"][9999].as_py()],
]))`;
      const output = execFileSync(process.env["PITOT_PYTHON"]!, ["-c", script, join(directory, "out")], {
        encoding: "utf8",
      });
      expect(JSON.parse(output)).toEqual([
        ["timestamp[ns, tz=UTC]", "1700000000000000001"],
        [1000, 1_234_567, true, false],
        [10_000, 3334, "é1", 9999],
      ]);
    },
  );

  it("writes JSON Lines", async () => {
    const id = await run();
    await exportRun(directory, id, { format: "jsonl", output: join(directory, "out") });
    const lines = readFileSync(join(directory, "out", "spans.jsonl"), "utf8")
      .trimEnd()
      .split("\n");
    expect(lines).toHaveLength(1000);
    expect(JSON.parse(lines[3] ?? "")).toMatchObject({
      name: "span 3",
      start_time_unix_nano: "1700000000000000004",
      duration_time_unix_nano: 1_234_567,
      parent_span_id: null,
      sampled: true,
    });
    expect(readFileSync(join(directory, "out", "events.jsonl"), "utf8").split("\n")).toHaveLength(2);
  });

  it("writes OTLP/JSON", async () => {
    const id = await run();
    const [file] = await exportRun(directory, id, { format: "otlp", output: join(directory, "out") });
    const data = readFileSync(file?.path ?? "", "utf8")
      .trimEnd()
      .split("\n")
      .map(
        (line) =>
          JSON.parse(line) as { resourceSpans: { resource: unknown; scopeSpans: { spans: unknown[] }[] }[] },
      );
    const spans = data.flatMap(({ resourceSpans }) =>
      resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
    );
    expect(spans).toHaveLength(1000);
    expect(spans[1]).toMatchObject({
      kind: 3,
      startTimeUnixNano: "1700000000000000002",
      endTimeUnixNano: "1700000000001234569",
      attributes: [
        { key: "n", value: { intValue: "1" } },
        { key: "text", value: { stringValue: "é" } },
      ],
      events: [
        {
          name: "e",
          timeUnixNano: "1",
          attributes: [
            { key: "f", value: { doubleValue: 0.5 } },
            { key: "l", value: { arrayValue: { values: [{ stringValue: "x" }, { boolValue: true }] } } },
          ],
        },
      ],
      links: [{ traceId: "cd".repeat(16), spanId: "ef".repeat(8), attributes: [] }],
      status: { code: 2, message: "odd" },
    });
  });

  it("writes numbers that JSON, or int64, does not have as what they are", async () => {
    const live = startRun({ label: "numbers" });
    for (let i = 0; i < 2; i++) live.recordMetric("m", Number.MAX_VALUE);
    store.addSpan(testSpan(1, { run_id: live.runId, attributes: '{"big":1e300,"n":7}' }));
    finishRun(live);
    await store.close();
    const output = join(directory, "out");
    await exportRun(directory, live.runId, { format: "jsonl", output });
    await exportRun(directory, live.runId, { format: "otlp", output });
    const text = (name: string): string => readFileSync(join(output, name), "utf8");
    expect(JSON.parse(text("metrics.jsonl"))).toMatchObject({ sum: "Infinity" });
    expect(text("traces.jsonl")).toContain('{"key":"big","value":{"doubleValue":1e+300}}');
    expect(text("traces.jsonl")).toContain('{"key":"n","value":{"intValue":"7"}}');
  });

  it("refuses another format, and a run that is not there", async () => {
    await expect(exportRun(directory, "x", { format: "xml" as "otlp", output: "out" })).rejects.toThrow(
      '"xml"',
    );
    await expect(exportRun(directory, "x", { format: "otlp", output: "out" })).rejects.toThrow(
      "readable manifest",
    );
  });
});
