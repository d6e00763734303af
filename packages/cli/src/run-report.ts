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
import { readRun, type RunManifest, type SnapshotRun } from "@pitot/snapshot";

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

/** What `pitot show --json` prints. Within a version, fields are only added. */
export interface RunReport {
  readonly version: 1;
  readonly manifest: RunManifest;
  /** True where its process has died before it ended. */
  readonly interrupted: boolean;
  readonly spans: readonly ReportSpan[];
  readonly scans: readonly ReportScan[];
  /** What the run read and wrote, in the order of first use. */
  readonly datasets: readonly (Readonly<Record<string, unknown>> & { readonly direction: string })[];
  /** Tables that the run measured (`recordDatasets`), in their order. */
  readonly tables: readonly {
    readonly name: string;
    readonly rows: number;
    readonly columns: number;
    readonly schema_fingerprint: string;
    /** Nulls by column, of those that have any. */
    readonly nulls: Readonly<Record<string, number>>;
  }[];
  readonly quality: readonly {
    readonly source_table: string | null;
    readonly entity_kind: string;
    readonly issue: string;
    readonly rows: number;
  }[];
  /** The last value of each series. */
  readonly metrics: readonly {
    readonly name: string;
    readonly attributes: string;
    readonly value: number;
    readonly unit: string;
  }[];
  /** Events and artifacts as they were recorded, without those of datasets. */
  readonly events: readonly {
    readonly kind: "event" | "artifact";
    readonly name: string;
    readonly json: string;
  }[];
}

const DATASET_EVENT = /^dataset\.(input|output)$/;

/**
 * Everything about one run that a person or a program asks first. Reads the tables whole.
 * @throws PitotError IO where the run is not in the folder
 */
export async function runReport(directory: string, runId: string): Promise<RunReport> {
  const run = readRun(directory, runId);
  const spans = await reportSpans(run);
  const recorded = [
    ...(await named(run, "events", "properties", "event")),
    ...(await named(run, "artifacts", "payload", "artifact")),
  ];
  return {
    version: 1,
    manifest: run.manifest,
    interrupted: run.interrupted,
    spans,
    scans: spans.filter(({ attributes }) => ATTR_SCAN_DATASET in attributes).map(scan),
    datasets: recorded.flatMap(({ name, json }) => {
      const direction = DATASET_EVENT.exec(name)?.[1];
      return direction === undefined ? [] : [{ ...(JSON.parse(json) as object), direction }];
    }),
    tables: await tables(run),
    quality: await quality(run),
    metrics: await metrics(run),
    events: recorded.filter(({ name }) => !DATASET_EVENT.test(name)),
  };
}

async function reportSpans(run: SnapshotRun): Promise<ReportSpan[]> {
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

function scan({ attributes, duration_ms }: ReportSpan): ReportScan {
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

async function named(
  run: SnapshotRun,
  name: string,
  payload: string,
  kind: "event" | "artifact",
): Promise<RunReport["events"][number][]> {
  const table = await run.table(name);
  if (table === undefined) return [];
  const names = table.getChild("name")!;
  const json = table.getChild(payload)!;
  return Array.from({ length: table.numRows }, (_, i) => ({
    kind,
    name: String(names.get(i)),
    json: String(json.get(i)),
  }));
}

async function tables(run: SnapshotRun): Promise<RunReport["tables"]> {
  const [datasets, columns] = await Promise.all([run.table("dataset_stats"), run.table("column_stats")]);
  const nulls = new Map<unknown, Record<string, number>>();
  for (const row of columns ?? []) {
    const { dataset_name, column_name, null_count } = row.toJSON() as Record<string, unknown>;
    const all = nulls.get(dataset_name) ?? {};
    if (Number(null_count) > 0) all[String(column_name)] = Number(null_count);
    nulls.set(dataset_name, all);
  }
  return Array.from(datasets ?? [], (row) => {
    const { dataset_name, rows, columns, schema_fingerprint } = row.toJSON() as Record<string, unknown>;
    return {
      name: String(dataset_name),
      rows: Number(rows),
      columns: Number(columns),
      schema_fingerprint: String(schema_fingerprint),
      nulls: nulls.get(dataset_name) ?? {},
    };
  });
}

async function quality(run: SnapshotRun): Promise<RunReport["quality"]> {
  const table = await run.table("quality");
  if (table === undefined) return [];
  const counts = new Map<string, number>();
  const columns = ["source_table", "entity_kind", "issue"].map((name) => table.getChild(name)!);
  for (let i = 0; i < table.numRows; i++) {
    const key = JSON.stringify(columns.map((column) => column.get(i) as unknown));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([key, rows]) => {
      const [source_table, entity_kind, issue] = JSON.parse(key) as [string | null, string, string];
      return { source_table, entity_kind, issue, rows };
    });
}

async function metrics(run: SnapshotRun): Promise<RunReport["metrics"]> {
  const table = await run.table("metrics");
  if (table === undefined) return [];
  const [names, tags, values, units] = ["name", "attributes", "value", "unit"].map((column) =>
    table.getChild(column)!,
  );
  const last = new Map<string, RunReport["metrics"][number]>();
  for (let i = 0; i < table.numRows; i++) {
    const name = String(names!.get(i));
    const attributes = String(tags!.get(i));
    const value = Number(values!.get(i));
    last.set(`${name} ${attributes}`, { name, attributes, value, unit: String(units!.get(i)) });
  }
  return [...last.values()];
}
