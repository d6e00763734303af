import { type RunReport } from "./run-report.ts";
/**
 * A run as text, for a terminal of so many columns: envelope, trace tree with durations, datasets, scans, tables, quality by issue, metrics, what became of its records.
 *
 * @throws PitotError IO where the run is not in the folder
 */
export declare function showRun(directory: string, runId: string, columns?: number): Promise<string>;
/** {@link showRun} of a report that is there already. */
export declare function reportText(report: RunReport, directory: string, columns?: number): string;
