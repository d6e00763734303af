import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable, Stream, Transform, Writable } from "node:stream";
import { createGzip } from "node:zlib";
import { trackedRun } from "@pitot/core";
import { observePipeline, type StreamStage } from "@pitot/pipeline";
import { createTelemetryHarness, type TelemetryHarness } from "@pitot/testing";
import { afterAll, afterEach, beforeEach, expect, it } from "vitest";

let telemetry: TelemetryHarness;
const folder = mkdtempSync(join(tmpdir(), "pitot-stream-"));
beforeEach(() => {
  telemetry = createTelemetryHarness();
});
afterEach(() => telemetry.shutdown());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (stages: Record<string, StreamStage>, options?: { signal?: AbortSignal; end?: boolean }) =>
  trackedRun({ label: "x" }, (run) => observePipeline(run, stages, options));
const stage = (name: string) => telemetry.spans().find((span) => span.name === `stage ${name}`)!;
const rows = (name: string) => stage(name).attributes["pitot.stream.rows"];

it("counts rows per stage, and who waits for whom", async () => {
  const taken: number[] = [];
  await run({
    read: Readable.from(Array.from({ length: 100 }, (_, i) => i)),
    odd: new Transform({
      objectMode: true,
      highWaterMark: 4,
      transform: (n: number, _, done) => (n % 2 === 0 ? done() : done(null, n)),
    }),
    slow: new Writable({
      objectMode: true,
      highWaterMark: 1,
      write: (n: number, _, done) => {
        taken.push(n);
        setTimeout(done, 2);
      },
    }),
  });
  expect(taken).toHaveLength(50);
  expect([rows("read"), rows("odd"), rows("slow")]).toEqual([100, 50, 50]);
  expect(stage("odd").attributes["pitot.stream.pauses"]).toBeGreaterThan(5);
  expect(stage("odd").attributes["pitot.stream.backpressure_time"]).toBeGreaterThan(0.04);
  expect(stage("slow").attributes["pitot.stream.pauses"]).toBe(0);
  expect(stage("slow").links[0]?.context.spanId).toBe(stage("odd").spanContext().spanId);
  expect(stage("odd").status.code).toBe(0);
});

it("counts bytes of files through gzip, unchanged", async () => {
  const file = join(folder, "in.txt");
  writeFileSync(file, "ü".repeat(500_000));
  const chunks: Buffer[] = [];
  await run({
    read: createReadStream(file),
    zip: createGzip(),
    write: new Writable({ write: (chunk: Buffer, _, done) => (chunks.push(chunk), done()) }),
  });
  expect(stage("read").attributes["pitot.stream.bytes"]).toBe(1_000_000);
  expect(stage("write").attributes["pitot.stream.bytes"]).toBe(Buffer.concat(chunks).length);
  const { gunzipSync } = await import("node:zlib");
  expect(gunzipSync(Buffer.concat(chunks))).toEqual(readFileSync(file));
});

it("takes iterables and functions, and gives the last one's result", async () => {
  const result = await run({
    numbers: [1, 2, 3],
    double: async function* (source: AsyncIterable<number>) {
      for await (const n of source) yield 2 * n;
    } as StreamStage,
    sum: (async (source: AsyncIterable<number>) => {
      let sum = 0;
      for await (const n of source) sum += n;
      return sum;
    }) as StreamStage,
  });
  expect(result).toBe(12);
  expect([rows("numbers"), rows("double"), rows("sum")]).toEqual([3, 3, 3]);
});

it("passes an error unchanged; stages that had ended have not failed", async () => {
  const error = new Error("mine");
  const failing = run({
    read: Readable.from(["a", "b"]),
    pass: new PassThrough({ objectMode: true }),
    bad: new Writable({
      objectMode: true,
      write: (_chunk, _encoding, done) => void setTimeout(() => done(error), 20),
    }),
  });
  await expect(failing).rejects.toBe(error);
  expect([stage("read"), stage("pass"), stage("bad")].map(({ status }) => status.code)).toEqual([
    0,
    expect.any(Number),
    2,
  ]);
  expect(rows("read")).toBe(2);
});

