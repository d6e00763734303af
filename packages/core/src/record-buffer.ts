import { trace, type Context } from "@opentelemetry/api";
import { nanoseconds, ordinals } from "./int64-column.ts";
import type { RecordColumn } from "./record-batch.ts";
import { RowSegments } from "./row-segments.ts";
import { TermColumn } from "./term-column.ts";

/** A batch is written at so many rows, */
const MAX_ROWS = 4096;
/** or so much text (UTF-16 units; bytes where it is ASCII). */
const MAX_TEXT = 1 << 20;
const FIRST_ROWS = 64;
/** Spans that are found again; one beyond them stands in the dictionary twice. */
const MAX_SPANS = 1 << 16;
/** No group, and no time. */
const NONE = -1;

/** The time of a row in Unix milliseconds, and a small number that differs from that of the row before where the time does. */
export interface RowClock {
  readonly time: number;
  readonly tick: number;
}

/**
 * Rows waiting for storage, by column. A row costs one text appended to a growing string, and comparisons: values that repeat (a group:
 * the values of all columns that do, looked up once), span and time are kept as the rows at which they change.
 */
export class RecordBuffer {
  length = 0;
  readonly #textColumn: string;
  readonly #terms: readonly TermColumn[];
  readonly #traceIds = new TermColumn("trace_id");
  readonly #spanIds = new TermColumn("span_id");
  readonly #spanGroups = new Map<string, number>();
  #groupCount = 0;
  #seqAtStart = 0;
  #capacity = FIRST_ROWS;
  readonly #groups = new RowSegments();
  #group = NONE;
  readonly #spans = new RowSegments();
  #at: Context | undefined;
  readonly #times = new RowSegments();
  #tick = NONE;
  /** One string for all texts: joining costs less than keeping them apart, and they are encoded by one call. */
  #text = "";
  #ends = new Int32Array(FIRST_ROWS);
  #nullCount = 0;
  #validity = new Uint8Array(FIRST_ROWS >> 3).fill(255);
  #timeColumn = new BigInt64Array(0);
  #seqColumn = new BigInt64Array(0);

  /**
   * @param text name of the column whose text does not repeat
   * @param terms names of those whose text does
   */
  constructor(text: string, ...terms: readonly string[]) {
    this.#textColumn = text;
    this.#terms = terms.map((name) => new TermColumn(name));
  }

  /** A new group for {@link RecordBuffer.append}: one value per repeating column, in the constructor's order. Keep it; it is never forgotten. */
  group(...values: readonly (string | null)[]): number {
    this.#terms.forEach((term, i) => term.add(values[i] ?? null));
    return this.#groupCount++;
  }

  /** @returns true where the rows must be taken before the next comes */
  append(group: number, text: string | null, at: Context, clock: RowClock): boolean {
    const i = this.length;
    if (i === this.#capacity) this.#grow();
    if (group !== this.#group) this.#groups.begin(i, (this.#group = group));
    if (at !== this.#at) this.#enter(i, at);
    if (clock.tick !== this.#tick) this.#enterTick(i, clock);
    if (text === null) {
      this.#validity[i >> 3]! &= ~(1 << (i & 7));
      this.#nullCount++;
    } else this.#text += text;
    const end = this.#text.length;
    this.#ends[i] = end;
    this.length = i + 1;
    return i === MAX_ROWS - 1 || end >= MAX_TEXT;
  }

  /** Ordinal of the row that is appended next. */
  get seq(): number {
    return this.#seqAtStart + this.length;
  }

  /** Leaves out ordinals of rows that go to storage another way, or nowhere; the buffer must be empty. */
  advance(count: number): void {
    this.#seqAtStart += count;
  }

  /** The rows as columns, and an empty buffer. The columns stand until the next row is appended. */
  take(): { length: number; columns: Record<string, RecordColumn> } {
    const length = this.length;
    const capacity = this.#capacity;
    const nullCount = this.#nullCount;
    if (this.#timeColumn.length < length) {
      this.#timeColumn = new BigInt64Array(capacity);
      this.#seqColumn = new BigInt64Array(capacity);
    }
    this.#times.fillInt64(this.#timeColumn, length, nanoseconds);
    const columns: Record<string, RecordColumn> = {
      [this.#textColumn]: {
        length,
        text: this.#text,
        ends: this.#ends,
        nullCount,
        validity: nullCount === 0 ? undefined : this.#validity.slice(),
      },
      trace_id: this.#traceIds.column(this.#spans, length, capacity),
      span_id: this.#spanIds.column(this.#spans, length, capacity),
      time_unix_nano: this.#timeColumn,
      seq: ordinals(this.#seqAtStart, length, this.#seqColumn),
    };
    for (const term of this.#terms) columns[term.name] = term.column(this.#groups, length, capacity);
    this.#seqAtStart += length;
    this.#clear();
    return { length, columns };
  }

  /** Rows from this one on belong to the span of another context. */
  #enter(row: number, at: Context): void {
    this.#at = at;
    const ids = trace.getSpan(at)?.spanContext();
    if (ids === undefined) {
      this.#spans.begin(row, NONE);
      return;
    }
    let span = this.#spanGroups.get(ids.spanId);
    if (span === undefined) {
      if (this.#spanGroups.size >= MAX_SPANS) this.#spanGroups.clear();
      span = this.#spanIds.add(ids.spanId);
      this.#traceIds.add(ids.traceId);
      this.#spanGroups.set(ids.spanId, span);
    }
    this.#spans.begin(row, span);
  }

  #enterTick(row: number, { tick, time }: RowClock): void {
    this.#tick = tick;
    this.#times.begin(row, time);
  }

  #clear(): void {
    this.length = 0;
    this.#groups.clear();
    this.#group = NONE;
    this.#spans.clear();
    this.#at = undefined;
    this.#times.clear();
    this.#tick = NONE;
    this.#text = "";
    if (this.#nullCount > 0) this.#validity.fill(255);
    this.#nullCount = 0;
  }

  #grow(): void {
    this.#capacity *= 2;
    const ends = new Int32Array(this.#capacity);
    ends.set(this.#ends);
    this.#ends = ends;
    const validity = new Uint8Array(this.#capacity >> 3).fill(255);
    validity.set(this.#validity);
    this.#validity = validity;
  }
}
