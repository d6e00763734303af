import {
  ATTR_SCAN_BYTES_FOOTER,
  ATTR_SCAN_BYTES_READ,
  ATTR_SCAN_BYTES_TOTAL,
  ATTR_SCAN_DATASET,
  ATTR_SCAN_FORMAT,
  ATTR_SCAN_RANGE_REQUESTS,
  ATTR_SCAN_ROW_GROUPS_READ,
  ATTR_SCAN_ROW_GROUPS_TOTAL,
  ATTR_SCAN_ROWS_MATCHED,
  ATTR_SCAN_ROWS_SCANNED,
} from "@pitot/semconv";
import type { SnapshotRun } from "@pitot/snapshot";

/** One span of a run. */
export interface ReportSpan {
  readonly span_id: string;
  readonly parent_span_id: string | null;
  readonly name: string;
  readonly start_unix_ms: number;
  readonly duration_ms: number;
  readonly status: string;
  /** What a failed span says of its error. */
  readonly status_message: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: number;
}

/** One read of a dataset and what it cost; null where the reader did not say. */
export interface ReportScan {
  readonly dataset: string;
  readonly format: string | null;
  readonly row_groups_read: number | null;
  readonly row_groups_total: number | null;
  readonly rows_scanned: number | null;
  readonly rows_matched: number | null;
  readonly bytes_read: number | null;
  readonly bytes_total: number | null;
  readonly bytes_footer: number | null;
  readonly range_requests: number | null;
  readonly duration_ms: number;
}

/** The spans of a run, in the order in which they ended. */
export async function reportSpans(run: SnapshotRun): Promise<ReportSpan[]> {
  const table = await run.table("spans");
  if (table === undefined) return [];
  // Looked up once: a look-up costs more than a value.
  const column = (name: string) => table.getChild(name)!;
  const [ids, parents, names, codes] = ["span_id", "parent_span_id", "name", "status_code"].map(column);
  const [messages, attributes, events] = ["status_message", "attributes", "events"].map(column);
  const starts = column("start_time_unix_nano").toArray() as BigInt64Array;
  const durations = column("duration_time_unix_nano").toArray() as BigInt64Array;
  return Array.from({ length: table.numRows }, (_, i) => ({
    span_id: String(ids!.get(i)),
    parent_span_id: parents!.get(i) as string | null,
    name: String(names!.get(i)),
    start_unix_ms: Number(starts[i]! / 1000n) / 1000,
    duration_ms: Number(durations[i]!) / 1e6,
    status: String(codes!.get(i)),
    status_message: messages!.get(i) as string | null,
    attributes: JSON.parse(String(attributes!.get(i))) as Record<string, unknown>,
    events: (JSON.parse(String(events!.get(i))) as unknown[]).length,
  }));
}

/** What a span tells of a scan; undefined where it is of none. */
export function reportScan({ attributes, duration_ms }: ReportSpan): ReportScan | undefined {
  if (!(ATTR_SCAN_DATASET in attributes)) return undefined;
  const number = (name: string): number | null => {
    const value = attributes[name];
    return typeof value === "number" ? value : null;
  };
  const format = attributes[ATTR_SCAN_FORMAT];
  return {
    dataset: String(attributes[ATTR_SCAN_DATASET]),
    format: typeof format === "string" ? format : null,
    row_groups_read: number(ATTR_SCAN_ROW_GROUPS_READ),
    row_groups_total: number(ATTR_SCAN_ROW_GROUPS_TOTAL),
    rows_scanned: number(ATTR_SCAN_ROWS_SCANNED),
    rows_matched: number(ATTR_SCAN_ROWS_MATCHED),
    bytes_read: number(ATTR_SCAN_BYTES_READ),
    bytes_total: number(ATTR_SCAN_BYTES_TOTAL),
    bytes_footer: number(ATTR_SCAN_BYTES_FOOTER),
    range_requests: number(ATTR_SCAN_RANGE_REQUESTS),
    duration_ms,
  };
}
