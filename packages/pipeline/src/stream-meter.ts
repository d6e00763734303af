import { Readable, Writable } from "node:stream";
import type { Attributes } from "@opentelemetry/api";
import { guarded, isThenable, settle } from "@pitot/core";
import {
  ATTR_STREAM_BACKPRESSURE_TIME,
  ATTR_STREAM_BYTES,
  ATTR_STREAM_PAUSES,
  ATTR_STREAM_ROWS,
} from "@pitot/semconv";
import { tapMethod, type Tap } from "./stream-tap.ts";

/**
 * Counts what one stage of a stream pipeline passes on, and how long it waits for its consumer. A chunk costs a few calls more. Streams
 * are metered in place: a function behind them gets the stream itself, of which it may use more than its chunks.
 */
export class StreamMeter {
  /** The stage to use. */
  readonly stage: unknown;
  /** Resolves when the stage has given its last chunk, or taken it. Never rejects, and not at all for one that fails. */
  readonly ended: Promise<void>;
  readonly #undo: (() => void)[] = [];
  #metered = true;
  #rows = 0;
  #bytes = 0;
  #pauses = 0;
  #waited = 0;
  #waitingSince = 0;
  #end: () => void = () => undefined;

  constructor(stage: unknown, last: boolean) {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    let used = stage;
    guarded("stream.meter", () => {
      used = this.#use(stage, last);
    });
    this.stage = used;
  }

  /** Leaves the streams as they were. */
  release(): void {
    for (const undo of this.#undo.splice(0)) guarded("stream.release", undo);
  }

  /** Empty for a stage that cannot be metered. */
  attributes(): Attributes {
    if (!this.#metered) return {};
    this.#resume();
    return {
      [ATTR_STREAM_ROWS]: this.#rows,
      [ATTR_STREAM_BYTES]: this.#bytes,
      [ATTR_STREAM_PAUSES]: this.#pauses,
      [ATTR_STREAM_BACKPRESSURE_TIME]: this.#waited / 1000,
    };
  }

  #use(stage: unknown, last: boolean): unknown {
    if (typeof stage === "function") {
      const call = stage as (source: unknown, options?: unknown) => unknown;
      return last ? this.#taking(call) : this.#giving(call);
    }
    if (isStream(stage)) {
      if (last || typeof (stage as Partial<Readable>).push !== "function") this.#meterWritable(stage);
      else this.#meterReadable(stage as Readable);
      return stage;
    }
    if (isIterable(stage)) return this.#iterate(stage);
    // A web stream, or what `pipeline` will refuse.
    this.#metered = false;
    return stage;
  }

  #meterReadable(stream: Readable): void {
    // Streams from before `Readable`, such as those of `through`, have events alone.
    if (typeof (stream as Partial<Readable>)._read !== "function") this.#countEvents(stream);
    else {
      this.#tap(stream, "push", {
        before: ([chunk]) => {
          if (chunk !== null) this.#count(chunk);
        },
        after: ([chunk], more) => {
          if (more === true || chunk === null || this.#waitingSince !== 0) return;
          this.#pauses++;
          this.#waitingSince = performance.now();
        },
      });
      this.#tap(stream, "_read", { before: () => this.#resume() });
    }
    this.#onEvent(stream, "end", this.#end);
  }

  #meterWritable(stream: Writable | Readable): void {
    this.#tap(stream, "write", { before: ([chunk]) => this.#count(chunk) });
    this.#onEvent(stream, "finish", this.#end);
  }

  /** However a stream is read, each chunk that is taken from it is an event. */
  #countEvents(stream: Readable): void {
    this.#onEvent(stream, "data", (chunk) => this.#count(chunk));
  }

  /** Not as a listener: that would make a stream flow, and bring one that has many nearer to Node's warning. */
  #onEvent(stream: object, event: string, listener: (value: unknown) => void): void {
    this.#tap(stream, "emit", {
      before: ([name, value]) => {
        if (name === event) listener(value);
      },
    });
  }

  #tap(stream: object, method: string, tap: Tap): void {
    this.#undo.push(tapMethod(stream, method, tap));
  }

  /** A function whose chunks go on. What it returns is its own where `pipeline` refuses it. */
  #giving(
    stage: (source: unknown, options?: unknown) => unknown,
  ): (source: unknown, options?: unknown) => unknown {
    return (...args) => {
      const given = stage(...args);
      let used = given;
      guarded("stream.meter", () => {
        if (isStream(given)) this.#meterReadable(given as Readable);
        else if (isAsyncIterable(given)) used = this.#iterate(given);
        else if (isIterable(given)) used = this.#iterateSync(given as Iterable<unknown>);
      });
      return used;
    };
  }

  /** A function at the end. */
  #taking(
    stage: (source: unknown, options?: unknown) => unknown,
  ): (source: unknown, options?: unknown) => unknown {
    return (source, ...rest) => {
      let used = source;
      guarded("stream.meter", () => {
        if (isStream(source)) this.#countEvents(source as Readable);
        else if (isAsyncIterable(source)) used = this.#taken(source);
      });
      const result = stage(used, ...rest);
      return isThenable(result) ? settle(result, (error) => error ?? this.#end()) : result;
    };
  }

  async *#iterate(source: Iterable<unknown> | AsyncIterable<unknown>): AsyncGenerator<unknown> {
    for await (const chunk of source) {
      this.#count(chunk);
      this.#waitingSince = performance.now();
      yield chunk;
      this.#resume();
    }
    this.#end();
  }

  *#iterateSync(source: Iterable<unknown>): Generator<unknown> {
    for (const chunk of source) {
      this.#count(chunk);
      this.#waitingSince = performance.now();
      yield chunk;
      this.#resume();
    }
    this.#end();
  }

  async *#taken(source: AsyncIterable<unknown>): AsyncGenerator<unknown> {
    for await (const chunk of source) {
      this.#count(chunk);
      yield chunk;
    }
  }

  #resume(): void {
    if (this.#waitingSince === 0) return;
    this.#waited += performance.now() - this.#waitingSince;
    this.#waitingSince = 0;
  }

  #count(chunk: unknown): void {
    this.#rows++;
    if (typeof chunk === "string") this.#bytes += Buffer.byteLength(chunk);
    else if (ArrayBuffer.isView(chunk)) this.#bytes += chunk.byteLength;
  }
}

function isStream(stage: unknown): stage is Readable | Writable {
  return (
    stage instanceof Readable ||
    stage instanceof Writable ||
    // Streams of `readable-stream`, or of another copy of Node's.
    (typeof (stage as Partial<Readable> | null)?.pipe === "function" &&
      typeof (stage as Partial<Readable>).on === "function")
  );
}

function isIterable(stage: unknown): stage is Iterable<unknown> | AsyncIterable<unknown> {
  if (typeof stage !== "object" || stage === null) return false;
  return Symbol.asyncIterator in stage || Symbol.iterator in stage;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
