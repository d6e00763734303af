import { resolve } from "node:path";
import type { Attributes, AttributeValue } from "@opentelemetry/api";
import { activeRun, addCounter, recordHistogram, session, type PipelineRun } from "@pitot/core";
import {
  ATTR_DATASET_NAME,
  ATTR_OUTCOME,
  ATTR_SCAN_BYTES_FOOTER,
  ATTR_SCAN_BYTES_READ,
  ATTR_SCAN_BYTES_TOTAL,
  ATTR_SCAN_COUNT_ROWS,
  ATTR_SCAN_DATASET,
  ATTR_SCAN_ESTIMATED_ROWS,
  ATTR_SCAN_FILE_HINTS,
  ATTR_SCAN_FORMAT,
  ATTR_SCAN_FRAGMENT_COUNT,
  ATTR_SCAN_FRAGMENT_PATHS,
  ATTR_SCAN_REQUIRED_COLUMNS,
  ATTR_SCAN_ROW_GROUP_COUNT,
  ATTR_SCAN_ROW_GROUPS_READ,
  ATTR_SCAN_ROW_GROUPS_SKIPPED,
  ATTR_SCAN_ROWS_MATCHED,
  ATTR_SCAN_ROWS_SCANNED,
  ATTR_SCAN_SCAN_COLUMNS,
  EVENT_SCAN,
  METRIC_SCAN_BYTES,
  METRIC_SCAN_DURATION,
  METRIC_SCAN_FRAGMENTS,
  METRIC_SCAN_ROW_GROUPS,
  METRIC_SCAN_ROWS,
} from "@pitot/semconv";

/** A span event is no place for a thousand columns; the snapshot has them all. */
const MOST_COLUMNS = 100;

/** A file that a run read or wrote. */
export interface DatasetAccess {
  readonly dataset: string;
  readonly path: string;
  readonly format: string;
  readonly bytes?: number;
}

const told = new WeakMap<PipelineRun, Set<string>>();

/** Tells the active run of a dataset that it reads or writes: once per file and direction, as event `dataset.input` or `dataset.output`. */
export function recordDatasetAccess(direction: "input" | "output", access: DatasetAccess): void {
  const run = activeRun();
  if (run === undefined) return;
  let files = told.get(run);
  if (files === undefined) told.set(run, (files = new Set()));
  const key = `${direction} ${access.path}`;
  if (files.has(key)) return;
  files.add(key);
  run.recordEvent(`dataset.${direction}`, { ...access });
}

/** A scan that has ended, of one file. */
export interface FileScan {
  readonly dataset: string;
  readonly format: string;
  /** Path or URL, where it is known. */
  readonly source: string | undefined;
  /** Top-level columns that were asked for; undefined where that is not known. */
  readonly columns: readonly string[] | undefined;
  /** Attributes of the scan's span. */
  readonly cost: Attributes;
  /** Rows of the file; undefined where its footer was not read. */
  readonly fileRows: number | undefined;
  readonly seconds: number;
}

/**
 * Records a scan as `recordScan` of `@pitot/scan` does, which needs an Arrow library: event `pitot.scan`, a row of `scan_telemetry` and the
 * `pitot.scan.*` metrics; and its file as an input of the run. Schemas are left out.
 */
export function recordFileScan(scan: FileScan): void {
  const { dataset, format, source, cost, seconds } = scan;
  session.recordColumns({
    kind: "scan_telemetry",
    length: 1,
    columns: Object.fromEntries(Object.entries(telemetryRow(scan)).map(([name, value]) => [name, [value]])),
    event: () => ({ name: EVENT_SCAN, attributes: telemetryAttributes(scan) }),
  });
  countScan(scan);
  recordHistogram(METRIC_SCAN_DURATION, seconds, {
    [ATTR_DATASET_NAME]: dataset,
    [ATTR_SCAN_FORMAT]: format,
  });
  const bytes = cost[ATTR_SCAN_BYTES_TOTAL];
  if (source !== undefined)
    recordDatasetAccess("input", {
      dataset,
      // As `node:fs` notes it, so that one file is told once.
      path: /^[a-z][a-z0-9+.-]+:\/\//i.test(source) ? source : resolve(source),
      format,
      ...(typeof bytes === "number" ? { bytes } : {}),
    });
}

