import { PitotError } from "@pitot/core";
import { checkRange } from "./checked-range.ts";
import { httpLocation, type HttpLocation } from "./http-location.ts";
import { contentRange, discard, readBody, sizeOfUnsatisfied, type OnProgress } from "./http-response.ts";
import type { RangeSource, Traffic } from "./range-source.ts";
import { PassingFailure, retry } from "./retry.ts";
import { requireCount, requireLimit, requireOption, requireSignal } from "../require-option.ts";

/** How to reach a file over HTTP. */
export interface HttpSourceOptions {
  /** Sent with each request, e.g. `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of the global one. */
  readonly fetch?: typeof fetch;
  /** The largest file to take as a whole from a server that ignores ranges; 64 MiB by default. */
  readonly maxWholeBytes?: number;
  /** How long a request may go without a byte; 30 s by default. */
  readonly timeoutMs?: number;
}

/** A source over HTTP, and what its server does. */
export interface HttpSource extends RangeSource {
  /** Whether the server answered a range with the whole file: then it was read once and is kept in memory. */
  readonly ignoresRange: boolean;
  /** Requests that were sent, repeated ones included. */
  readonly requestsSent: number;
  /** Bytes of bodies that came, those that were of no use included. */
  readonly bytesReceived: number;
}

const WHOLE_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 30_000;
// Answers of servers that are overloaded or being restarted.
const PASSING: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/**
 * A source over `http` or `https`, read by range requests. Dropped connections and answers of an overloaded server are tried again twice. A file that changes between
 * two reads (by its `ETag`, `Last-Modified` or size) is an error, never a mixture.
 *
 * Throws INVALID_ARGUMENT for what is no URL; reads throw `PitotError` IO, or UNSUPPORTED where the server ignores ranges and the file is too large to take
 * whole.
 */
export function httpSource(url: string, options: HttpSourceOptions = {}): HttpSource {
  return new RangeRequests(httpLocation(url), options);
}

interface Answer {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly size: number;
}

class RangeRequests implements HttpSource {
  readonly location: string;
  byteLength: number | undefined;
  requestsSent = 0;
  bytesReceived = 0;
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #fetch: typeof fetch;
  readonly #maxWholeBytes: number;
  readonly #timeoutMs: number;
  #version: { readonly name: "etag" | "last-modified"; readonly value: string } | undefined;
  #whole: Uint8Array | undefined;

