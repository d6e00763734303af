import { readRun, type RunManifest, type SnapshotRun } from "@pitot/snapshot";
import { reportScan, reportSpans, type ReportScan, type ReportSpan } from "./report-spans.ts";

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
    scans: spans.flatMap((span) => reportScan(span) ?? []),
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
