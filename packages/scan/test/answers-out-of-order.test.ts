// Whatever order answers come in, whoever else reads, and whatever fails or is stopped beside it: a scan gives the rows that a plain read does.
import { brotliCompressSync, gzipSync } from "node:zlib";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import * as fc from "fast-check";
import { Vector, type RecordBatch } from "apache-arrow";
import type { AsyncBuffer } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { col, openDataset, scanBatches, type Dataset, type ScanOptions } from "../src/index.ts";
import { duckFiles, type DuckFiles } from "./duckdb-files.ts";
import { localServer, rangeOf, serveRange, type LocalServer } from "./io/local-server.ts";
import { random } from "./random.ts";

const RUNS = Number(process.env["PITOT_ORDER_RUNS"] ?? 40);
const ROWS = 6000;
const REASON = new Error("enough");
const COLUMNS = ["id", "word", "text", "big", "real", "gap", "list"];

/** Pages of version 2 with page indexes; dictionaries of texts and numbers. */
function indexedFile(codec: "SNAPPY" | "UNCOMPRESSED" | "GZIP" | "BROTLI"): Uint8Array {
  const ids = Array.from({ length: ROWS }, (_, i) => i);
  const columnIndex = true;
  return new Uint8Array(
    parquetWriteBuffer({
      codec,
      compressors: { GZIP: (page) => gzipSync(page), BROTLI: (page) => brotliCompressSync(page) },
      pageSize: 1024,
      rowGroupSize: 2500,
      columnData: [
        { name: "id", data: Int32Array.from(ids), type: "INT32", columnIndex },
        { name: "word", data: ids.map((i) => `word ${i % 40}`), type: "STRING", columnIndex },
        { name: "text", data: ids.map((i) => `text ${i}`), type: "STRING", columnIndex },
        { name: "big", data: ids.map((i) => BigInt(i % 9) ** 9n), type: "INT64", columnIndex },
        { name: "real", data: Float64Array.from(ids, (i) => i / 7), type: "DOUBLE" },
        { name: "gap", data: ids.map((i) => (i % 5 === 0 ? null : i % 77)), type: "INT32", columnIndex },
        { name: "list", data: ids.map((i) => (i % 6 === 0 ? [] : [i % 3, i % 4])) },
      ],
    }),
  );
}

let duck: DuckFiles;
const files = new Map<string, Uint8Array>();

beforeAll(async () => {
  duck = await duckFiles();
  for (const codec of ["SNAPPY", "UNCOMPRESSED", "GZIP", "BROTLI"] as const)
    files.set(`indexed, ${codec}`, indexedFile(codec));
  for (const [codec, version] of [
    ["zstd", "V1"],
    ["lz4_raw", "V2"],
    ["snappy", "V1"],
    ["uncompressed", "V2"],
  ]) {
    const name = `${codec}-${version}.parquet`;
    await duck.run(
      `copy (select i::integer as id, 'word ' || i % 40 as word, 'text ' || i as text, (i % 9)::bigint as big, i / 7 as real,
          case when i % 5 = 0 then null else i % 77 end as gap, case when i % 6 = 0 then [] else [i % 3, i % 4] end as list from range(${ROWS}) t(i))
        to '$DIR/${name}' (format parquet, row_group_size 2048, compression ${codec}, parquet_version ${version})`,
    );
    files.set(name, new Uint8Array(readFileSync(duck.path(name))));
  }
});
afterAll(async () => await duck[Symbol.asyncDispose]());

const names = ["SNAPPY", "UNCOMPRESSED", "GZIP", "BROTLI"]
  .map((codec) => `indexed, ${codec}`)
  .concat("zstd-V1.parquet", "lz4_raw-V2.parquet", "snappy-V1.parquet", "uncompressed-V2.parquet");

type Row = Record<string, unknown>;

function rowsOf(batches: readonly RecordBatch[]): Row[] {
  return batches.flatMap((batch) => {
    const columns = batch.schema.fields.map(({ name }) => [name, batch.getChild(name)!] as const);
    return Array.from({ length: batch.numRows }, (_, row) =>
      Object.fromEntries(
        columns.map(([name, vector]) => {
          const value: unknown = vector.get(row);
          // A list is a vector of its own.
          return [name, value instanceof Vector ? value.toString() : value];
        }),
      ),
    );
  });
}

async function rowsOfScan(dataset: Dataset, options: ScanOptions): Promise<Row[]> {
  const batches: RecordBatch[] = [];
  for await (const batch of scanBatches(dataset, options)) batches.push(batch);
  return rowsOf(batches);
}

function buffer(file: Uint8Array): AsyncBuffer {
  return { byteLength: file.length, slice: (start, end) => file.slice(start, end).buffer };
}

const plain = new Map<string, Promise<Row[]>>();