  constructor({ url, shown, authorization }: HttpLocation, options: HttpSourceOptions) {
    const { headers, timeoutMs = TIMEOUT_MS, maxWholeBytes = WHOLE_BYTES } = options;
    requireOption(
      "fetch",
      options.fetch,
      options.fetch === undefined || typeof options.fetch === "function",
      "a function like fetch",
    );
    requireOption(
      "headers",
      headers,
      headers === undefined || (typeof headers === "object" && headers !== null),
      "an object of texts",
    );
    requireCount("timeoutMs", timeoutMs, 1);
    requireLimit("maxWholeBytes", maxWholeBytes, 0);
    this.location = shown;
    this.#url = url;
    this.#fetch = options.fetch ?? fetch;
    this.#maxWholeBytes = maxWholeBytes;
    this.#timeoutMs = timeoutMs;
    this.#headers = {
      ...(authorization !== undefined && { authorization }),
      ...headers,
      // Ranges are of the file, not of a compressed form of it.
      "accept-encoding": "identity",
    };
  }

  get ignoresRange(): boolean {
    return this.#whole !== undefined;
  }

  slice(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#slice(start, end, signal, uncounted());
  }

  suffix(length: number, signal?: AbortSignal): Promise<{ bytes: Uint8Array; byteLength: number }> {
    return this.#suffix(length, signal, uncounted());
  }

  countedBy(traffic: Traffic): RangeSource {
    const byteLength = (): number | undefined => this.byteLength;
    return {
      location: this.location,
      get byteLength() {
        return byteLength();
      },
      slice: (start, end, signal) => this.#slice(start, end, signal, traffic),
      suffix: (length, signal) => this.#suffix(length, signal, traffic),
      close: () => this.close(),
    };
  }

  async #slice(
    start: number,
    end: number,
    signal: AbortSignal | undefined,
    traffic: Traffic,
  ): Promise<Uint8Array> {
    checkRange(this.location, start, end, this.byteLength);
    if (start === end) return new Uint8Array();
    const answer = await this.#get(`bytes=${start}-${end - 1}`, end - start, signal, traffic);
    checkRange(this.location, start, end, answer.size);
    if (answer.start > start || answer.start + answer.bytes.length < end)
      throw this.#error("The server answered with another range than was asked for", `${start}-${end}`);
    return answer.bytes.subarray(start - answer.start, end - answer.start);
  }

  async #suffix(
    length: number,
    signal: AbortSignal | undefined,
    traffic: Traffic,
  ): Promise<{ bytes: Uint8Array; byteLength: number }> {
    const known = this.byteLength;
    if (known !== undefined) {
      const bytes = await this.#slice(Math.max(0, known - length), known, signal, traffic);
      return { bytes, byteLength: known };
    }
    const { bytes, start, size } = await this.#get(`bytes=-${length}`, length, signal, traffic);
    const wanted = Math.max(0, size - length);
    if (start + bytes.length === size && start <= wanted)
      return { bytes: bytes.subarray(wanted - start), byteLength: size };
    // Some servers read a suffix as a prefix, or do not know it: now that the size is known, ask for the range.
    return { bytes: await this.#slice(wanted, size, signal, traffic), byteLength: size };
  }

  async close(): Promise<void> {
    this.#whole = undefined;
  }

  async #get(
    range: string,
    length: number,
    signal: AbortSignal | undefined,
    traffic: Traffic,
  ): Promise<Answer> {
    requireSignal(signal);
    if (this.#whole !== undefined) return { bytes: this.#whole, start: 0, size: this.#whole.length };
    return retry(() => this.#once(range, length, signal, traffic), signal);
  }

  async #once(
    range: string,
    length: number,
    signal: AbortSignal | undefined,
    traffic: Traffic,
  ): Promise<Answer> {
    signal?.throwIfAborted();
    // One controller for both reasons to stop: a signal that lives on must not collect listeners.
    const stop = new AbortController();
    const onAbort = (): void => stop.abort(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    const timer = setTimeout(
      () => stop.abort(this.#error("The server took too long", `${this.#timeoutMs} ms`)),
      this.#timeoutMs,
    );
    try {
      this.requestsSent++;
      traffic.requests++;
      const response = await this.#fetch(this.#url, {
        headers: {
          ...this.#headers,
          range,
          ...(this.#version !== undefined && { "if-range": this.#version.value }),
        },
        signal: stop.signal,
      });
      return await this.#answer(response, length, (bytes) => {
        timer.refresh();
        this.bytesReceived += bytes;
        traffic.bytes += bytes;
      });
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof PassingFailure) throw error;
      if (stop.signal.aborted) throw new PassingFailure(stop.signal.reason as Error);
      if (error instanceof PitotError) throw error;
      throw new PassingFailure(this.#error("The connection failed", causeOf(error), error));
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    }
  }

  async #answer(response: Response, length: number, onProgress: OnProgress): Promise<Answer> {
    const { status, headers } = response;
    if (status === 206) return this.#part(response, length, onProgress);
    if (status === 200) return this.#all(response, onProgress);
    await discard(response);
    const size = status === 416 ? sizeOfUnsatisfied(headers.get("content-range")) : undefined;
    if (size !== undefined && this.byteLength === undefined) {
      // A suffix of an empty file, or a server that does not cut a suffix that is longer than the file.
      this.byteLength = size;
      return { bytes: new Uint8Array(), start: size === 0 ? 0 : -1, size };
    }
    const error = this.#error("The server refused the range", `${status} ${response.statusText}`.trim());
    if (PASSING.has(status)) throw new PassingFailure(error, waitOf(headers.get("retry-after")));
    throw error;
  }

  async #part(response: Response, length: number, onProgress: OnProgress): Promise<Answer> {
    const header = response.headers.get("content-range");
    const range = contentRange(header);
    if (range?.size === undefined || range.end > range.size || range.start >= range.end) {
      await discard(response);
      throw this.#error("The server does not say which bytes of how many it gives", header);
    }
    await this.#sameFile(response, range.size);
    const told = range.end - range.start;
    if (told > length) {
      await discard(response);
      throw this.#error("The server gives more bytes than were asked for", header);
    }
    const bytes = await readBody(response, told, onProgress);
    if (bytes === "TOO_LONG" || bytes.length !== told) {
      const error = this.#error("The body has not the length that the server told", header);
      // Too few may be a connection that broke; too many is a server that lies.
      throw bytes === "TOO_LONG" ? error : new PassingFailure(error);
    }
    return { bytes, start: range.start, size: range.size };
  }

  /** The server ignores ranges, or the file is no longer the one that was read before. */
  async #all(response: Response, onProgress: OnProgress): Promise<Answer> {
    const told = response.headers.get("content-length");
    await this.#sameFile(response, told === null ? this.byteLength : Number(told));
    const limit = this.#maxWholeBytes;
    const bytes = Number(told ?? 0) > limit ? "TOO_LONG" : await readBody(response, limit, onProgress);
    if (bytes === "TOO_LONG") {
      await discard(response);
      throw new PitotError(
        "UNSUPPORTED",
        `${this.location}: the server ignores ranges, and the file is large`,
        {
          value: told === null ? `over ${limit} bytes` : `${told} bytes`,
          remedy: "Download the file, or raise maxWholeBytes",
        },
      );
    }
    if (told !== null && bytes.length !== Number(told))
      throw new PassingFailure(this.#error("The body has not the length that the server told", told));
    await this.#sameFile(response, bytes.length);
    this.#whole = bytes;
    return { bytes, start: 0, size: bytes.length };
  }

  /** Throws where the file is not the one that was read before; remembers the first one. */
  async #sameFile(response: Response, size: number | undefined): Promise<void> {
    const encoding = response.headers.get("content-encoding");
    if (encoding !== null && encoding !== "identity") {
      await discard(response);
      throw this.#error("The server compresses the file, so that ranges mean nothing", encoding);
    }
    const version = versionOf(response.headers);
    const changed =
      (this.byteLength !== undefined && size !== undefined && size !== this.byteLength) ||
      (this.#version !== undefined &&
        version?.value !== this.#version.value &&
        version?.name === this.#version.name);
    if (changed) {
      await discard(response);
      throw new PitotError("IO", "The file was changed while it was read", {
        value: this.location,
        remedy: "Open it again",
      });
    }
    this.byteLength ??= size;
    this.#version ??= version;
  }

  #error(problem: string, value: unknown, cause?: unknown): PitotError {
    return new PitotError("IO", `${this.location}: ${problem}`, {
      value,
      remedy: "Check the URL, the credentials and the server",
      ...(cause !== undefined && { cause }),
    });
  }
}

/** Traffic that nobody asks for. */
function uncounted(): Traffic {
  return { requests: 0, bytes: 0 };
}

/** What tells one version of a file from another. A weak tag may stand for other bytes, so it does not. */
function versionOf(headers: Headers): { name: "etag" | "last-modified"; value: string } | undefined {
  const etag = headers.get("etag");
  if (etag !== null && !etag.startsWith("W/")) return { name: "etag", value: etag };
  const modified = headers.get("last-modified");
  return modified === null ? undefined : { name: "last-modified", value: modified };
}

/** `Retry-After` in ms: seconds or a date. */
function waitOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = Number(header);
  const wait = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1000;
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}
