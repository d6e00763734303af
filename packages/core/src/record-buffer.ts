import type { RecordColumn } from "./record-batch.ts";

const CAPACITY = 4096;

/** Text of a batch column that repeats over a run; `values` is shared by all batches of it. */
export class TextDictionary {
  readonly values: string[] = [];
  readonly #codes = new Map<string, number>();
  #lastText: string | undefined;
  #lastCode = -1;

  code(text: string | null | undefined): number {
    if (text === null || text === undefined) return -1;
    if (text === this.#lastText) return this.#lastCode;
    let code = this.#codes.get(text);
    if (code === undefined) {
      code = this.values.length;
      this.values.push(text);
      this.#codes.set(text, code);
    }
    this.#lastText = text;
    this.#lastCode = code;
    return code;
  }
}

/**
 * Rows waiting for storage, by column: a few typed-array writes per row. Values of a run's own columns lie in `own`, in the order
 * in which its owner named them.
 */
export class RecordBuffer {
  length = 0;
  #seqAtStart = 0;
  readonly #names: readonly string[];
  readonly #dictionaries: readonly (TextDictionary | undefined)[];
  readonly #codes: (Int32Array | undefined)[];
  readonly #texts: (string | null)[][];
  readonly #times = new Float64Array(CAPACITY);
  readonly #spans = new Int32Array(CAPACITY);
  readonly #traceIds = new TextDictionary();
  readonly #spanIds = new TextDictionary();
  readonly #traceOfSpan: number[] = [];

  /** @param columns names of the owner's columns, all text; those in `repeating` are dictionary-encoded */
  constructor(columns: readonly string[], repeating: ReadonlySet<string>) {
    this.#names = columns;
    this.#dictionaries = columns.map((name) => (repeating.has(name) ? new TextDictionary() : undefined));
    this.#codes = columns.map((_, i) => (this.#dictionaries[i] ? new Int32Array(CAPACITY) : undefined));
    this.#texts = columns.map(() => []);
  }

  get full(): boolean {
    return this.length === CAPACITY;
  }

  /** The code of a span for {@link RecordBuffer.append}: look it up once per change of span. */
  spanCode(traceId: string, spanId: string): number {
    this.#traceIds.code(traceId);
    const before = this.#spanIds.values.length;
    const code = this.#spanIds.code(spanId);
    // Span ids are made once per span, so that the trace of a span code never changes.
    if (code === before) this.#traceOfSpan.push(this.#traceIds.code(traceId));
    return code;
  }

  /** Leaves out ordinals of rows that go to storage another way; the buffer must be empty. */
  advance(count: number): void {
    this.#seqAtStart += count;
  }

  append(
    a: string | null,
    b: string | null,
    c: string | null,
    d: string | null,
    span: number,
    timeMs: number,
  ): void {
    const i = this.length++;
    const width = this.#names.length;
    this.#set(0, i, a);
    if (width > 1) this.#set(1, i, b);
    if (width > 2) this.#set(2, i, c);
    if (width > 3) this.#set(3, i, d);
    this.#times[i] = timeMs;
    this.#spans[i] = span;
  }

  /** The buffered rows as columns, and an empty buffer. */
  take(): { length: number; columns: Record<string, RecordColumn> } {
    const { length } = this;
    const columns: Record<string, RecordColumn> = {};
    this.#names.forEach((name, i) => {
      const dictionary = this.#dictionaries[i];
      columns[name] = dictionary
        ? { codes: this.#codes[i]!.slice(0, length), values: dictionary.values }
        : this.#texts[i]!;
      this.#texts[i] = [];
    });
    const spans = this.#spans.slice(0, length);
    columns["trace_id"] = {
      codes: spans.map((span) => (span < 0 ? -1 : this.#traceOfSpan[span]!)),
      values: this.#traceIds.values,
    };
    columns["span_id"] = { codes: spans, values: this.#spanIds.values };
    columns["time_unix_nano"] = nanoseconds(this.#times, length);
    columns["seq"] = ordinals(this.#seqAtStart, length);
    this.#seqAtStart += length;
    this.length = 0;
    return { length, columns };
  }

  #set(column: number, row: number, value: string | null): void {
    const dictionary = this.#dictionaries[column];
    if (dictionary === undefined) this.#texts[column]!.push(value);
    else this.#codes[column]![row] = dictionary.code(value);
  }
}

/** Unix milliseconds as int64 nanoseconds, without making a BigInt per row. */
export function nanoseconds(milliseconds: Float64Array, length: number): BigInt64Array {
  const result = new BigInt64Array(length);
  const halves = new Uint32Array(result.buffer);
  for (let i = 0; i < length; i++) {
    // Rows of one millisecond are many.
    if (i > 0 && milliseconds[i] === milliseconds[i - 1]) {
      result[i] = result[i - 1]!;
      continue;
    }
    const whole = Math.floor(milliseconds[i]!);
    const high = Math.floor(whole / 2 ** 22);
    const rest = whole - high * 2 ** 22;
    // whole · 10^6 = high · 2^22 · 10^6 + rest · 10^6, each product exact in a double
    const a = high * 15625; // · 2^28 (2^22 · 10^6 = 15625 · 2^28)
    const b = rest * 1e6 + Math.round((milliseconds[i]! - whole) * 1e6);
    const lowSum = (a % 16) * 2 ** 28 + (b % 2 ** 32);
    halves[2 * i] = lowSum >>> 0;
    halves[2 * i + 1] = Math.floor(a / 16) + Math.floor(b / 2 ** 32) + Math.floor(lowSum / 2 ** 32);
  }
  return result;
}

/** `first`, `first + 1`, … as int64. */
export function ordinals(first: number, length: number): BigInt64Array {
  const result = new BigInt64Array(length);
  const halves = new Uint32Array(result.buffer);
  for (let i = 0; i < length; i++) {
    const value = first + i;
    halves[2 * i] = value >>> 0;
    halves[2 * i + 1] = Math.floor(value / 2 ** 32);
  }
  return result;
}