/** What a file has, read without delays, predicates and company. */
function plainRows(name: string): Promise<Row[]> {
  let rows = plain.get(name);
  if (rows === undefined) {
    plain.set(
      name,
      (rows = openDataset(buffer(files.get(name)!)).then((dataset) => rowsOfScan(dataset, {}))),
    );
  }
  return rows;
}

interface Question {
  readonly predicate: ScanOptions["predicate"];
  readonly matches: (id: number) => boolean;
  readonly columns: readonly string[];
  readonly prefetch: number;
}

const question: fc.Arbitrary<Question> = fc
  .record({
    first: fc.integer({ min: -10, max: ROWS + 10 }),
    count: fc.integer({ min: 0, max: 1500 }),
    columns: fc.shuffledSubarray(COLUMNS, { minLength: 1 }),
    prefetch: fc.nat(3),
    how: fc.nat(3),
  })
  .map(({ first, count, columns, prefetch, how }): Question => {
    const last = first + count;
    const between = (id: number): boolean => id >= first && id <= last;
    const asked: [ScanOptions["predicate"], (id: number) => boolean][] = [
      [undefined, () => true],
      [col("id").between(first, last), between],
      [col("id").between(first, last).or(col("id").eq(17)), (id) => between(id) || id === 17],
      [col("text").eq(`text ${first}`), (id) => id === first],
    ];
    const [predicate, matches] = asked[how]!;
    return { predicate, matches, columns, prefetch };
  });

async function expectRows(
  name: string,
  dataset: Dataset,
  asked: Question,
  signal?: AbortSignal,
): Promise<void> {
  const { predicate, columns, prefetch } = asked;
  const found = await rowsOfScan(dataset, {
    ...(predicate !== undefined && { predicate }),
    ...(signal !== undefined && { signal }),
    columns,
    prefetch,
  });
  const all = await plainRows(name);
  const expected = all.filter(({ id }) => asked.matches(id as number));
  // Not `toEqual`, which takes seconds for thousands of rows, and minutes where one differs.
  expect(found).toHaveLength(expected.length);
  for (const [i, row] of found.entries())
    for (const column of columns)
      if (row[column] !== expected[i]![column])
        throw new Error(
          `row ${i} has ${String(row[column])} as ${column}, not ${String(expected[i]![column])}`,
        );
}

/** A buffer that answers in the order that the scheduler chooses. */
function scheduled(scheduler: fc.Scheduler, file: Uint8Array): AsyncBuffer {
  return {
    byteLength: file.length,
    slice: (start, end) =>
      scheduler.schedule(Promise.resolve(file.slice(start, end).buffer), `${start}-${end}`),
  };
}

const fileName = fc.constantFrom(...names);
const anOrder = { numRuns: RUNS };

describe("buffers whose answers come in any order", () => {
  it(`give what a plain read does: ${RUNS} orders`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fileName, question, async (scheduler, name, asked) => {
        const opened = openDataset(scheduled(scheduler, files.get(name)!));
        await scheduler.waitFor(opened.then((dataset) => expectRows(name, dataset, asked)));
      }),
      anOrder,
    );
  }, 120_000);

  it("give it to 50 scans of one dataset at once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fileName,
        fc.array(question, { minLength: 50, maxLength: 50 }),
        async (scheduler, name, questions) => {
          const { schema } = await openDataset(buffer(files.get(name)!));
          // With a schema no footer was read yet: all ask for it at once.
          const dataset = await openDataset(scheduled(scheduler, files.get(name)!), { schema });
          await scheduler.waitFor(Promise.all(questions.map((asked) => expectRows(name, dataset, asked))));
        },
      ),
      { numRuns: 3 },
    );
  }, 120_000);

  it("and of which one fails or is short, once: the error tells it, and the next scan is whole", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fileName,
        question,
        fc.nat(12),
        fc.constantFrom("fails", "short", "long"),
        async (scheduler, name, asked, place, how) => {
          const file = files.get(name)!;
          let left = place;
          const dataset = await openDataset(
            {
              byteLength: file.length,
              slice: (start: number, end = file.length) => {
                const broken = left-- === 0;
                if (broken && how === "fails")
                  return scheduler.schedule(Promise.reject(new Error("unplugged")));
                const size = broken ? (how === "short" ? -1 : 1) : 0;
                const answer = new Uint8Array(end - start + size);
                answer.set(file.subarray(start, end + Math.min(0, size)));
                return scheduler.schedule(Promise.resolve(answer.buffer));
              },
            },
            { schema: (await openDataset(buffer(file))).schema },
          );
          const error = await scheduler.waitFor(
            expectRows(name, dataset, asked).then(
              () => undefined,
              (thrown: unknown) => thrown,
            ),
          );
          // It may have ended before that answer.
          if (left < 0) {
            expect(error).toMatchObject({ name: "PitotError", code: "IO" });
            expect((error as Error).message).toMatch(how === "fails" ? /unplugged/ : /fewer or more bytes/);
          } else expect(error).toBeUndefined();
          left = Infinity;
          await scheduler.waitFor(expectRows(name, dataset, asked));
        },
      ),
      anOrder,
    );
  }, 120_000);

  it("end with the signal's reason wherever it comes, beside a scan that goes on", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fileName,
        question,
        question,
        async (scheduler, name, asked, other) => {
          const dataset = await openDataset(buffer(files.get(name)!));
          const { schema } = dataset;
          const shared = await openDataset(scheduled(scheduler, files.get(name)!), { schema });
          const stop = new AbortController();
          void scheduler.schedule(Promise.resolve(), "stop").then(() => stop.abort(REASON));
          const stopped = expectRows(name, shared, asked, stop.signal).then(
            () => undefined,
            (thrown: unknown) => thrown,
          );
          const [error] = await scheduler.waitFor(Promise.all([stopped, expectRows(name, shared, other)]));
          if (error !== undefined) expect(error).toBe(REASON);
        },
      ),
      anOrder,
    );
  }, 120_000);
});

