import { Agent, createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { OtlpSender } from "../src/otlp-sender.ts";

let server: Server | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  server?.closeAllConnections();
  await new Promise((resolve) => {
    if (server === undefined) resolve(undefined);
    else server.close(resolve);
  });
  server = undefined;
});

/** A sender to a back end that answers as told, and how often that was asked. */
async function senderTo(
  answer: RequestListener,
  timeoutMillis: number = 1000,
): Promise<{ sender: OtlpSender; asked: () => number }> {
  let asked = 0;
  server = createServer((request, response) => {
    asked++;
    request.resume().once("end", () => answer(request, response));
  });
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    sender: new OtlpSender({
      url: `http://127.0.0.1:${port}/v1/traces`,
      headers: async () => ({ "content-type": "application/x-protobuf" }),
      agentFactory: () => new Agent({ keepAlive: true }),
      compression: "none",
      timeoutMillis,
    }),
    asked: () => asked,
  };
}

const BODY = Buffer.from("spans");

describe("a Collector", () => {
  it.each(["0", "-5", "Thu, 01 Jan 1970 00:00:00 GMT"])(
    "that wants to be asked again at once (Retry-After: %s) is not hammered",
    async (after) => {
      const { sender, asked } = await senderTo((_, response) => {
        response.writeHead(429, { "retry-after": after }).end();
      });
      expect((await sender.send(BODY)).kind).toBe("unavailable");
      expect(asked()).toBeGreaterThan(0);
      expect(asked()).toBeLessThan(8);
    },
  );

  it.each(["99999999999999", "1e300", "Fri, 31 Dec 9999 23:59:59 GMT"])(
    "that wants peace for ever (Retry-After: %s) is asked again when a timer can tell",
    async (after) => {
      const { sender } = await senderTo((_, response) => {
        response.writeHead(503, { "retry-after": after }).end();
      });
      const outcome = await sender.send(BODY);
      // What is longer a timer takes for a millisecond.
      expect(outcome).toMatchObject({ kind: "unavailable", retryAfterMs: 2 ** 31 - 1 });
    },
  );

  it("that is a web page has taken nothing", async () => {
    const { sender } = await senderTo((_, response) => {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end("<!doctype html>");
    }, 300);
    const outcome = await sender.send(BODY);
    expect(outcome.kind).toBe("unavailable");
    expect("error" in outcome && outcome.error.message).toContain("text/html");
  });

  it.each([
    ["no content type and no body", {}, undefined],
    ["plain text", { "content-type": "text/plain" }, "ok"],
    ["JSON for protobuf", { "content-type": "application/json" }, "{}"],
  ] as const)("that answers success with %s is believed", async (_, headers, body) => {
    const { sender } = await senderTo((_request, response) => {
      response.writeHead(200, headers).end(body);
    });
    expect((await sender.send(BODY)).kind).toBe("accepted");
  });

  it("that answers without end has taken it, and holds nobody up", async () => {
    const { sender } = await senderTo((_, response) => {
      response.writeHead(200, { "content-type": "application/x-protobuf" });
      const part = Buffer.alloc(1 << 20);
      const more = (): void => {
        while (!response.destroyed && response.write(part));
      };
      response.on("drain", more);
      more();
    }, 20_000);
    expect((await sender.send(BODY)).kind).toBe("accepted");
  });

  it("that answers a byte at a time has taken it, and holds nobody up beyond the time of a request", async () => {
    const { sender } = await senderTo((_, response) => {
      response.writeHead(200, { "content-type": "application/x-protobuf" });
      const timer = setInterval(() => response.write("x"), 20);
      response.once("close", () => clearInterval(timer));
    }, 400);
    expect((await sender.send(BODY)).kind).toBe("accepted");
  });

  it("that refuses without end is left alone", async () => {
    const { sender } = await senderTo((_, response) => {
      response.writeHead(400);
      const timer = setInterval(() => response.write("x".repeat(1000)), 5);
      response.once("close", () => clearInterval(timer));
    }, 400);
    expect((await sender.send(BODY)).kind).toBe("refused");
  });

  it.each([-3_600_000, 3_600_000])(
    "that is away is asked for as long as told when the clock is set by %i ms",
    async (step) => {
      const { sender, asked } = await senderTo((_, response) => {
        response.writeHead(503).end();
      }, 1500);
      const now = Date.now.bind(Date);
      // As soon as it has been asked.
      vi.spyOn(Date, "now").mockImplementation(() => now() + (asked() > 0 ? step : 0));
      expect((await sender.send(BODY)).kind).toBe("unavailable");
      expect(asked()).toBeGreaterThan(1);
    },
  );
});
