import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { gunzipSync } from "node:zlib";

/** One request that reached the sink. */
export interface OtlpRequest {
  readonly signal: "traces" | "metrics" | "logs";
  readonly contentType: string;
  /** Bytes on the wire. */
  readonly bytes: number;
  /** The decoded body of a JSON request; undefined for protobuf. */
  readonly body: unknown;
}

/** What the sink answers: a status, or worse. */
export type OtlpAnswer =
  | { readonly status: number; readonly headers?: Record<string, string> }
  | "hang"
  | "reset";

/** A span as OTLP/JSON has it. */
export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly events?: readonly { readonly name: string }[];
  readonly droppedEventsCount?: number;
}

/** A running sink. */
export interface OtlpSink extends AsyncDisposable {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly requests: readonly OtlpRequest[];
  /** Spans of all JSON requests that were answered by 200. */
  readonly spans: readonly OtlpSpan[];
  close(): Promise<void>;
}

const MAX_BYTES = 64 << 20;

/**
 * A real OTLP/HTTP receiver on 127.0.0.1 for tests: keeps requests, decodes JSON ones (gzip too), and can be told to refuse,
 * hang, or cut the connection.
 *
 * @param options.answer asked for each request; default status 200
 */
export async function startOtlpSink(
  options: { readonly answer?: (request: OtlpRequest) => OtlpAnswer } = {},
): Promise<OtlpSink> {
  const requests: OtlpRequest[] = [];
  const spans: OtlpSpan[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((message, response) => {
    void receive(message).then((received) => {
      if (typeof received === "number") {
        response.writeHead(received).end();
        return;
      }
      requests.push(received);
      const answer = options.answer?.(received) ?? { status: 200 };
      if (answer === "reset") message.socket.destroy();
      else if (answer !== "hang") {
        if (answer.status === 200 && received.signal === "traces") spans.push(...spansOf(received.body));
        reply(response, received, answer);
      }
    });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    spans,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function reply(response: ServerResponse, request: OtlpRequest, answer: Exclude<OtlpAnswer, string>): void {
  const json = request.contentType.includes("json");
  response.writeHead(answer.status, {
    "content-type": json ? "application/json" : "application/x-protobuf",
    ...answer.headers,
  });
  // An empty message is valid in both encodings.
  response.end(json ? "{}" : undefined);
}

async function receive(message: IncomingMessage): Promise<OtlpRequest | number> {
  const signal = /^\/v1\/(traces|metrics|logs)$/.exec(message.url ?? "")?.[1] as
    | OtlpRequest["signal"]
    | undefined;
  if (signal === undefined) return 404;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) return 413;
    chunks.push(chunk);
  }
  const contentType = message.headers["content-type"] ?? "";
  try {
    const raw = Buffer.concat(chunks);
    const plain =
      message.headers["content-encoding"] === "gzip" ? gunzipSync(raw, { maxOutputLength: MAX_BYTES }) : raw;
    return {
      signal,
      contentType,
      bytes,
      body: contentType.includes("json") ? JSON.parse(plain.toString("utf8")) : undefined,
    };
  } catch {
    return 400;
  }
}

function spansOf(body: unknown): OtlpSpan[] {
  const { resourceSpans = [] } = (body ?? {}) as {
    resourceSpans?: { scopeSpans: { spans: OtlpSpan[] }[] }[];
  };
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}
