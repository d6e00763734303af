import type { AsyncBuffer } from "hyparquet";

/** Bytes of a file, `end` not included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

// As hyparquet and Arrow have it: less than this between two chunks is not worth a request of its own.
const LARGEST_GAP = 8 * 1024;
// More than this is one request in any case; several of them are answered side by side.
const LARGEST_RUN = 2 * 1024 * 1024;

interface Run {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** What was read of a file, by requests for chunks that lie next to each other. */
export class FetchedChunks {
  readonly #runs: readonly Run[];

  private constructor(runs: readonly Run[]) {
    this.#runs = runs;
  }

  /** Reads the chunks, all requests at once. Fails with the first that does. */
  static async of(file: AsyncBuffer, chunks: readonly ByteRange[]): Promise<FetchedChunks> {
    const runs = await Promise.all(
      joinedRanges(chunks).map(async ({ start, end }) => ({
        start,
        bytes: new Uint8Array(await file.slice(start, end)),
      })),
    );
    return new FetchedChunks(runs);
  }

  /** The bytes of a chunk, without a copy. */
  chunk({ start, end }: ByteRange): Uint8Array {
    const run = this.#runs.find(
      (candidate) => candidate.start <= start && end <= candidate.start + candidate.bytes.length,
    );
    if (run === undefined) throw new RangeError("a chunk that was not fetched");
    return run.bytes.subarray(start - run.start, end - run.start);
  }

  /** The file as far as it was fetched, for hyparquet, which asks for chunks in other runs; zeros between them. */
  file(byteLength: number): AsyncBuffer {
    return {
      byteLength,
      slice: (start, end = byteLength) => {
        const whole = this.#runs.find((run) => run.start === start && run.bytes.length === end - start);
        if (whole !== undefined) return whole.bytes.buffer as ArrayBuffer;
        const bytes = new Uint8Array(end - start);
        for (const run of this.#runs) {
          const [from, to] = [Math.max(start, run.start), Math.min(end, run.start + run.bytes.length)];
          if (from < to) bytes.set(run.bytes.subarray(from - run.start, to - run.start), from - start);
        }
        return bytes.buffer;
      },
    };
  }
}

function joinedRanges(ranges: readonly ByteRange[]): ByteRange[] {
  const joined: { start: number; end: number }[] = [];
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    const last = joined.at(-1);
    if (
      last === undefined ||
      start > last.end + LARGEST_GAP ||
      Math.max(last.end, end) - last.start > LARGEST_RUN
    )
      joined.push({ start, end });
    else last.end = Math.max(last.end, end);
  }
  return joined;
}
