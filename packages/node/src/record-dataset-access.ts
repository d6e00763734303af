import type { Attributes, AttributeValue } from "@opentelemetry/api";
import { activeRun, addCounter, recordHistogram, type PipelineRun } from "@pitot/core";
import {
  ATTR_DATASET_NAME,
  ATTR_OUTCOME,
  ATTR_SCAN_BYTES_FOOTER,
  ATTR_SCAN_BYTES_READ,
  ATTR_SCAN_BYTES_TOTAL,
  ATTR_SCAN_FORMAT,
  ATTR_SCAN_ROW_GROUPS_READ,
  ATTR_SCAN_ROW_GROUPS_SKIPPED,
  ATTR_SCAN_ROWS_MATCHED,
  ATTR_SCAN_ROWS_SCANNED,
  METRIC_SCAN_BYTES,
  METRIC_SCAN_DURATION,
  METRIC_SCAN_ROW_GROUPS,
  METRIC_SCAN_ROWS,
} from "@pitot/semconv";

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

/**
 * Counts a scan in the `pitot.scan.*` metrics, and its file as an input of the run.
 * @param cost attributes of the scan's span
 */
export function recordScan(
  dataset: string,
  format: string,
  source: string | undefined,
  cost: Attributes,
  seconds: number,
): void {
  recordHistogram(METRIC_SCAN_DURATION, seconds, { [ATTR_DATASET_NAME]: dataset, [ATTR_SCAN_FORMAT]: format });
  const count = (metric: string, outcome: string, value: AttributeValue | undefined): void => {
    if (typeof value === "number" && value > 0)
      addCounter(metric, value, { [ATTR_DATASET_NAME]: dataset, [ATTR_OUTCOME]: outcome });
  };
  count(METRIC_SCAN_ROW_GROUPS, "read", cost[ATTR_SCAN_ROW_GROUPS_READ]);
  count(METRIC_SCAN_ROW_GROUPS, "skipped", cost[ATTR_SCAN_ROW_GROUPS_SKIPPED]);
  count(METRIC_SCAN_BYTES, "read", cost[ATTR_SCAN_BYTES_READ]);
  count(METRIC_SCAN_BYTES, "footer", cost[ATTR_SCAN_BYTES_FOOTER]);
  count(METRIC_SCAN_ROWS, "scanned", cost[ATTR_SCAN_ROWS_SCANNED]);
  count(METRIC_SCAN_ROWS, "matched", cost[ATTR_SCAN_ROWS_MATCHED]);
  const bytes = cost[ATTR_SCAN_BYTES_TOTAL];
  if (source !== undefined)
    recordDatasetAccess("input", {
      dataset,
      path: source,
      format,
      ...(typeof bytes === "number" ? { bytes } : {}),
    });
}
