import { trace, type Context } from "@opentelemetry/api";
import { nanoseconds, ordinals } from "./int64-column.ts";
import type { RecordColumn } from "./record-batch.ts";
import { TextDictionary } from "./text-dictionary.ts";

/** A batch is written at so many rows, */
const MAX_ROWS = 4096;
/** or so much text (UTF-16 units; bytes where it is ASCII). */
const MAX_TEXT = 1 << 20;
const FIRST_ROWS = 64;

/** A column that repeats: what a group's row has in it. */
interface TermColumn {
  readonly name: string;
  readonly dictionary: TextDictionary;
  readonly codeOfGroup: number[];
}

/**
 * Rows waiting for storage, by column: a few stores into typed arrays per row, and one string that grows. Columns that repeat are told by
 * a group: their values together, looked up once.
 */
export class RecordBuffer {
  length = 0;
  readonly #textColumn: string;
  readonly #terms: readonly TermColumn[];
  #seqAtStart = 0;
  #groupCount = 0;
  #capacity = FIRST_ROWS;
  #groups = new Int32Array(FIRST_ROWS);
  #spans = new Int32Array(FIRST_ROWS);
  #times = new Float64Array(FIRST_ROWS);
  /** One string for all texts: joining costs less than keeping them apart, and they are encoded by one call. */
  #text = "";
  #ends = new Int32Array(FIRST_ROWS);
  #nullCount = 0;
  #validity = new Uint8Array(FIRST_ROWS >> 3).fill(255);
  readonly #traceIds = new TextDictionary();
  readonly #spanIds = new TextDictionary();
  readonly #traceOfSpan: number[] = [];
  #at: Context | undefined;
  #span = -1;

  /**
   * @param text name of the column whose text does not repeat
   * @param terms names of those whose text does
   */
  constructor(text: string, ...terms: readonly string[]) {
    this.#textColumn = text;
    this.#terms = terms.map((name) => ({ name, dictionary: new TextDictionary(), codeOfGroup: [] }));
  }

  /** True where the rows must be taken before the next comes. */
  get full(): boolean {
    return this.length >= MAX_ROWS || this.#text.length >= MAX_TEXT;
  }

  /** A new group for {@link RecordBuffer.append}: one value per repeating column, in the constructor's order. Keep it; it is never forgotten. */
  group(...values: readonly (string | null)[]): number {
    this.#terms.forEach(({ dictionary, codeOfGroup }, i) =>
      codeOfGroup.push(dictionary.code(values[i] ?? null)),
    );
    return this.#groupCount++;
  }

  append(group: number, text: string | null, at: Context, timeMs: number): void {
    const i = this.length;
    if (i === this.#capacity) this.#grow();
    if (at !== this.#at) this.#enter(at);
    this.#groups[i] = group;
    this.#spans[i] = this.#span;
    this.#times[i] = timeMs;
    if (text === null) {
      this.#validity[i >> 3]! &= ~(1 << (i & 7));
      this.#nullCount++;
    } else this.#text += text;
    this.#ends[i] = this.#text.length;
    this.length = i + 1;
  }

  /** The rows as columns, and an empty buffer. The columns stand until the next row is appended. */
  take(): { length: number; columns: Record<string, RecordColumn> } {
    const { length } = this;
    const columns: Record<string, RecordColumn> = {};
    const groups = this.#groups.subarray(0, length);
    for (const { name, dictionary, codeOfGroup } of this.#terms)
      columns[name] = { codes: mapped(groups, codeOfGroup), values: dictionary.values };
    columns[this.#textColumn] = {
      length,
      text: this.#text,
      ends: this.#ends.subarray(0, length),
      nullCount: this.#nullCount,
      validity: this.#nullCount === 0 ? undefined : this.#validity.slice(),
    };
    const spans = this.#spans.subarray(0, length);
    columns["trace_id"] = { codes: mapped(spans, this.#traceOfSpan), values: this.#traceIds.values };
    columns["span_id"] = { codes: spans, values: this.#spanIds.values };
    columns["time_unix_nano"] = nanoseconds(this.#times, length);
    columns["seq"] = ordinals(this.#seqAtStart, length);
    this.#seqAtStart += length;
    this.length = 0;
    this.#text = "";
    if (this.#nullCount > 0) this.#validity.fill(255);
    this.#nullCount = 0;
    return { length, columns };
  }

  /** Rows that follow belong to the span of another context. */
  #enter(at: Context): void {
    this.#at = at;
    const ids = trace.getSpan(at)?.spanContext();
    if (ids === undefined) {
      this.#span = -1;
      return;
    }
    const code = this.#spanIds.code(ids.spanId);
    // Span ids are made once per span, so that the trace of a span code never changes.
    if (code === this.#traceOfSpan.length) this.#traceOfSpan.push(this.#traceIds.code(ids.traceId));
    this.#span = code;
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#groups = enlarged(this.#groups, new Int32Array(this.#capacity));
    this.#spans = enlarged(this.#spans, new Int32Array(this.#capacity));
    this.#times = enlarged(this.#times, new Float64Array(this.#capacity));
    this.#ends = enlarged(this.#ends, new Int32Array(this.#capacity));
    this.#validity = enlarged(this.#validity, new Uint8Array(this.#capacity >> 3).fill(255));
  }
}

function enlarged<T extends Int32Array | Float64Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Codes by way of others; -1 stays. */
function mapped(from: Int32Array, codes: readonly number[]): Int32Array {
  const result = new Int32Array(from.length);
  for (let i = 0; i < from.length; i++) {
    const code = from[i]!;
    result[i] = code < 0 ? -1 : codes[code]!;
  }
  return result;
}
