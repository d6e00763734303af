import { Readable, Writable, finished } from "node:stream";
import type { Attributes } from "@opentelemetry/api";
import {
  ATTR_STREAM_BACKPRESSURE_TIME,
  ATTR_STREAM_BYTES,
  ATTR_STREAM_PAUSES,
  ATTR_STREAM_ROWS,
} from "@pitot/semconv";

/** Counts what one stage of a stream pipeline passes on, and how long it waits for its consumer. A chunk costs two calls more. */
export class StreamMeter {
  /** The stage to use: streams are metered in place, everything else is wrapped. */
  readonly stage: unknown;
  /** Resolves when the stage has given its last chunk, or taken it. Never rejects, and not at all for one that fails. */
  readonly ended: Promise<void>;
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
    if (typeof stage === "function")
      this.stage = this.#wrapFunction(stage as (source: unknown, options?: unknown) => unknown, last);
    else if (isStream(stage)) {
      if (typeof (stage as Partial<Readable>).push === "function" && !last)
        this.#meterReadable(stage as Readable);
      else this.#meterWritable(stage as Writable);
      this.stage = stage;
    } else if (isIterable(stage)) this.stage = this.#iterate(stage);
    else {
      // A web stream, or what `pipeline` will refuse.
      this.#metered = false;
      this.stage = stage;
    }
  }

  /** Empty for a stage that cannot be metered. */
  attributes(): Attributes {
    if (!this.#metered) return {};
    return {
      [ATTR_STREAM_ROWS]: this.#rows,
      [ATTR_STREAM_BYTES]: this.#bytes,
      [ATTR_STREAM_PAUSES]: this.#pauses,
      [ATTR_STREAM_BACKPRESSURE_TIME]: this.#waited / 1000,
    };
  }

  #meterReadable(stream: Readable): void {
    const push = stream.push.bind(stream);
    const read = stream._read.bind(stream);
    stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
      if (chunk !== null) this.#count(chunk);
      const more = push(chunk, encoding);
      if (!more && chunk !== null && this.#waitingSince === 0) {
        this.#pauses++;
        this.#waitingSince = performance.now();
      }
      return more;
    };
    stream._read = (size) => {
      this.#resume();
      read(size);
    };
    finished(stream, { writable: false }, (error) => {
      this.#resume();
      if (error == null) this.#end();
    });
  }

  #meterWritable(stream: Writable): void {
    const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
    stream.write = ((chunk: unknown, ...rest: never[]) => {
      this.#count(chunk);
      return write(chunk, ...rest);
    }) as Writable["write"];
    finished(stream, { readable: false }, (error) => {
      if (error == null) this.#end();
    });
  }

  #wrapFunction(
    stage: (source: unknown, options?: unknown) => unknown,
    last: boolean,
  ): (source: unknown, options?: unknown) => unknown {
    if (!last) return (source, options) => this.#iterate(stage(source, options) as AsyncIterable<unknown>);
    return async (source, options) => {
      const result = await stage(this.#taken(source as AsyncIterable<unknown>), options);
      this.#end();
      return result;
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
    typeof (stage as Partial<Readable> | null)?.pipe === "function"
  );
}

function isIterable(stage: unknown): stage is Iterable<unknown> | AsyncIterable<unknown> {
  if (typeof stage !== "object" || stage === null) return false;
  return Symbol.asyncIterator in stage || Symbol.iterator in stage;
}
