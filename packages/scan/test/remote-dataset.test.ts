import { readFile } from "node:fs/promises";
import { Field, Int32, Schema, Struct, Utf8 } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  col,
  countedRows,
  countRows,
  fileSource,
  listFragments,
  openDataset,
  openSource,
  scanBatches,
  type Fragment,
} from "../src/index.ts";
import { allAhead, orderedAhead } from "../src/dataset/ordered-ahead.ts";
import { duckFiles, type DuckFiles } from "./duckdb-files.ts";
import { localServer, rangeOf, serveRange } from "./io/local-server.ts";

let duck: DuckFiles;
let bytes: Uint8Array;
beforeAll(async () => {
  duck = await duckFiles();
  await duck.run(`copy (select i::integer as id, 'n' || i as name, {'x': i::integer} as point from range(8192) t(i))
    to '$DIR/rows.parquet' (row_group_size 2048)`);
  bytes = await readFile(duck.path("rows.parquet"));
});
afterAll(async () => await duck[Symbol.asyncDispose]());

describe("over HTTP", () => {
  it("asks for the footer once, and for what the predicate leaves", async () => {
    await using server = await localServer((request, response) => serveRange(request, response, bytes));
    const dataset = await openDataset(`${server.url}?token=secret`, {
      http: { headers: { authorization: "Bearer x" } },
    });
    expect(dataset.name).toBe("data");
    expect(server.requests).toHaveLength(1);
    const scan = scanBatches(dataset, { predicate: col("id").between(5000, 5010), columns: ["name"] });
    let rows = 0;
    for await (const batch of scan) rows += batch.numRows;
    expect(rows).toBe(11);
    expect(scan.effectiveness.rowGroups).toEqual({ total: 4, read: 1, skipped: 3 });
    expect(server.requests).toHaveLength(scan.effectiveness.rangeRequests);
    expect(server.requests.every(({ headers }) => headers.authorization === "Bearer x")).toBe(true);
    expect(scan.effectiveness.bytes.read).toBeLessThan(bytes.length / 2);
  });

  it("reads from a server that knows no ranges, once", async () => {
    await using server = await localServer((_, response) =>
      response.writeHead(200, { "content-length": bytes.length }).end(bytes),
    );
    const dataset = await openDataset([server.url]);
    const first = await countedRows(dataset, { predicate: col("name").eq("n77") });
    expect([first.rows, server.requests.length]).toEqual([1, 1]);
    // What came, not what was asked for; and nothing came the second time.
    expect(first.effectiveness.bytes.read).toBe(bytes.length);
    expect(first.effectiveness.rangeRequests).toBe(1);
    const again = await countedRows(dataset, { predicate: col("name").eq("n78") });
    expect([again.rows, again.effectiveness.bytes.read, again.effectiveness.rangeRequests]).toEqual([
      1, 0, 0,
    ]);
  });

  it("counts requests that were tried again, and bytes of bodies that broke off", async () => {
    let sent = 0;
    let breakOff = (): void => undefined;
    await using server = await localServer((request, response, count) => {
      if (count !== 2) {
        serveRange(request, response, bytes);
        return;
      }
      const [start, end] = rangeOf(request, bytes.length) ?? [0, 0];
      sent = Math.min(1000, end - start - 1);
      response.writeHead(206, { "content-range": `bytes ${start}-${end - 1}/${bytes.length}` });
      response.write(bytes.subarray(start, start + sent));
      breakOff = () => request.socket.destroy();
    });
    // Not before what was sent has been taken: a body that fails drops what nobody has read of it.
    const fetchThenBreakOff: typeof fetch = async (url, init) => {
      const response = await fetch(url, init);
      if (server.requests.length !== 2) return response;
      const reader = response.body!.getReader();
      let taken = 0;
      const pull = async (to: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
        if (taken === sent) breakOff();
        const { value } = await reader.read();
        taken += value!.length;
        to.enqueue(value!);
      };
      return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }), response);
    };
    const dataset = await openDataset(server.url, { http: { fetch: fetchThenBreakOff } });
    const { rows, effectiveness } = await countedRows(dataset, { predicate: col("name").eq("n77") });
    expect(rows).toBe(1);
    expect(effectiveness.rangeRequests).toBe(server.requests.length);
    await using whole = await localServer((request, response) => serveRange(request, response, bytes));
    const unbroken = await countedRows(await openDataset(whole.url), { predicate: col("name").eq("n77") });
    expect(effectiveness.bytes.data - unbroken.effectiveness.bytes.data).toBe(sent);
  });

  it("fails with the URL where the server does", async () => {
    await using server = await localServer((_, response) => response.writeHead(404).end());
    await expect(openDataset(server.url)).rejects.toMatchObject({ code: "IO" });
  });
});

