// At every stage of a scan: it ends at once with the signal's reason, and leaves no file open, no request under way, and no rejection behind.
import { existsSync, mkdirSync, readdirSync, readlinkSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { AsyncBuffer } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  col,
  countRows,
  explainScan,
  fileSource,
  fragmentTelemetry,
  listFragments,
  openDataset,
  parquetMetadataFactory,
  rowGroupCount,
  rowGroupFragments,
  rowGroupStats,
  scanBatches,
  type Dataset,
} from "../src/index.ts";
import { duckFiles, type DuckFiles } from "./duckdb-files.ts";
import { localServer, rangeOf, serveRange, type LocalServer } from "./io/local-server.ts";

const FILES = 40;
/** On a busy machine too. What these wait for comes in more than twice that time, or never. */
const SOON_MS = 20_000;
const REASON = new Error("enough");
const ROWS = 4000;
const file = new Uint8Array(
  parquetWriteBuffer({
    columnData: [
      { name: "id", data: Int32Array.from({ length: ROWS }, (_, i) => i), type: "INT32" },
      { name: "text", data: Array.from({ length: ROWS }, (_, i) => `text ${i}`), type: "STRING" },
    ],
    rowGroupSize: 500,
  }),
);
// In the middle of every row group, so that statistics settle nothing.
const OPEN = col("text").ne("text 7");

let duck: DuckFiles;
const unhandled: unknown[] = [];
const warnings: string[] = [];
const onUnhandled = (reason: unknown): number => unhandled.push(reason);
const onWarning = ({ message }: Error): number => warnings.push(message);

beforeAll(async () => {
  duck = await duckFiles();
  mkdirSync(duck.path("files"));
  await duck.run(
    `copy (select i as id, i % ${FILES} as part from range(${ROWS}) t(i)) to '$DIR/files' (format parquet, partition_by (part), overwrite_or_ignore)`,
  );
});
afterAll(async () => await duck[Symbol.asyncDispose]());
beforeEach(() => {
  process.on("unhandledRejection", onUnhandled).on("warning", onWarning);
});
afterEach(async () => {
  // Both are told in a later turn of the event loop.
  await sleep(20);
  process.off("unhandledRejection", onUnhandled).off("warning", onWarning);
  expect(unhandled.splice(0)).toEqual([]);
  expect(warnings.splice(0)).toEqual([]);
});

