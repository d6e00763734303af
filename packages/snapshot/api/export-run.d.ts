/** Formats of {@link exportRun}. */
export type ExportFormat = "parquet" | "jsonl" | "otlp";
/** A file that {@link exportRun} wrote. */
export interface ExportedFile {
    readonly table: string;
    readonly path: string;
    readonly rows: number;
}
/**
 * Writes the tables of a run, finished or live, for other tools: a Parquet or JSON Lines file per table, or its spans as OTLP/JSON (a
 * `TracesData` object per line, as the Collector's file exporter writes and its file receiver reads). Batch by batch. 64-bit integers of
 * JSON Lines are numbers where a double has them exactly, else text, as are numbers that are not finite.
 *
 * @throws PitotError INVALID_ARGUMENT for another format, IO where there is no such run
 */
export declare function exportRun(directory: string, runId: string, options: {
    readonly format: ExportFormat;
    readonly output: string;
}): Promise<ExportedFile[]>;
