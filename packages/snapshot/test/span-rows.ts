import type { SpanRow } from "../src/index.ts";

/** A span for tests. */
export function testSpan(id: number, changes: Partial<SpanRow> = {}): SpanRow {
  return {
    trace_id: "ab".repeat(16),
    span_id: id.toString(16).padStart(16, "0"),
    parent_span_id: null,
    name: `span ${id}`,
    kind: "INTERNAL",
    start_time_unix_nano: 1_700_000_000_000_000_001n + BigInt(id),
    duration_time_unix_nano: 1_234_567n,
    status_code: "UNSET",
    status_message: null,
    attributes: `{"n":${id},"text":"é"}`,
    events: "[]",
    links: "[]",
    service_name: "test",
    dropped_events_count: 0,
    sampled: true,
    run_id: null,
    trace_state: null,
    dropped_attributes_count: 0,
    dropped_links_count: 0,
    scope_name: "test",
    scope_version: null,
    resource: '{"service.name":"test"}',
    ...changes,
  };
}
