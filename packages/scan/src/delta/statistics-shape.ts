import { parseExactJson } from "./exact-json.ts";

/** Where the values of one JSON text lie: value `i` is from `starts[i]` to `ends[i]`. */
export interface ValuePlaces {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Values that a shape may have: beyond, statistics are parsed one by one. */
export const MOST_VALUES = 1024;

const QUOTE = 34;
const BACKSLASH = 92;

/**
 * What stays the same between the statistics of a table's files: all that is not a value. A text that has the shape has the same keys, so
 * that values lie at known places and nothing is parsed that is not asked for.
 */
export class StatisticsShape {
  /** The keys that lead to each value. */
  readonly paths: readonly (readonly string[])[];
  readonly #glue: readonly Glue[];

  private constructor(paths: readonly (readonly string[])[], glue: readonly Glue[]) {
    this.paths = paths;
    this.#glue = glue;
  }

  /** The shape of a text; undefined where it is not exact JSON, or has lists or too many values. */
  static of(text: string): StatisticsShape | undefined {
    try {
      // Refuses a key that is there twice.
      const value = parseExactJson(text);
      if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    } catch {
      return undefined;
    }
    const bytes = Buffer.from(text);
    const glue: Glue[] = [];
    const paths: string[][] = [];
    const path: string[] = [];
    let key = "";
    let from = 0;
    for (let at = 0; at < bytes.length;) {
      const byte = bytes[at]!;
      if (byte === 91 /* [ */) return undefined;
      if (byte === 123 /* { */) {
        path.push(key);
        at++;
      } else if (byte === 125 /* } */) {
        path.pop();
        at++;
      } else if (isValue(byte)) {
        const end = valueEnd(bytes, at, bytes.length);
        if (byte === QUOTE && isKey(bytes, end)) key = JSON.parse(bytes.toString("utf8", at, end)) as string;
        else {
          glue.push(new Glue(bytes.subarray(from, at)));
          // The first step is the object itself.
          paths.push([...path.slice(1), key]);
          from = end;
          if (paths.length > MOST_VALUES) return undefined;
        }
        at = end;
      } else at++;
    }
    glue.push(new Glue(bytes.subarray(from)));
    return new StatisticsShape(paths, glue);
  }

  /** Whether a text has the shape; its values are then where `places` says. `view` is of the same bytes. */
  match(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    { starts, ends }: ValuePlaces,
  ): boolean {
    const glue = this.#glue;
    const last = glue.length - 1;
    let at = start;
    for (let i = 0; ; i++) {
      const piece = glue[i]!;
      const after = at + piece.length;
      if (after > end || !piece.isAt(bytes, view, at)) return false;
      at = after;
      if (i === last) return at === end;
      if (at === end || !isValue(bytes[at]!)) return false;
      starts[i] = at;
      at = valueEnd(bytes, at, end);
      ends[i] = at;
    }
  }
}

/** Bytes that are compared four at a time. */
class Glue {
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  /** The last four bytes, where the words do not reach the end. */
  readonly #rest: number | undefined;

  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.length = bytes.length;
    this.#bytes = bytes;
    this.#words = Int32Array.from({ length: bytes.length >> 2 }, (_, i) => view.getInt32(4 * i, true));
    this.#rest =
      bytes.length >= 4 && bytes.length % 4 > 0 ? view.getInt32(bytes.length - 4, true) : undefined;
  }

  isAt(bytes: Uint8Array, view: DataView, at: number): boolean {
    const words = this.#words;
    for (let i = 0; i < words.length; i++) if (view.getInt32(at + 4 * i, true) !== words[i]) return false;
    if (this.#rest !== undefined) return view.getInt32(at + this.length - 4, true) === this.#rest;
    if (words.length > 0) return true;
    for (let i = 0; i < this.length; i++) if (bytes[at + i] !== this.#bytes[i]) return false;
    return true;
  }
}

/** Begins a text, a number, or a word. */
function isValue(byte: number): boolean {
  return byte === QUOTE || byte === 45 || (byte >= 48 && byte <= 57) || (byte >= 97 && byte <= 122);
}

function valueEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start + 1;
  if (bytes[start] === QUOTE) {
    for (; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) return at + 1;
      if (byte === BACKSLASH) at++;
    }
    return end;
  }
  // Numbers and words end where the glue goes on.
  for (; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === 44 || byte === 125 || byte <= 32) break;
  }
  return at;
}

function isKey(bytes: Uint8Array, end: number): boolean {
  let at = end;
  while (bytes[at]! <= 32) at++;
  return bytes[at] === 58;
}
