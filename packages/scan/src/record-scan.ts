// What a scan tells a run: one event, one row of the snapshot, counters, and a span where the scan itself is tracked.
import { context, trace, type Attributes, type Context, type Span } from "@opentelemetry/api";
import {
  addCounter,
  composeSinks,
  failSpan,
  recordHistogram,
  runIdOf,
  type DiagnosticsSink,
  type PipelineRun,
} from "@pitot/core";
import * as names from "@pitot/semconv";
import type { RecordBatch } from "apache-arrow";
import type { Dataset } from "./dataset/dataset.ts";
import { scanBatches, type Scan, type ScanOptions } from "./reading/scan.ts";
import { scanTelemetry } from "./telemetry/fragment-telemetry.ts";
import type { ScanEffectiveness } from "./telemetry/scan-effectiveness.ts";
import { encodeScanTelemetryRows } from "./telemetry/scan-telemetry-table.ts";
import type { ScanTelemetry, ScanTelemetryOptions } from "./telemetry/scan-telemetry.ts";

// A span event is no place for a schema of a thousand columns; the snapshot has it whole.
const LONGEST_DOCUMENT = 4096;
const MOST_LISTED = 5;

/** A scan as it is recorded. */
export interface RecordedScan {
  /** Low-cardinality name of the dataset. */
  readonly dataset: string;
  readonly format?: string;
  readonly telemetry: ScanTelemetry;
  /** What was read; without it no metrics are recorded. */
  readonly effectiveness?: ScanEffectiveness;
  readonly seconds?: number;
}

/** Records a scan: event `pitot.scan`, a row of the snapshot's `scan_telemetry`, and the `pitot.scan.*` metrics. Never throws. */
export function recordScan(sink: DiagnosticsSink, scan: RecordedScan): void {
  try {
    const { dataset, format = "parquet", telemetry, effectiveness, seconds } = scan;
    const [row] = encodeScanTelemetryRows([{ dataset, telemetry }]);
    composeSinks(sink).recordColumns!({
      kind: "scan_telemetry",
      length: 1,
      columns: Object.fromEntries(Object.entries(row!).map(([name, value]) => [name, [value]])),
      event: () => ({
        name: names.EVENT_SCAN,
        attributes: {
          ...telemetryAttributes(dataset, format, telemetry),
          ...(effectiveness && effectivenessAttributes(effectiveness)),
        },
      }),
    });
    if (effectiveness !== undefined) countScan(dataset, effectiveness);
    if (seconds !== undefined)
      recordHistogram(names.METRIC_SCAN_DURATION, seconds, {
        [names.ATTR_DATASET_NAME]: dataset,
        [names.ATTR_SCAN_FORMAT]: format,
      });
  } catch (error) {
    // `composeSinks` guards the sink; what is left is telemetry that is none, of a caller without types.
    trace.getActiveSpan()?.recordException(error instanceof Error ? error : String(error));
  }
}

/** What is read, and what is told of it beside what the scan finds. */
export interface TrackedScanOptions extends ScanOptions, Omit<ScanTelemetryOptions, "scanColumns"> {}

/**
 * {@link scanBatches} as a span `scan {dataset}` of the run, below the stage that is active. When the last batch is taken, or the consumer stops, the scan
 * is recorded as {@link recordScan} does; rows are counted exactly where all of them were read.
 */
export function trackedScan(run: PipelineRun, dataset: Dataset, options: TrackedScanOptions = {}): Scan {
  const scan = scanBatches(dataset, { ...options, signal: options.signal ?? run.signal });
  return {
    schema: scan.schema,
    fragments: scan.fragments,
    get effectiveness() {
      return scan.effectiveness;
    },
    [Symbol.asyncIterator]: () => trackedBatches(run, dataset, scan, options),
  };
}