/** Files of the dataset that this process has open. */
const openFiles = (): string[] =>
  (existsSync("/proc/self/fd") ? readdirSync("/proc/self/fd") : []).filter((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`).startsWith(duck.folder);
    } catch {
      // Closed since.
      return false;
    }
  });

/** A promise, and what settles it. */
function gate(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** A buffer that answers `answers` times, and then never. */
function mute(answers: number): { buffer: AsyncBuffer; asked: Promise<void> } {
  const { promise: asked, resolve } = gate();
  let left = answers;
  return {
    asked,
    buffer: {
      byteLength: file.length,
      slice: (start, end) => {
        if (left-- > 0) return file.slice(start, end).buffer;
        resolve();
        return new Promise(() => undefined);
      },
    },
  };
}

/** Fails unless `work` ends with the reason soon after it was aborted, which it is once `ready` has come. */
async function expectAborted(
  work: (signal: AbortSignal) => Promise<unknown>,
  ready: Promise<unknown>,
): Promise<void> {
  const stop = new AbortController();
  const ended = work(stop.signal).then(
    () => "ended",
    (error: unknown) => error,
  );
  await ready;
  const started = performance.now();
  stop.abort(REASON);
  expect(await ended).toBe(REASON);
  expect(performance.now() - started).toBeLessThan(SOON_MS);
}

const readAll = async (
  dataset: Dataset,
  signal: AbortSignal,
  prefetch = 1,
  predicate = OPEN,
): Promise<void> => {
  for await (const batch of scanBatches(dataset, { predicate, signal, prefetch })) void batch;
};

describe("a buffer that never answers", () => {
  it("while the footers of a new dataset are read", async () => {
    const { buffer, asked } = mute(0);
    await expectAborted((signal) => openDataset([buffer, mute(1).buffer], { signal }), asked);
  });

  const schema = openDataset(mute(1).buffer).then((dataset) => dataset.schema);
  const stages: Record<
    string,
    [answers: number, work: (dataset: Dataset, signal: AbortSignal) => Promise<unknown>]
  > = {
    "fragments are listed": [0, (dataset, signal) => listFragments(dataset, { predicate: OPEN, signal })],
    "fragments are split": [0, (dataset, signal) => rowGroupFragments(dataset, { signal })],
    "row groups are counted": [
      0,
      async (dataset, signal) => rowGroupCount(await listFragments(dataset), signal),
    ],
    "statistics are asked for": [
      0,
      async (dataset, signal) =>
        rowGroupStats(await listFragments(dataset), { schema: dataset.schema, columns: ["id"], signal }),
    ],
    "a scan is explained": [0, (dataset, signal) => explainScan(dataset, OPEN, { signal })],
    "telemetry is made": [0, (dataset, signal) => fragmentTelemetry(dataset, { predicate: OPEN, signal })],
    "sidecars are made": [0, (dataset, signal) => parquetMetadataFactory(dataset, { signal })],
    "rows are counted, in planning": [
      0,
      (dataset, signal) => countRows(dataset, { predicate: OPEN, signal }),
    ],
    "rows are counted, in reading": [1, (dataset, signal) => countRows(dataset, { predicate: OPEN, signal })],
    "batches are planned": [0, readAll],
    "the first batch is read": [1, readAll],
    "a later batch is read": [4, readAll],
    "batches are fetched ahead": [6, (dataset, signal) => readAll(dataset, signal, 5)],
  };
  it.each(Object.entries(stages))("while %s", async (_, [answers, work]) => {
    const { buffer, asked } = mute(answers);
    const dataset = await openDataset(buffer, { schema: await schema });
    await expectAborted((signal) => work(dataset, signal), asked);
  });
});

describe("local files", () => {
  it("are closed, wherever they were stopped", async () => {
    const dataset = await openDataset(duck.path("files"));
    const predicate = col("id").ne(7);
    for (let turn = 0; turn < 40; turn++) {
      const stop = new AbortController();
      const work = [
        () => openDataset(duck.path("files"), { signal: stop.signal }),
        () => countRows(dataset, { predicate, signal: stop.signal, prefetch: 8 }),
        () => readAll(dataset, stop.signal, 8, predicate),
      ][turn % 3]!;
      const ended = work().then(
        () => undefined,
        (error: unknown) => error,
      );
      // From before the first turn to somewhere in the middle.
      if (turn > 2) await sleep(turn / 10);
      stop.abort(REASON);
      const error = await ended;
      if (error !== undefined) expect(error).toBe(REASON);
    }
    for await (const batch of scanBatches(dataset, { prefetch: 8 })) {
      expect(batch.numRows).toBeGreaterThan(0);
      break;
    }
    // What was stopped is closed in the background.
    await expect.poll(openFiles).toEqual([]);
  });

  it("are refused before anything is opened", async () => {
    const signal = AbortSignal.abort(REASON);
    await expect(openDataset(duck.path("files"), { signal })).rejects.toBe(REASON);
    await expect(openDataset(`${duck.folder}/files/*/*`, { signal })).rejects.toBe(REASON);
    const [fragment] = await listFragments(await openDataset(duck.path("files")));
    await expect(fileSource(fragment!.location).suffix(8, signal)).rejects.toBe(REASON);
  });
});

/** Of a connection that was cut before its request was looked at no end is told, so it is asked for. */
const connected = (responses: Set<ServerResponse>): number =>
  [...responses].filter(({ socket }) => socket?.destroyed === false).length;

describe("a server that is slow", () => {
  const footer = file.length - 8 - new DataView(file.buffer).getUint32(file.length - 8, true);

  /** Answers for footers, and so many times for data; what else is asked for comes byte by byte and never ends, so that no timeout ends it. Tells what is under way. */
  async function slowServer(
    answers: number,
  ): Promise<{ server: LocalServer; underWay: Set<ServerResponse>; asked: Promise<void> }> {
    const underWay = new Set<ServerResponse>();
    const { promise: asked, resolve } = gate();
    let left = answers;
    const server = await localServer((request, response) => {
      underWay.add(response);
      response.on("close", () => underWay.delete(response));
      const [start, end] = rangeOf(request, file.length)!;
      const isFooter = start >= footer || end === file.length;
      const slow = request.url?.includes("slow") === true || (!isFooter && left-- <= 0);
      if (!slow) return serveRange(request, response, file);
      response.writeHead(206, { "content-range": `bytes ${start}-${end - 1}/${file.length}` });
      let sent = start;
      const drip = setInterval(() => sent < end - 1 && response.write(file.subarray(sent, ++sent)), 5);
      response.on("close", () => clearInterval(drip));
      resolve();
    });
    return { server, underWay, asked };
  }

  it("is let go at once when the signal says so, with many requests under way", async () => {
    const { server, underWay, asked } = await slowServer(0);
    await using _ = server;
    const dataset = await openDataset(server.url);
    await expectAborted((signal) => readAll(dataset, signal, 3), asked);
    const many = Array.from({ length: 20 }, (_, i) => `${server.url}?slow=${i}`);
    await expectAborted(
      (signal) => openDataset(many, { signal, concurrency: 20 }),
      expect.poll(() => connected(underWay)).toBe(20),
    );
    await expect.poll(() => connected(underWay)).toBe(0);
    const { length } = server.requests;
    expect(length).toBeGreaterThan(20);
    await sleep(300);
    expect(server.requests).toHaveLength(length);
  });

  it("is let go when the consumer stops early, without waiting for it", async () => {
    const { server, underWay } = await slowServer(1);
    await using _ = server;
    const started = performance.now();
    for await (const batch of scanBatches(await openDataset(server.url), { prefetch: 4 })) {
      expect(batch.numRows).toBe(500);
      break;
    }
    expect(performance.now() - started).toBeLessThan(SOON_MS);
    await expect.poll(() => connected(underWay)).toBe(0);
  });

  it("is let go when another request fails", async () => {
    const { server, underWay } = await slowServer(0);
    await using _ = server;
    let refused = false;
    const dataset = await openDataset(server.url, {
      http: {
        // Data of the first row group is refused, while that of others drips.
        fetch: async (url, init) => {
          const start = Number(
            /=(\d+)-/.exec(new Headers(init?.headers).get("range") ?? "")?.[1] ?? file.length,
          );
          if (refused || start >= footer || Number.isNaN(start)) return await fetch(url, init);
          refused = true;
          return await sleep(100, new Response("", { status: 404 }));
        },
      },
    });
    const started = performance.now();
    await expect(readAll(dataset, new AbortController().signal, 4)).rejects.toThrow(/404/);
    expect(performance.now() - started).toBeLessThan(SOON_MS);
    await expect.poll(() => connected(underWay)).toBe(0);
  });
});
