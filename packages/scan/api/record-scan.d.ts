import { type DiagnosticsSink, type PipelineRun } from "@pitot/core";
import type { Dataset } from "./dataset/dataset.ts";
import { type Scan, type ScanOptions } from "./reading/scan.ts";
import type { ScanEffectiveness } from "./telemetry/scan-effectiveness.ts";
import type { ScanTelemetry, ScanTelemetryOptions } from "./telemetry/scan-telemetry.ts";
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
export declare function recordScan(sink: DiagnosticsSink, scan: RecordedScan): void;
/** What is read, and what is told of it beside what the scan finds. */
export interface TrackedScanOptions extends ScanOptions, Omit<ScanTelemetryOptions, "scanColumns"> {
}
/**
 * {@link scanBatches} as a span `scan {dataset}` of the run, below the stage that is active. When the last batch is taken, or the consumer stops, the scan
 * is recorded as {@link recordScan} does; rows are counted exactly where all of them were read.
 */
export declare function trackedScan(run: PipelineRun, dataset: Dataset, options?: TrackedScanOptions): Scan;
