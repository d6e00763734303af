import {
  ATTR_ERROR_TYPE,
  METRIC_COLUMN_NULLS,
  METRIC_DATASET_BYTES,
  METRIC_DATASET_COLUMNS,
  METRIC_DATASET_ROWS,
} from "@pitot/semconv";
import colors from "picocolors";
import { byteSize } from "./format-bytes.ts";
import { milliseconds } from "./format-duration.ts";
import type { ReportScan } from "./report-spans.ts";
import { runReport, type RunReport } from "./run-report.ts";
import { spanTree } from "./span-tree.ts";

/** Lines of a section beyond which it says how many it leaves out. */
const LINES = 20;
/** Events of one name beyond which they are counted: a graph tells of each of its nodes. */
const EVENTS = 3;
/** Metrics that the section Tables says in fewer lines. */
const OF_TABLES: ReadonlySet<string> = new Set([
  METRIC_COLUMN_NULLS,
  METRIC_DATASET_BYTES,
  METRIC_DATASET_COLUMNS,
  METRIC_DATASET_ROWS,
]);

/**
 * A run as text, for a terminal of so many columns: envelope, trace tree with durations, datasets, scans, tables, quality by issue, metrics, what became of its records.
 *
 * @throws PitotError IO where the run is not in the folder
 */
export async function showRun(directory: string, runId: string, columns?: number): Promise<string> {
  return reportText(await runReport(directory, runId), directory, columns);
}

/** {@link showRun} of a report that is there already. */
export function reportText(report: RunReport, directory: string, columns?: number): string {
  const { manifest } = report;
  const { status: told, label, duration_ms: duration } = manifest.run ?? {};
  const status = report.interrupted ? "interrupted" : told;
  const mark =
    status === "completed" ? colors.green("✓") : status === "failed" ? colors.red("✗") : colors.yellow("…");
  return [
    `${mark} ${colors.bold(label ?? manifest.type)}  ${status ?? ""}${duration == null ? "" : ` in ${milliseconds(duration)}`}  ${colors.dim(manifest.id)}`,
    ...section("Trace", spanTree(report.spans, columns), 200),
    ...section("Errors", errors(report)),
    ...section("Datasets", datasets(report)),
    ...section("Scans", report.scans.map(scanLine)),
    ...section("Tables", report.tables.map(tableLine)),
    ...section(
      "Quality",
      report.quality.map(
        ({ source_table, entity_kind, issue, rows }) =>
          `${String(rows).padStart(9)}  ${source_table ?? "-"}  ${entity_kind}  ${issue}`,
      ),
    ),
    ...section(
      "Metrics",
      report.metrics
        .filter(({ name }) => !OF_TABLES.has(name))
        .map(({ name, attributes, value, unit }) => `${name} ${colors.dim(attributes)}  ${value} ${unit}`),
    ),
    ...section("Events", events(report)),
    ...section("Records", records(report)),
    `\nSnapshot  ${directory}/${manifest.type === "run" ? "runs" : "session"}/${manifest.id}`,
    ...(report.interrupted
      ? [`Its process is gone; \`pitot recover\` closes it, or the next process that uses Pitot.`]
      : []),
  ].join("\n");
}

function section(title: string, lines: readonly string[], limit: number = LINES): string[] {
  if (lines.length === 0) return [];
  const left = lines.length - limit;
  return [
    "",
    colors.bold(title),
    ...lines.slice(0, limit).map((line) => `  ${line}`),
    ...(left > 0 ? [`  ${colors.dim(`… and ${left} more; --json has all`)}`] : []),
  ];
}

/** Each error once, where it arose: the spans around it fail by the same one. */
function errors({ spans }: RunReport): string[] {
  const lines = new Map<string, string>();
  const byStart = spans.toSorted((a, b) => b.start_unix_ms - a.start_unix_ms);
  for (const { name, status, status_message: message, attributes } of byStart) {
    const type = attributes[ATTR_ERROR_TYPE];
    if (status !== "ERROR" || (type === undefined && message === null)) continue;
    const error = [type, message].filter((part) => typeof part === "string" && part !== "").join(": ");
    if (!lines.has(error)) lines.set(error, `${name}  ${colors.red(clip(error.replaceAll(/\s+/g, " ")))}`);
  }
  return [...lines.values()].toReversed();
}

function datasets({ datasets: all }: RunReport): string[] {
  return all.map(
    ({ direction, dataset, format, bytes, path }) =>
      `${direction === "input" ? "←" : "→"} ${String(dataset)}  ${String(format)}${typeof bytes === "number" ? `  ${byteSize(bytes)}` : ""}  ${colors.dim(String(path))}`,
  );
}

/** One line each; of many with one name, how many there are and the last. */
function events({ events: all }: RunReport): string[] {
  const byName = new Map<string, RunReport["events"][number][]>();
  for (const event of all) {
    const of = byName.get(event.name);
    if (of === undefined) byName.set(event.name, [event]);
    else of.push(event);
  }
  return [...byName].flatMap(([name, of]) =>
    of.length <= EVENTS
      ? of.map(({ json }) => `${name}  ${colors.dim(clip(json))}`)
      : [`${of.length} × ${name}, the last:  ${colors.dim(clip(of.at(-1)!.json))}`],
  );
}

function scanLine(scan: ReportScan): string {
  const { dataset, row_groups_read: read, row_groups_total: total } = scan;
  const groups = total === null ? "" : `  ${read} of ${total} row groups`;
  const rows = scan.rows_matched === null ? "" : `  ${scan.rows_matched} rows`;
  const bytes =
    scan.bytes_read === null ? "" : `  ${byteSize(scan.bytes_read)} of ${byteSize(scan.bytes_total)}`;
  const requests = scan.range_requests === null ? "" : ` in ${scan.range_requests} requests`;
  return `${dataset}${groups}${rows}${bytes}${requests}  ${colors.dim(milliseconds(scan.duration_ms))}`;
}

function tableLine({ name, rows, columns, nulls }: RunReport["tables"][number]): string {
  const some = Object.entries(nulls).map(([column, count]) => `${count} in ${column}`);
  return `${name}  ${rows} rows  ${columns} columns  ${some.length === 0 ? "no nulls" : `nulls: ${clip(some.join(", "))}`}`;
}

function records({ manifest }: RunReport): string[] {
  return Object.entries(manifest.records).map(([kind, outcomes]) => {
    const parts = Object.entries(outcomes)
      .filter(([, count]) => count > 0)
      .map(([outcome, count]) => `${count} ${outcome.replace("_", " ")}`);
    return `${kind.padEnd(14)} ${parts.join(", ")}`;
  });
}

function clip(text: string): string {
  return text.length > 110 ? `${text.slice(0, 109)}…` : text;
}
