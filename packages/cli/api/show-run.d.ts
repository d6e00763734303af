/**
 * A run as text: envelope, trace tree with durations, quality by issue, metrics, what became of its records.
 *
 * @throws PitotError IO where the run is not in the folder (rejects)
 */
export declare function showRun(directory: string, runId: string): Promise<string>;