async function* trackedBatches(
  run: PipelineRun,
  dataset: Dataset,
  scan: Scan,
  options: TrackedScanOptions,
): AsyncGenerator<RecordBatch, void, undefined> {
  const active = context.active();
  const parent = runIdOf(active) === run.runId ? active : run.with(() => context.active());
  const span = trace.getTracer("pitot").startSpan(
    `${names.SPAN_SCAN} ${dataset.name}`,
    {
      attributes: {
        [names.ATTR_RUN_ID]: run.runId,
        [names.ATTR_SCAN_DATASET]: dataset.name,
        [names.ATTR_SCAN_FORMAT]: dataset.format,
        // Of a table: its version, who committed it, protocol and features.
        ...documentAttribute(names.ATTR_SCAN_DISCOVERY_POLICY, dataset.source.discovery),
        ...(options.predicate && {
          [names.ATTR_SCAN_PREDICATE]: options.predicate.toString().slice(0, LONGEST_DOCUMENT),
        }),
      },
    },
    parent,
  );
  const within = trace.setSpan(parent, span);
  const started = performance.now();
  const batches = scan[Symbol.asyncIterator]();
  try {
    for (;;) {
      // Requests that other instrumentations see become the scan's children.
      const next = await context.with(within, () => batches.next());
      if (next.done === true) return;
      yield next.value;
    }
  } catch (error) {
    failSpan(span, error);
    throw error;
  } finally {
    await batches.return?.();
    finish(run, dataset, scan, options, span, within, (performance.now() - started) / 1000);
  }
}

function finish(
  run: PipelineRun,
  dataset: Dataset,
  scan: Scan,
  options: TrackedScanOptions,
  span: Span,
  within: Context,
  seconds: number,
): void {
  const { effectiveness } = scan;
  const telemetry = scanTelemetry(
    dataset,
    {
      fragments: scan.fragments,
      rowGroups: effectiveness.rowGroups.read,
      estimatedRows: effectiveness.complete ? effectiveness.rows.scanned : null,
      countRows: effectiveness.complete ? effectiveness.rows.matched : null,
    },
    {
      ...options,
      requiredColumns:
        options.requiredColumns ?? options.columns ?? scan.schema.fields.map(({ name }) => name),
    },
  );
  span.setAttributes(effectivenessAttributes(effectiveness));
  context.with(within, () =>
    recordScan(run, { dataset: dataset.name, format: dataset.format, telemetry, effectiveness, seconds }),
  );
  span.end();
}

function telemetryAttributes(dataset: string, format: string, telemetry: ScanTelemetry): Attributes {
  const { countRows, estimatedRows } = telemetry;
  return {
    [names.ATTR_SCAN_DATASET]: dataset,
    [names.ATTR_SCAN_FORMAT]: format,
    [names.ATTR_SCAN_FRAGMENT_COUNT]: telemetry.fragmentCount,
    [names.ATTR_SCAN_ROW_GROUP_COUNT]: telemetry.rowGroupCount,
    ...(countRows !== null && { [names.ATTR_SCAN_COUNT_ROWS]: countRows }),
    ...(estimatedRows !== null && { [names.ATTR_SCAN_ESTIMATED_ROWS]: estimatedRows }),
    [names.ATTR_SCAN_FILE_HINTS]: telemetry.fileHints.slice(0, MOST_LISTED),
    [names.ATTR_SCAN_FRAGMENT_PATHS]: telemetry.fragmentPaths.slice(0, MOST_LISTED),
    [names.ATTR_SCAN_PARTITION_EXPRESSIONS]: telemetry.partitionExpressions.slice(0, MOST_LISTED),
    [names.ATTR_SCAN_REQUIRED_COLUMNS]: telemetry.requiredColumns.slice(0, 100),
    [names.ATTR_SCAN_SCAN_COLUMNS]: telemetry.scanColumns.slice(0, 100),
    ...documentAttribute(names.ATTR_SCAN_DATASET_SCHEMA, telemetry.datasetSchema),
    ...documentAttribute(names.ATTR_SCAN_PROJECTED_SCHEMA, telemetry.projectedSchema),
    ...documentAttribute(names.ATTR_SCAN_DISCOVERY_POLICY, telemetry.discoveryPolicy),
    ...documentAttribute(names.ATTR_SCAN_SCAN_PROFILE, telemetry.scanProfile),
  };
}

