import type { RecordBatch } from "apache-arrow";
import { int64sOf, rowsOf, textsOf } from "./batch-columns.ts";

/** A log record as the `logs` table has it; what is nested as JSON text. */
export interface LogRow {
  readonly time_unix_nano: bigint;
  readonly observed_time_unix_nano: bigint;
  /** 1 (TRACE) to 24 (FATAL4). */
  readonly severity_number: number | null;
  readonly severity_text: string | null;
  readonly event_name: string | null;
  readonly body: string | null;
  /** What the body was before it became text: `string`, or `json` for all else. */
  readonly body_type: "string" | "json" | null;
  readonly attributes: string;
  readonly service_name: string | null;
  readonly scope_name: string | null;
  readonly scope_version: string | null;
  /** Attributes of the resource, JSON text. */
  readonly resource: string | null;
  readonly dropped_attributes_count: number;
  readonly run_id: string | null;
  readonly trace_id: string | null;
  readonly span_id: string | null;
  /** W3C trace flags. */
  readonly trace_flags: number | null;
}

/** A log record of a snapshot. */
export interface StoredLogRow extends LogRow {
  /** Its ordinal in its run or session, by which the ledger knows it; null in snapshots of before. */
  readonly seq: number | null;
}

/** Which run or session has a log record, and as which of its records. */
export interface LogPlace {
  readonly scopeId: string;
  readonly seq: number;
}

const BATCH_ROWS = 512;
const BATCH_TEXT = 1 << 20;

/** Rows that wait, and the ordinal of the first of them. */
interface Waiting {
  readonly first: number;
  readonly rows: LogRow[];
  text: number;
}

/** Log rows that wait for their batch, by the run or session that has them. */
export class WaitingLogs {
  readonly #waiting = new Map<string, Waiting>();
  readonly #next = new Map<string, number>();

  /** @returns the row's ordinal, and whether the scope's rows are enough for a batch */
  add(scopeId: string, row: LogRow): { seq: number; full: boolean } {
    const seq = this.#next.get(scopeId) ?? 0;
    this.#next.set(scopeId, seq + 1);
    let waiting = this.#waiting.get(scopeId);
    if (waiting === undefined) this.#waiting.set(scopeId, (waiting = { first: seq, rows: [], text: 0 }));
    waiting.rows.push(row);
    waiting.text += row.attributes.length + (row.body?.length ?? 0);
    return { seq, full: waiting.rows.length >= BATCH_ROWS || waiting.text >= BATCH_TEXT };
  }

  /** The rows of a scope, which do not wait any more. */
  take(scopeId: string): { readonly first: number; readonly rows: readonly LogRow[] } | undefined {
    const waiting = this.#waiting.get(scopeId);
    this.#waiting.delete(scopeId);
    return waiting;
  }

  /** No row of this scope follows. */
  forget(scopeId: string): void {
    this.#next.delete(scopeId);
  }

  scopes(): Iterable<string> {
    return this.#waiting.keys();
  }
}

/** Log rows as columns; a batch that was not written leaves a gap in the ordinals. */
export function logColumns(rows: readonly LogRow[], first: number): Record<keyof StoredLogRow, unknown[]> {
  const names = Object.keys(rows[0] ?? {}) as (keyof LogRow)[];
  const columns = Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])]));
  return { ...columns, seq: rows.map((_, i) => first + i) } as never;
}

/** The log records of a batch. Columns that an older snapshot does not have are null, or 0. */
export function logRows(batch: RecordBatch): StoredLogRow[] {
  const number = (name: string): ((row: number) => number | null) => {
    const column = batch.getChild(name);
    return (row) => {
      const value = column?.get(row) as number | bigint | null | undefined;
      return value === null || value === undefined ? null : Number(value);
    };
  };
  const read = {
    time_unix_nano: int64sOf(batch, "time_unix_nano"),
    observed_time_unix_nano: int64sOf(batch, "observed_time_unix_nano"),
    severity_number: number("severity_number"),
    severity_text: textsOf(batch, "severity_text"),
    event_name: textsOf(batch, "event_name"),
    body: textsOf(batch, "body"),
    body_type: textsOf(batch, "body_type"),
    attributes: textsOf(batch, "attributes"),
    service_name: textsOf(batch, "service_name"),
    scope_name: textsOf(batch, "scope_name"),
    scope_version: textsOf(batch, "scope_version"),
    resource: textsOf(batch, "resource"),
    dropped_attributes_count: (row: number) => number("dropped_attributes_count")(row) ?? 0,
    run_id: textsOf(batch, "run_id"),
    trace_id: textsOf(batch, "trace_id"),
    span_id: textsOf(batch, "span_id"),
    trace_flags: number("trace_flags"),
    seq: number("seq"),
  } satisfies { [K in keyof StoredLogRow]: (row: number) => unknown };
  return rowsOf<StoredLogRow>(batch, read);
}
