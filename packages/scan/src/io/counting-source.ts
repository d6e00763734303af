import type { RangeSource } from "./range-source.ts";

/** A source that counts what is read through it. */
export interface CountingSource extends RangeSource {
  /** Requests that were made, failed and repeated ones included; none for what the source had already. */
  readonly requests: number;
  /** Bytes that came, whether asked for or not: a server without ranges sends the whole file. */
  readonly bytes: number;
}

/** `source`, counting requests and bytes. Closing it closes `source`. */
export function countingSource(source: RangeSource): CountingSource {
  return new Counting(source);
}

class Counting implements CountingSource {
  readonly #source: RangeSource;
  /** Whether the source counts for itself. */
  readonly #isCounted: boolean;
  requests = 0;
  bytes = 0;

  constructor(source: RangeSource) {
    this.#isCounted = source.countedBy !== undefined;
    this.#source = source.countedBy?.(this) ?? source;
  }

  get location(): string {
    return this.#source.location;
  }

  get byteLength(): number | undefined {
    return this.#source.byteLength;
  }

  async slice(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    const bytes = await this.#asked(this.#source.slice(start, end, signal));
    if (!this.#isCounted) this.bytes += bytes.length;
    return bytes;
  }

  async suffix(length: number, signal?: AbortSignal): Promise<{ bytes: Uint8Array; byteLength: number }> {
    const read = await this.#asked(this.#source.suffix(length, signal));
    if (!this.#isCounted) this.bytes += read.bytes.length;
    return read;
  }

  #asked<Answer>(answer: Promise<Answer>): Promise<Answer> {
    if (!this.#isCounted) this.requests++;
    return answer;
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}