function documentAttribute(name: string, document: object | null): Attributes {
  if (document === null) return {};
  const text = JSON.stringify(document, (_, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
  return text.length > LONGEST_DOCUMENT ? {} : { [name]: text };
}

function effectivenessAttributes(effectiveness: ScanEffectiveness): Attributes {
  const { files, rowGroups, bytes, rows, milliseconds } = effectiveness;
  const reasons: Attributes = {};
  for (const [reason, count] of Object.entries(effectiveness.filesSkippedBy))
    if (count > 0) reasons[`${names.ATTR_SCAN_FRAGMENTS_SKIPPED_BY}.${reason}`] = count;
  for (const [reason, count] of Object.entries(effectiveness.rowGroupsSkippedBy))
    if (count > 0) reasons[`${names.ATTR_SCAN_ROW_GROUPS_SKIPPED_BY}.${reason}`] = count;
  for (const [phase, time] of Object.entries(milliseconds))
    reasons[`${names.ATTR_SCAN_SECONDS}.${phase}`] = time / 1000;
  return {
    [names.ATTR_SCAN_FRAGMENTS_TOTAL]: files.total,
    [names.ATTR_SCAN_FRAGMENTS_READ]: files.read,
    [names.ATTR_SCAN_FRAGMENTS_SKIPPED]: files.skipped,
    [names.ATTR_SCAN_ROW_GROUPS_TOTAL]: rowGroups.total,
    [names.ATTR_SCAN_ROW_GROUPS_READ]: rowGroups.read,
    [names.ATTR_SCAN_ROW_GROUPS_SKIPPED]: rowGroups.skipped,
    [names.ATTR_SCAN_BYTES_TOTAL]: bytes.total,
    [names.ATTR_SCAN_BYTES_READ]: bytes.read,
    [names.ATTR_SCAN_BYTES_SKIPPED]: bytes.skipped,
    [names.ATTR_SCAN_BYTES_FOOTER]: bytes.footers,
    [names.ATTR_SCAN_ROWS_SCANNED]: rows.scanned,
    [names.ATTR_SCAN_ROWS_MATCHED]: rows.matched,
    [names.ATTR_SCAN_ROWS_DELETED]: rows.deleted,
    [names.ATTR_SCAN_RANGE_REQUESTS]: effectiveness.rangeRequests,
    [names.ATTR_SCAN_COMPLETE]: effectiveness.complete,
    ...reasons,
  };
}

function countScan(dataset: string, { files, rowGroups, bytes, rows }: ScanEffectiveness): void {
  const add = (metric: string, outcome: string, count: number): void =>
    addCounter(metric, count, { [names.ATTR_DATASET_NAME]: dataset, [names.ATTR_OUTCOME]: outcome });
  add(names.METRIC_SCAN_FRAGMENTS, "read", files.read);
  add(names.METRIC_SCAN_FRAGMENTS, "skipped", files.skipped);
  add(names.METRIC_SCAN_ROW_GROUPS, "read", rowGroups.read);
  add(names.METRIC_SCAN_ROW_GROUPS, "skipped", rowGroups.skipped);
  add(names.METRIC_SCAN_BYTES, "read", bytes.data);
  add(names.METRIC_SCAN_BYTES, "skipped", bytes.skipped);
  add(names.METRIC_SCAN_BYTES, "footer", bytes.footers);
  add(names.METRIC_SCAN_ROWS, "read", rows.scanned);
  add(names.METRIC_SCAN_ROWS, "skipped", rows.skipped);
}
