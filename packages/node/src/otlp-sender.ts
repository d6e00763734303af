import { request as httpRequest, type Agent as HttpAgent, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { gzipSync } from "node:zlib";
import { inBackground } from "./background-agent.ts";

/** Where requests go and how. */
export interface OtlpTarget {
  readonly url: string;
  readonly headers: () => Promise<Record<string, string>>;
  readonly agentFactory: (protocol: string) => HttpAgent | Promise<HttpAgent>;
  readonly compression: string;
  /** Longest time in ms for one request with its retries. */
  readonly timeoutMillis: number;
}

/**
 * What became of a request. `accepted`: the back end has it, with its answer. `refused`: it will never take it. `unavailable`: it may later,
 * after `retryAfterMs` where it said so. `barred`: it was not even looked at, for want of credentials or of the right address; it is worth
 * another attempt once somebody has seen to that.
 */
export type OtlpOutcome =
  | { readonly kind: "accepted"; readonly answer: Uint8Array }
  | { readonly kind: "refused"; readonly error: Error }
  | { readonly kind: "barred"; readonly error: Error }
  | { readonly kind: "unavailable"; readonly error: Error; readonly retryAfterMs: number | undefined };

const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** Unauthorized, forbidden, unauthorized by a proxy, too slow for it. */
const BARRED: ReadonlySet<number> = new Set([401, 403, 407, 408]);
const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 5000;
/** A longer wait a timer takes for none. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;
/** An answer is a few bytes; what is longer comes from something else. */
const LONGEST_ANSWER = 4 << 20;

/** An answer other than 2xx. */
export class OtlpStatusError extends Error {
  readonly status: number;

  constructor(status: number, message: string = "") {
    super(`the OTLP back end answered ${status} ${message}`.trimEnd());
    this.name = "OtlpStatusError";
    this.status = status;
  }
}

/**
 * Posts OTLP requests over HTTP, with retries that honour `Retry-After` (seconds or date), within one bound of time. Neither its sockets
 * nor its waits keep the process alive.
 *
 * Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 */
export class OtlpSender {
  readonly #target: OtlpTarget;
  readonly #stop = new AbortController();
  #agent: Promise<HttpAgent> | undefined;

  constructor(target: OtlpTarget) {
    this.#target = target;
  }

  /** One attempt. Never rejects. */
  async sendOnce(body: Uint8Array, timeoutMs: number): Promise<OtlpOutcome> {
    return await this.#attempt(this.#compress(body), timeoutMs);
  }

  /** Never rejects. */
  async send(body: Uint8Array): Promise<OtlpOutcome> {
    // The clock may be set meanwhile.
    const deadline = performance.now() + this.#target.timeoutMillis;
    const payload = this.#compress(body);
    for (let backoff = FIRST_BACKOFF_MS; ; backoff = Math.min(backoff * 1.5, LONGEST_BACKOFF_MS)) {
      const outcome = await this.#attempt(payload, deadline - performance.now());
      if (outcome.kind !== "unavailable" || this.#stop.signal.aborted) return outcome;
      // Many processes of one fleet must not come back at once.
      const wait = outcome.retryAfterMs ?? backoff * (0.8 + Math.random() * 0.4);
      if (performance.now() + wait >= deadline || !(await this.#pause(wait))) return outcome;
    }
  }

  /** Ends what is under way; it counts as unavailable. */
  abort(): void {
    this.#stop.abort();
  }

  #compress(body: Uint8Array): Uint8Array {
    return this.#target.compression === "gzip" ? gzipSync(body) : body;
  }

  async #attempt(payload: Uint8Array, timeoutMs: number): Promise<OtlpOutcome> {
    try {
      const { url, headers, agentFactory } = this.#target;
      const { protocol } = new URL(url);
      this.#agent ??= Promise.resolve(agentFactory(protocol)).then(inBackground);
      const response = await post(url, protocol === "https:" ? httpsRequest : httpRequest, payload, {
        agent: await this.#agent,
        headers: {
          ...(await headers()),
          ...(this.#target.compression === "gzip" ? { "content-encoding": "gzip" } : {}),
          "content-length": payload.length,
        },
        timeoutMs,
        signal: this.#stop.signal,
      });
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300 && !isWebPage(response))
        return { kind: "accepted", answer: await acceptedAnswer(response) };
      response.resume();
      if (status >= 200 && status < 300)
        return {
          kind: "unavailable",
          error: new Error(`${url} answered with text/html: it is a web page, not an OTLP back end`),
          retryAfterMs: undefined,
        };
      const error = new OtlpStatusError(status, response.statusMessage);
      if (RETRYABLE.has(status))
        return {
          kind: "unavailable",
          error,
          retryAfterMs: bounded(retryAfter(response.headers["retry-after"])),
        };
      // A redirection is not followed: a request that is posted may not be.
      const barred = BARRED.has(status) || (status >= 300 && status < 400);
      return { kind: barred ? "barred" : "refused", error };
    } catch (error) {
      return { kind: "unavailable", error: error as Error, retryAfterMs: undefined };
    }
  }

  /** False where it was stopped. */
  async #pause(ms: number): Promise<boolean> {
    const { signal } = this.#stop;
    return await new Promise((resolve) => {
      const onAbort = (): void => {
        clearTimeout(timer);
        resolve(false);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener("abort", onAbort);
        resolve(true);
      }, ms).unref();
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }
}

interface PostOptions {
  readonly agent: HttpAgent;
  readonly headers: Record<string, string | number>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

async function post(
  url: string,
  request: typeof httpRequest,
  payload: Uint8Array,
  { timeoutMs, signal, ...options }: PostOptions,
): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    const sent = request(url, { ...options, method: "POST" }, resolve);
    // The socket's own timeout starts anew with each byte.
    const late = setTimeout(
      () => sent.destroy(new Error("the OTLP back end did not answer in time")),
      Math.max(1, timeoutMs),
    ).unref();
    const onAbort = (): void => {
      sent.destroy(new Error("the export was stopped"));
    };
    signal.addEventListener("abort", onAbort, { once: true });
    sent.once("error", reject).once("close", () => {
      clearTimeout(late);
      signal.removeEventListener("abort", onAbort);
    });
    sent.end(payload);
    if (signal.aborted) onAbort();
  });
}

/** A proxy, or the wrong port: whatever its status says, it has taken no telemetry. */
function isWebPage({ headers }: IncomingMessage): boolean {
  return /^\s*text\/html\b/i.test(headers["content-type"] ?? "");
}

/** Neither at once, again and again, nor after all time. */
function bounded(waitMs: number | undefined): number | undefined {
  return waitMs === undefined ? undefined : Math.min(Math.max(waitMs, FIRST_BACKOFF_MS), LONGEST_WAIT_MS);
}

/** The status has said that the back end has it, whatever becomes of the rest of its answer. */
async function acceptedAnswer(response: IncomingMessage): Promise<Buffer> {
  try {
    return await bodyOf(response);
  } catch {
    return Buffer.alloc(0);
  }
}

async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > LONGEST_ANSWER) throw new Error("the OTLP back end's answer is too long to be one");
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Milliseconds to wait; undefined where the header is absent or neither seconds nor a date. */
export function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === "") return undefined;
  const seconds = Number(header);
  const wait = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1000;
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
