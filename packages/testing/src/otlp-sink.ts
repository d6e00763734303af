import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { gunzipSync } from "node:zlib";
import { OTLP_REQUESTS } from "./otlp-messages.ts";
import { decodeMessage } from "./protobuf.ts";

/** One request that reached the sink. */
export interface OtlpRequest {
  readonly signal: "traces" | "metrics" | "logs";
  readonly contentType: string;
  /** Bytes on the wire. */
  readonly bytes: number;
  /** The decoded body, JSON or protobuf, as OTLP/JSON has it; ids in lower-case hex. */
  readonly body: unknown;
}

/**
 * What the sink answers: a status, or worse. `hang` never answers, `reset` cuts the connection, `cut` sends half a success and then
 * cuts it.
 */
export type OtlpAnswer =
  | {
      readonly status: number;
      readonly headers?: Record<string, string>;
      /** Partial success: so many items are refused, the last ones of the request. */
      readonly rejected?: number;
      readonly message?: string;
    }
  | "hang"
  | "reset"
  | "cut";

/** A span as OTLP/JSON has it. */
export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind?: number;
  readonly startTimeUnixNano?: string;
  readonly endTimeUnixNano?: string;
  readonly attributes?: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
  readonly events?: readonly { readonly name: string }[];
  readonly droppedEventsCount?: number;
}

/** A running sink. */
export interface OtlpSink extends AsyncDisposable {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly requests: readonly OtlpRequest[];
  /** Spans that were taken: of requests that were answered by 200, without the refused ones. */
  readonly spans: readonly OtlpSpan[];
  /** From now on answers like this. */
  answer(answer: (request: OtlpRequest) => OtlpAnswer): void;
  close(): Promise<void>;
}

const MAX_BYTES = 64 << 20;

/**
 * A real OTLP/HTTP receiver on 127.0.0.1 for tests: keeps and decodes requests (JSON, protobuf, gzip), and can be told to refuse all or a
 * part, hang, or cut the connection.
 *
 * @param options.answer asked for each request; default status 200
 * @param options.port default: a free one
 */
export async function startOtlpSink(
  options: { readonly answer?: (request: OtlpRequest) => OtlpAnswer; readonly port?: number } = {},
): Promise<OtlpSink> {
  let answerOf = options.answer ?? ((): OtlpAnswer => ({ status: 200 }));
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
      const answer = answerOf(received);
      if (answer === "reset") message.socket.destroy();
      else if (answer !== "hang") {
        const taken = answer === "cut" ? 0 : answer.status === 200 ? (answer.rejected ?? 0) : undefined;
        if (taken !== undefined && received.signal === "traces") {
          const all = spansOf(received.body);
          spans.push(...all.slice(0, all.length - taken));
        }
        if (answer === "cut") {
          response.writeHead(200, { "content-length": 100 }).write("{", () => message.socket.destroy());
        } else reply(response, received, answer);
      }
    });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    spans,
    answer: (answer) => {
      answerOf = answer;
    },
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
  const { rejected = 0, message = "" } = answer;
  // An empty message is valid in both encodings.
  if (rejected === 0 && message === "") response.end(json ? "{}" : undefined);
  else
    response.end(json ? partialJson(request.signal, rejected, message) : partialProtobuf(rejected, message));
}

function partialJson(signal: OtlpRequest["signal"], rejected: number, message: string): string {
  const field = { traces: "rejectedSpans", metrics: "rejectedDataPoints", logs: "rejectedLogRecords" }[
    signal
  ];
  return JSON.stringify({ partialSuccess: { [field]: String(rejected), errorMessage: message } });
}

/** All three answers have the same field numbers. */
function partialProtobuf(rejected: number, message: string): Buffer {
  const text = Buffer.from(message);
  const partial = Buffer.concat([
    Buffer.from([8]),
    varint(rejected),
    Buffer.from([18]),
    varint(text.length),
    text,
  ]);
  return Buffer.concat([Buffer.from([10]), varint(partial.length), partial]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Buffer.from([...bytes, value]);
}

async function receive(message: IncomingMessage): Promise<OtlpRequest | number> {
  const signal = /^\/v1\/(traces|metrics|logs)$/.exec(message.url ?? "")?.[1] as
    | OtlpRequest["signal"]
    | undefined;
  if (signal === undefined) return 404;
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of message as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) return 413;
      chunks.push(chunk);
    }
  } catch {
    // The sender died half-way: nobody hears an answer.
    return 400;
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
      body: contentType.includes("json")
        ? JSON.parse(plain.toString("utf8"))
        : decodeMessage(plain, OTLP_REQUESTS[signal]),
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