it("is aborted as the pipeline is", async () => {
  const abort = new AbortController();
  const endless = run(
    {
      read: new Readable({
        objectMode: true,
        read() {
          setImmediate(() => this.push(1));
        },
      }),
      sink: new Writable({ objectMode: true, write: (_chunk, _encoding, done) => done() }),
    },
    { signal: abort.signal },
  );
  setTimeout(() => abort.abort(), 20);
  await expect(endless).rejects.toMatchObject({ name: "AbortError" });
  expect(stage("sink").attributes["error.type"]).toBe("ABORT_ERR");
});

it("takes an empty source, and refuses what is no pipeline as node does", async () => {
  await run({ read: Readable.from([]), sink: new Writable({ write: (_chunk, _encoding, done) => done() }) });
  expect([rows("read"), rows("sink")]).toEqual([0, 0]);
  await expect(run({})).rejects.toThrow(/streams/);
});

it("lets web streams through, and claims no rows of what it cannot meter", async () => {
  const taken: string[] = [];
  await run({
    read: new ReadableStream({ start: (to) => (to.enqueue("a"), to.enqueue("b"), to.close()) }),
    upper: new TransformStream<string, string>({
      transform: (text, to) => to.enqueue(text.toUpperCase()),
    }) as never,
    sink: new Writable({ objectMode: true, write: (text: string, _, done) => (taken.push(text), done()) }),
  });
  expect(taken).toEqual(["A", "B"]);
  expect([rows("read"), rows("upper"), rows("sink")]).toEqual([2, undefined, 2]);
});

it("gives functions the streams themselves, and counts what they take of them however they do", async () => {
  expect(
    await run({
      read: Readable.from([Buffer.from("é").subarray(0, 1), Buffer.from("é").subarray(1)], {
        objectMode: false,
      }),
      text: async (source) => {
        const stream = source as unknown as Readable;
        const taken: string[] = [];
        stream.setEncoding("utf8").on("data", (text: string) => taken.push(text));
        await new Promise((ended) => stream.on("end", ended));
        return taken.join("");
      },
    }),
  ).toBe("é");
  expect(rows("text")).toBeGreaterThan(0);
  expect(
    await run({
      numbers: (() => [1, 2]) as never,
      doubled: (source) => Readable.from(source).map((n: number) => n * 2),
      list: (source) => (source as unknown as Readable).toArray(),
    }),
  ).toEqual([2, 4]);
  expect(["numbers", "doubled", "list"].map(rows)).toEqual([2, 2, 2]);
});

it("takes streams from before Readable", async () => {
  const doubled = Object.assign(new Stream(), {
    readable: true,
    writable: true,
    push: () => true,
    write: (n: number) => doubled.emit("data", n * 2),
    end: () => doubled.emit("end") && doubled.emit("close"),
  });
  const taken: number[] = [];
  const take = new Writable({
    objectMode: true,
    write: (n: number, _, done) => done(void taken.push(n) as never),
  });
  await run({ read: Readable.from([1, 2]), doubled: doubled as never, take }).catch(() => undefined);
  expect([taken, rows("doubled")]).toEqual([[2, 4], 2]);
});

it("leaves streams as they were, also where pipelines at once share one", async () => {
  const end = new PassThrough({ objectMode: true }).resume();
  const own = Object.getOwnPropertyNames(end);
  const into = (source: Readable) => run({ source, end }, { end: false });
  const slow = new PassThrough({ objectMode: true });
  const first = into(slow);
  await into(Readable.from([1]));
  const second = into(Readable.from([2, 3]));
  slow.end(4);
  await Promise.all([first, second]);
  expect(Object.getOwnPropertyNames(end)).toEqual(own);
});

it.each([
  ["source", { none: (): unknown => 1, end: new PassThrough() }],
  ["transform", { read: Readable.from([1]), none: async (): Promise<number> => 1, end: new PassThrough() }],
  ["destination", { read: Readable.from([1]), none: (): unknown => 1 }],
])("a %s that gives nothing to read is refused as node does", async (_, stages) => {
  await expect(run(stages as never)).rejects.toMatchObject({ code: "ERR_INVALID_RETURN_VALUE" });
  expect(stage("none").attributes["error.type"]).toBe("ERR_INVALID_RETURN_VALUE");
});
