import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A real HTTP server on a free port, with the requests that it got. */
export interface LocalServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: IncomingMessage[];
}

export async function localServer(
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => void,
): Promise<LocalServer> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/data.parquet`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The range of a request, for a file of `size` bytes; undefined where it has none. */
export function rangeOf(request: IncomingMessage, size: number): [start: number, end: number] | undefined {
  const parts = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? "");
  if (parts === null) return undefined;
  if (parts[1] === "") return [Math.max(0, size - Number(parts[2])), size];
  return [Number(parts[1]), Math.min(size, Number(parts[2]) + 1)];
}

/** Answers as a well-behaved server does. */
export function serveRange(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Uint8Array,
  headers: Record<string, string> = {},
): void {
  const range = rangeOf(request, bytes.length);
  const isCurrent =
    request.headers["if-range"] === undefined || request.headers["if-range"] === headers["etag"];
  if (range === undefined || !isCurrent) {
    response.writeHead(200, { "content-length": bytes.length, ...headers }).end(bytes);
    return;
  }
  const [start, end] = range;
  if (start >= end) {
    response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
    return;
  }
  response
    .writeHead(206, {
      "content-range": `bytes ${start}-${end - 1}/${bytes.length}`,
      "content-length": end - start,
      ...headers,
    })
    .end(bytes.subarray(start, end));
}
