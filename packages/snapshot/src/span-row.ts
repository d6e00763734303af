import type { RecordBatch } from "apache-arrow";
import { int64sOf, numbersOf, rowsOf, textsOf } from "./batch-columns.ts";

/** A finished span as the `spans` table has it; nested parts as JSON text. */
export interface SpanRow {
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id: string | null;
  readonly name: string;
  readonly kind: string;
  readonly start_time_unix_nano: bigint;
  readonly duration_time_unix_nano: bigint;
  readonly status_code: string;
  readonly status_message: string | null;
  readonly attributes: string;
  readonly events: string;
  readonly links: string;
  readonly service_name: string | null;
  readonly dropped_events_count: number;
  readonly sampled: boolean;
  readonly run_id: string | null;
  /** W3C tracestate. */
  readonly trace_state: string | null;
  readonly dropped_attributes_count: number;
  readonly dropped_links_count: number;
  readonly scope_name: string | null;
  readonly scope_version: string | null;
  /** Attributes of the resource, JSON text. */
  readonly resource: string | null;
}

/** A span of a snapshot. */
export interface StoredSpanRow extends SpanRow {
  /** Its ordinal in its run or session, by which the ledger knows it; null in snapshots of before, and of spans that a recovery has closed. */
  readonly seq: number | null;
}

/** The spans of a batch, or those of some of its rows. Columns that an older snapshot does not have are null, or 0. */
export function spanRows(batch: RecordBatch, only?: readonly number[]): StoredSpanRow[] {
  const text = (name: string): ((row: number) => string | null) => textsOf(batch, name);
  const integer = (name: string): ((row: number) => bigint) => int64sOf(batch, name);
  const count = (name: string): ((row: number) => number) => {
    const values = integer(name);
    return (row) => Number(values(row));
  };
  const sampled = batch.getChild("sampled");
  const read = {
    trace_id: text("trace_id"),
    span_id: text("span_id"),
    parent_span_id: text("parent_span_id"),
    name: text("name"),
    kind: text("kind"),
    start_time_unix_nano: integer("start_time_unix_nano"),
    duration_time_unix_nano: integer("duration_time_unix_nano"),
    status_code: text("status_code"),
    status_message: text("status_message"),
    attributes: text("attributes"),
    events: text("events"),
    links: text("links"),
    service_name: text("service_name"),
    dropped_events_count: count("dropped_events_count"),
    sampled: (row: number) => sampled?.get(row) !== false,
    run_id: text("run_id"),
    trace_state: text("trace_state"),
    dropped_attributes_count: count("dropped_attributes_count"),
    dropped_links_count: count("dropped_links_count"),
    scope_name: text("scope_name"),
    scope_version: text("scope_version"),
    resource: text("resource"),
    seq: numbersOf(batch, "seq"),
  } satisfies { [K in keyof StoredSpanRow]: (row: number) => StoredSpanRow[K] | null };
  return rowsOf<StoredSpanRow>(batch, read, only);
}
