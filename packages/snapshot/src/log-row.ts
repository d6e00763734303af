import type { RecordBatch } from "apache-arrow";
import { int64sOf, numbersOf, rowsOf, textsOf } from "./batch-columns.ts";

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

/** The log records of a batch, or those of some of its rows. Columns that an older snapshot does not have are null, or 0. */
export function logRows(batch: RecordBatch, only?: readonly number[]): StoredLogRow[] {
  const number = (name: string): ((row: number) => number | null) => numbersOf(batch, name);
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
  return rowsOf<StoredLogRow>(batch, read, only);
}