describe("a table format's fragments", () => {
  const source = (fragment: Partial<Fragment>) => {
    const location = duck.path("rows.parquet");
    const whole: Fragment = {
      path: "rows.parquet",
      location,
      byteLength: bytes.length,
      partition: new Map([["region", "north"]]),
      partitionExpression: '(region == "north")',
      rowGroups: undefined,
      open: async () => fileSource(location),
      ...fragment,
    };
    return {
      format: "delta" as const,
      location: "table",
      schema: new Schema([
        new Field("number", new Int32(), true),
        new Field("place", new Struct([new Field("across", new Int32(), true)]), true),
        new Field("later", new Utf8(), true),
        new Field("region", new Utf8(), true),
      ]),
      partitionColumns: ["region"],
      discovery: { version: 3 },
      plan: async () => ({
        fragments: [whole],
        skipped: [{ fragment: whole, reason: "delta_statistics" as const }],
      }),
    };
  };
  const columnNames = new Map([
    ["number", "id"],
    ["place.across", "point.x"],
  ]);

  it("reads columns by other names, and those that came later as nulls", async () => {
    const dataset = openSource(source({ columnNames }), { name: "places" });
    const scan = scanBatches(dataset, { predicate: col("place.across").eq(7) });
    const rows: unknown[] = [];
    for await (const batch of scan)
      rows.push(...batch.toArray().map((row) => JSON.parse(JSON.stringify(row)) as unknown));
    expect(rows).toEqual([{ number: 7, place: { across: 7 }, later: null, region: "north" }]);
    expect(scan.effectiveness.rowGroups.read).toBe(1);
    expect(scan.effectiveness.filesSkippedBy.delta_statistics).toBe(1);
    expect(
      await countRows(dataset, { predicate: col("later").isNull().and(col("region").eq("north")) }),
    ).toBe(8192);
  });

  it("subtracts deleted rows, wherever they are counted", async () => {
    const deleted = new Set([0, 1, 2047, 2048, 8191]);
    const deletedRows = async () => ({ count: deleted.size, has: (row: number) => deleted.has(row) });
    const dataset = openSource(source({ columnNames, deletedRows }));
    expect(await countRows(dataset)).toBe(8187);
    expect(await countRows(dataset, { predicate: col("number").lt(2049) })).toBe(2049 - 4);
    const scan = scanBatches(dataset, { columns: ["number"] });
    const numbers: number[] = [];
    for await (const batch of scan) numbers.push(...(batch.getChild("number")?.toArray() as Int32Array));
    expect(numbers).toEqual(Array.from({ length: 8192 }, (_, i) => i).filter((i) => !deleted.has(i)));
    expect(scan.effectiveness.rows.deleted).toBe(5);
    // The log's own count needs no file.
    const logged = openSource(
      source({ rows: 8192, deletedRows, open: () => Promise.reject(new Error("not asked")) }),
    );
    expect((await countedRows(logged)).rows).toBe(8187);
  });
});

describe("many files", () => {
  it("are listed, counted and stopped", async () => {
    await duck.run("create table one as select 1 as x");
    await duck.run(
      `copy (select i as id, i // 10 as part from range(1000) t(i)) to '$DIR/parts' (format parquet, partition_by (part))`,
    );
    const dataset = await openDataset(duck.path("parts"), { concurrency: 4 });
    expect(await listFragments(dataset)).toHaveLength(100);
    const counted = await countedRows(dataset, { predicate: col("part").ge(90) });
    expect([counted.rows, counted.effectiveness.files.read]).toEqual([100, 10]);
    const controller = new AbortController();
    const counting = countRows(dataset, { predicate: col("id").eq(-1), signal: controller.signal });
    controller.abort(new Error("stop"));
    await expect(counting).rejects.toThrow("stop");
  });

  it("never have more under way than is allowed, and keep their order", async () => {
    let now = 0;
    let most = 0;
    const slow = async (i: number): Promise<number> => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, (i * 7) % 5));
      now--;
      if (i === 90) throw new Error("ninety");
      return i;
    };
    expect(
      await allAhead(
        Array.from({ length: 50 }, (_, i) => i),
        4,
        slow,
      ),
    ).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(most).toBe(4);
    await expect(allAhead([1, 2, 90, 3], 4, slow)).rejects.toThrow("ninety");
    for await (const first of orderedAhead([1, 90, 2], 3, slow)) {
      expect(first).toBe(1);
      break;
    }
    expect(now).toBe(0);
  });
});
