import { parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import { asAsyncBuffer, countingSource, httpSource, readFooter } from "../../src/index.ts";
import { localServer, rangeOf, serveRange } from "./local-server.ts";

const BYTES = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);
const part = (start: number, end: number): Uint8Array => BYTES.slice(start, end);

describe("a server of ranges", () => {
  it("gives a suffix with the size in one request, and slices", async () => {
    await using server = await localServer((request, response) =>
      serveRange(request, response, BYTES, { etag: '"1"' }),
    );
    const source = httpSource(server.url);
    expect(source.byteLength).toBe(undefined);
    expect(await source.suffix(100)).toEqual({ bytes: part(4900, 5000), byteLength: 5000 });
    expect(source.byteLength).toBe(5000);
    expect(await source.slice(10, 20)).toEqual(part(10, 20));
    expect(await source.slice(7, 7)).toEqual(new Uint8Array());
    expect(server.requests.map(({ headers }) => [headers.range, headers["if-range"]])).toEqual([
      ["bytes=-100", undefined],
      ["bytes=10-19", '"1"'],
    ]);
    expect(source).toMatchObject({ ignoresRange: false, requestsSent: 2, bytesReceived: 110 });
  });

  it("gives all of a file that is shorter than the suffix, and nothing of an empty one", async () => {
    await using server = await localServer((request, response) => serveRange(request, response, BYTES));
    expect((await httpSource(server.url).suffix(1_000_000)).bytes).toEqual(BYTES);
    await using empty = await localServer((request, response) =>
      serveRange(request, response, new Uint8Array()),
    );
    expect(await httpSource(empty.url).suffix(100)).toEqual({ bytes: new Uint8Array(), byteLength: 0 });
  });

  it("refuses a range behind the end, before and after the size is known", async () => {
    await using server = await localServer((request, response) => serveRange(request, response, BYTES));
    const source = httpSource(server.url);
    await expect(source.slice(4990, 5010)).rejects.toMatchObject({ code: "IO" });
    await expect(source.slice(6000, 6010)).rejects.toMatchObject({ code: "IO" });
    await expect(httpSource(server.url).slice(6000, 6010)).rejects.toMatchObject({ code: "IO" });
    await expect(source.slice(5, 4)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("sends the given headers, and user and password of the URL, and shows neither", async () => {
    await using server = await localServer((request, response) => serveRange(request, response, BYTES));
    const url = `${server.url.replace("//", "//ann:s%40cret@")}?X-Amz-Signature=abcdef&part=1#top`;
    const source = httpSource(url, { headers: { "x-team": "data" } });
    await source.suffix(10);
    expect(server.requests[0]?.headers).toMatchObject({
      "x-team": "data",
      "accept-encoding": expect.stringContaining("identity") as string,
      authorization: `Basic ${Buffer.from("ann:s@cret").toString("base64")}`,
    });
    expect(server.requests[0]?.url).toBe("/data.parquet?X-Amz-Signature=abcdef&part=1");
    expect(source.location).toBe(`${server.url}?X-Amz-Signature=REDACTED&part=1`);
  });

  it("reads through the fetch that it is given", async () => {
    const source = httpSource("https://example.org/x", {
      fetch: async (_url, init) =>
        new Response(part(4990, 5000), {
          status: 206,
          headers: {
            "content-range": "bytes 4990-4999/5000",
            "x-asked": new Headers(init?.headers).get("range") ?? "",
          },
        }),
    });
    expect((await source.suffix(10)).bytes).toEqual(part(4990, 5000));
  });
});

describe("a server without suffix ranges", () => {
  it("is asked for the range once the size is known", async () => {
    await using refusing = await localServer((request, response) => {
      if (request.headers.range?.startsWith("bytes=-") === true)
        response.writeHead(416, { "content-range": "bytes */5000" }).end();
      else serveRange(request, response, BYTES);
    });
    expect((await httpSource(refusing.url).suffix(100)).bytes).toEqual(part(4900, 5000));
    expect(refusing.requests).toHaveLength(2);
    await using mistaken = await localServer((request, response) => {
      request.headers.range = request.headers.range?.replace("bytes=-100", "bytes=0-99");
      serveRange(request, response, BYTES);
    });
    expect((await httpSource(mistaken.url).suffix(100)).bytes).toEqual(part(4900, 5000));
  });
});

describe("a server that ignores ranges", () => {
  it("is asked once: the whole file is kept", async () => {
    await using server = await localServer((_request, response) => response.end(BYTES));
    const source = httpSource(server.url);
    expect(await source.suffix(100)).toEqual({ bytes: part(4900, 5000), byteLength: 5000 });
    expect(await source.slice(0, 50)).toEqual(part(0, 50));
    expect(source).toMatchObject({ ignoresRange: true, requestsSent: 1, bytesReceived: 5000 });
  });

  it("is refused where the file is large, whether it tells the size or not", async () => {
    for (const told of [true, false]) {
      await using server = await localServer((_request, response) => {
        if (told) response.setHeader("content-length", BYTES.length);
        response.write(BYTES.subarray(0, 2500));
        response.end(BYTES.subarray(2500));
      });
      const source = httpSource(server.url, { maxWholeBytes: 4000 });
      await expect(source.suffix(100)).rejects.toMatchObject({ code: "UNSUPPORTED" });
    }
  });
});

describe("a server that lies", () => {
  const lies: Record<string, Record<string, string>> = {
    "about the range": { "content-range": "bytes 0-99/5000" },
    "about its end": { "content-range": "bytes 4900-5999/5000" },
    "by giving more": { "content-range": "bytes 4000-4999/5000" },
    "by not telling the size": { "content-range": "bytes 4900-4999/*" },
    "by not telling the range": {},
    "with nonsense": { "content-range": "pages 1-2/3" },
    "by compressing": { "content-range": "bytes 4900-4999/5000", "content-encoding": "br" },
  };
  for (const [name, headers] of Object.entries(lies))
    it(name, async () => {
      await using server = await localServer((_request, response) => {
        response.writeHead(206, headers).end(part(4900, 5000));
      });
      await expect(httpSource(server.url).slice(4900, 5000)).rejects.toMatchObject({ code: "IO" });
    });

  it("about the length of the body", async () => {
    for (const [body, attempts] of [
      [part(4900, 4950), 3],
      [part(4800, 5000), 1],
    ] as const) {
      await using server = await localServer((_request, response) => {
        response.writeHead(206, { "content-range": "bytes 4900-4999/5000" }).end(body);
      });
      await expect(httpSource(server.url).slice(4900, 5000)).rejects.toMatchObject({ code: "IO" });
      expect(server.requests).toHaveLength(attempts);
    }
  });
});

describe("a server that fails", () => {
  it("by dropping the connection is asked again", async () => {
    await using server = await localServer((request, response, count) => {
      if (count === 1) {
        request.socket.destroy();
      } else if (count === 2) {
        response.writeHead(206, { "content-range": "bytes 4900-4999/5000", "content-length": 100 });
        response.write(part(4900, 4950), () => request.socket.destroy());
      } else serveRange(request, response, BYTES);
    });
    expect((await httpSource(server.url).suffix(100)).bytes).toEqual(part(4900, 5000));
    expect(server.requests).toHaveLength(3);
  });

  it("for good is given up after three times, by name", async () => {
    await using server = await localServer((request) => request.socket.destroy());
    await expect(httpSource(server.url).suffix(100)).rejects.toThrow(/data\.parquet: The connection failed/);
    expect(server.requests).toHaveLength(3);
  });

  it("for now is asked again after what it says", async () => {
    await using server = await localServer((request, response, count) => {
      if (count === 1) response.writeHead(503, { "retry-after": "0" }).end("later");
      else serveRange(request, response, BYTES);
    });
    expect((await httpSource(server.url).suffix(100)).bytes).toEqual(part(4900, 5000));
  });

  it("by refusing is not asked again", async () => {
    for (const status of [401, 403, 404, 501]) {
      await using server = await localServer((_request, response) => response.writeHead(status).end("no"));
      await expect(httpSource(server.url).suffix(100)).rejects.toMatchObject({
        code: "IO",
        message: expect.stringContaining(String(status)) as string,
      });
      expect(server.requests).toHaveLength(1);
    }
  });

  it("by saying nothing is timed out", async () => {
    await using server = await localServer(() => undefined);
    await expect(httpSource(server.url, { timeoutMs: 50 }).suffix(100)).rejects.toThrow(/took too long/);
  });
});

describe("a file that changes", () => {
  it("is an error by tag, by date and by size", async () => {
    const versions: ((count: number) => [Uint8Array, Record<string, string>])[] = [
      (count) => [BYTES, { etag: `"${count}"` }],
      (count) => [BYTES, { "last-modified": new Date(count * 1e6).toUTCString() }],
      (count) => [BYTES.slice(count), {}],
    ];
    for (const version of versions) {
      await using server = await localServer((request, response, count) => {
        const [bytes, headers] = version(count);
        serveRange(request, response, bytes, headers);
      });
      const source = httpSource(server.url);
      await source.suffix(100);
      await expect(source.slice(0, 10)).rejects.toThrow(/changed while it was read/);
    }
  });
});

describe("cancelling", () => {
  it("stops before a request, within a body and between attempts", async () => {
    const reason = new Error("enough");
    await using server = await localServer((request, response, count) => {
      if (count === 1) {
        const [start, end] = rangeOf(request, BYTES.length) ?? [0, 0];
        response.writeHead(206, { "content-range": `bytes ${start}-${end - 1}/5000` });
        response.write(part(start, start + 10));
      } else response.writeHead(503, { "retry-after": "3" }).end();
    });
    const source = httpSource(server.url);
    await expect(source.suffix(100, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(server.requests).toHaveLength(0);
    for (let i = 0; i < 2; i++) {
      const stop = new AbortController();
      // By timers of this process: a machine that is busy delays both.
      let late = false;
      setTimeout(() => {
        stop.abort(reason);
        setTimeout(() => (late = true), 1000);
      }, 100);
      await expect(source.suffix(100, stop.signal)).rejects.toSatisfy(
        (error: Error) => error === reason || error.cause === reason,
      );
      expect(late).toBe(false);
    }
  });
});

it("gives hyparquet the pages of a file behind a server", async () => {
  const file = new Uint8Array(
    parquetWriteBuffer({
      columnData: [{ name: "n", data: Int32Array.from({ length: 50_000 }, (_, i) => i), type: "INT32" }],
      rowGroupSize: 10_000,
    }),
  );
  await using server = await localServer((request, response) =>
    serveRange(request, response, file, { etag: '"1"' }),
  );
  const source = countingSource(httpSource(server.url));
  const { metadata } = await readFooter(source);
  expect(metadata.numRows).toBe(50_000);
  const buffer = asAsyncBuffer(source);
  const theirs = await parquetMetadataAsync(buffer, { initialFetchSize: 4096 });
  const rows = await parquetReadObjects({ file: buffer, metadata: theirs, rowStart: 20_000, rowEnd: 20_003 });
  expect(rows).toEqual([{ n: 20_000 }, { n: 20_001 }, { n: 20_002 }]);
  expect(source.requests).toBe(server.requests.length);
  expect(source.bytes).toBeLessThan(file.length);
});

it("refuses what is no URL of http", () => {
  for (const url of ["", "data.parquet", "ftp://example.org/x", "file:///x"])
    expect(() => httpSource(url)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }) as Error);
});