/** What a server does the first time that it is asked for a range. */
type Fault = "none" | "late" | "busy" | "cut" | "short" | "dripping";
const FAULTS: readonly Fault[] = ["none", "late", "late", "busy", "cut", "short", "dripping"];

/** Answers late and in any order; each range for the first time with a fault, then as it should. */
function moodyServer(file: Uint8Array, next: () => number): Promise<LocalServer> {
  const asked = new Set<string>();
  return localServer((request, response) => {
    const { range = "" } = request.headers;
    const fault = asked.has(range) ? "late" : FAULTS[Math.floor(next() * FAULTS.length)]!;
    asked.add(range);
    const [start, end] = rangeOf(request, file.length)!;
    const head = { "content-range": `bytes ${start}-${end - 1}/${file.length}`, etag: '"1"' };
    switch (fault) {
      case "busy":
        response.writeHead(503, { "retry-after": "0" }).end();
        break;
      case "cut":
        request.socket.destroy();
        break;
      case "short":
        response.writeHead(206, head).end(file.subarray(start, end - 1));
        break;
      case "dripping":
        response.writeHead(206, head).write(file.subarray(start, start + 1));
        setTimeout(() => response.end(file.subarray(start + 1, end)), next() * 20);
        break;
      default:
        setTimeout(
          () => serveRange(request, response, file, { etag: '"1"' }),
          fault === "late" ? next() * 20 : 0,
        );
    }
  });
}

describe("a server that is late, busy, cuts connections and bodies", () => {
  it("is asked again, by 50 scans at once", async () => {
    for (const [seed, name] of [names[0]!, names[3]!, names[5]!].entries()) {
      const next = random(seed);
      await using server = await moodyServer(files.get(name)!, next);
      const dataset = await openDataset(server.url);
      const questions = fc.sample(question, { seed, numRuns: 50 });
      await Promise.all(questions.map((asked) => expectRows(name, dataset, asked)));
    }
  }, 120_000);
});

describe("a file that is replaced while it is read", () => {
  const asked = { predicate: undefined, matches: () => true, columns: COLUMNS, prefetch: 0 };
  const [before, after] = ["indexed, UNCOMPRESSED", "uncompressed-V2.parquet"];

  it("is told by the local source, at whatever batch", async () => {
    for (const place of [0, 1, 2]) {
      const path = duck.path(`replaced-${place}.parquet`);
      writeFileSync(path, files.get(before)!);
      const dataset = await openDataset(path);
      const replace = (): void => {
        writeFileSync(`${path}.new`, files.get(after)!);
        renameSync(`${path}.new`, path);
      };
      if (place === 0) replace();
      let batches = 0;
      const reading = (async () => {
        for await (const batch of scanBatches(dataset, { prefetch: 0 })) {
          void batch;
          if (++batches === place) replace();
        }
      })();
      await expect(reading).rejects.toMatchObject({
        code: "IO",
        message: expect.stringContaining("changed"),
      });
      expect(batches).toBe(place);
      await expectRows(after, await openDataset(path), asked);
    }
  });

  it("is told over HTTP, at whatever request, and is never mixed", async () => {
    let whole = 0;
    for (let place = 1; whole === 0; place++) {
      await using server = await localServer((request, response, count) => {
        const [name, etag] = count <= place ? [before, '"1"'] : [after, '"2"'];
        serveRange(request, response, files.get(name)!, { etag });
      });
      const error: unknown = await openDataset(server.url)
        .then((dataset) => expectRows(before, dataset, asked))
        .catch((thrown: unknown) => thrown);
      if (error === undefined) whole = place;
      else expect(error).toMatchObject({ code: "IO", message: expect.stringContaining("changed") });
    }
    expect(whole).toBeGreaterThan(3);
  });
});
