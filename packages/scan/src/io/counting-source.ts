import type { RangeSource } from "./range-source.ts";

/** A source that counts what is read through it. */
export interface CountingSource extends RangeSource {
  /** Range requests that were made, failed ones included. */
  readonly requests: number;
  /** Bytes that they gave. */
  readonly bytes: number;
}

/** `source`, counting requests and bytes. Closing it closes `source`. */
export function countingSource(source: RangeSource): CountingSource {
  return new Counting(source);
}

class Counting implements CountingSource {
  readonly #source: RangeSource;
  requests = 0;
  bytes = 0;

  constructor(source: RangeSource) {
    this.#source = source;
  }

  get location(): string {
    return this.#source.location;
  }

  get byteLength(): number | undefined {
    return this.#source.byteLength;
  }

  async slice(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    this.requests++;
    const bytes = await this.#source.slice(start, end, signal);
    this.bytes += bytes.length;
    return bytes;
  }

  async suffix(length: number, signal?: AbortSignal): Promise<{ bytes: Uint8Array; byteLength: number }> {
    this.requests++;
    const read = await this.#source.suffix(length, signal);
    this.bytes += read.bytes.length;
    return read;
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}