function telemetryRow({ dataset, source, columns = [], cost }: FileScan): Record<string, unknown> {
  return {
    dataset,
    fragment_count: 1n,
    row_group_count: BigInt(number(cost[ATTR_SCAN_ROW_GROUPS_READ]) ?? 0),
    count_rows: int64(number(cost[ATTR_SCAN_ROWS_MATCHED])),
    estimated_rows: int64(number(cost[ATTR_SCAN_ROWS_SCANNED])),
    file_hints: source === undefined ? [] : [fileHint(source)],
    fragment_paths: source === undefined ? [] : [source],
    partition_expressions: [],
    required_columns: columns,
    scan_columns: columns,
    dataset_schema_msgpack: null,
    projected_schema_msgpack: null,
    discovery_policy_msgpack: null,
    scan_profile_msgpack: null,
  };
}

function telemetryAttributes({ dataset, format, source, columns, cost }: FileScan): Attributes {
  const matched = number(cost[ATTR_SCAN_ROWS_MATCHED]);
  const scanned = number(cost[ATTR_SCAN_ROWS_SCANNED]);
  return {
    ...cost,
    [ATTR_SCAN_DATASET]: dataset,
    [ATTR_SCAN_FORMAT]: format,
    [ATTR_SCAN_FRAGMENT_COUNT]: 1,
    [ATTR_SCAN_ROW_GROUP_COUNT]: number(cost[ATTR_SCAN_ROW_GROUPS_READ]) ?? 0,
    ...(matched === undefined ? {} : { [ATTR_SCAN_COUNT_ROWS]: matched }),
    ...(scanned === undefined ? {} : { [ATTR_SCAN_ESTIMATED_ROWS]: scanned }),
    ...(source === undefined
      ? {}
      : { [ATTR_SCAN_FILE_HINTS]: [fileHint(source)], [ATTR_SCAN_FRAGMENT_PATHS]: [source] }),
    ...(columns === undefined
      ? {}
      : {
          [ATTR_SCAN_REQUIRED_COLUMNS]: columns.slice(0, MOST_COLUMNS),
          [ATTR_SCAN_SCAN_COLUMNS]: columns.slice(0, MOST_COLUMNS),
        }),
  };
}

function countScan({ dataset, cost, fileRows }: FileScan): void {
  const add = (metric: string, outcome: string, count: number | undefined): void => {
    if (count !== undefined && count > 0)
      addCounter(metric, count, { [ATTR_DATASET_NAME]: dataset, [ATTR_OUTCOME]: outcome });
  };
  const footer = number(cost[ATTR_SCAN_BYTES_FOOTER]) ?? 0;
  const read = number(cost[ATTR_SCAN_BYTES_READ]) ?? 0;
  const scanned = number(cost[ATTR_SCAN_ROWS_SCANNED]);
  add(METRIC_SCAN_FRAGMENTS, "read", 1);
  add(METRIC_SCAN_ROW_GROUPS, "read", number(cost[ATTR_SCAN_ROW_GROUPS_READ]));
  add(METRIC_SCAN_ROW_GROUPS, "skipped", number(cost[ATTR_SCAN_ROW_GROUPS_SKIPPED]));
  add(METRIC_SCAN_BYTES, "read", read - footer);
  add(METRIC_SCAN_BYTES, "skipped", (number(cost[ATTR_SCAN_BYTES_TOTAL]) ?? 0) - read);
  add(METRIC_SCAN_BYTES, "footer", footer);
  add(METRIC_SCAN_ROWS, "read", scanned);
  add(
    METRIC_SCAN_ROWS,
    "skipped",
    fileRows === undefined || scanned === undefined ? undefined : fileRows - scanned,
  );
}

function number(value: AttributeValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function int64(value: number | undefined): bigint | null {
  return value === undefined ? null : BigInt(value);
}

/** The last part of a path or URL. */
function fileHint(source: string): string {
  return source.replace(/[?#].*$/, "").replace(/^.*[\\/]/, "");
}
