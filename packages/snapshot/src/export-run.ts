import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { PitotError } from "@pitot/core";
import type { RecordBatch } from "apache-arrow";
import { readManifest } from "./manifest.ts";
import { readBatches } from "./read-batches.ts";
import { runFolder, tablePath } from "./read-run.ts";
import { TABLE_SCHEMAS } from "./table-schemas.ts";

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
export async function exportRun(
  directory: string,
  runId: string,
  options: { readonly format: ExportFormat; readonly output: string },
): Promise<ExportedFile[]> {
  const { format, output } = options;
  if (!["parquet", "jsonl", "otlp"].includes(format))
    throw new PitotError("INVALID_ARGUMENT", "Runs are not exported in this format", {
      value: format,
      remedy: "Use parquet, jsonl or otlp.",
    });
  const folder = runFolder(directory, runId);
  readManifest(folder);
  await mkdir(output, { recursive: true });
  const written: ExportedFile[] = [];
  for (const table of format === "otlp" ? ["spans"] : Object.keys(TABLE_SCHEMAS)) {
    const source = tablePath(folder, table);
    if (source === undefined || table === "open_spans") continue;
    const path = join(output, format === "otlp" ? "traces.jsonl" : `${table}.${format}`);
    written.push({ table, path, rows: await write(format, source, path) });
  }
  return written;
}

/** The formats are imported when they are used: who records does not pay for them. */
async function write(format: ExportFormat, source: string, path: string): Promise<number> {
  if (format === "parquet") return await (await import("./export-parquet.ts")).writeParquet(source, path);
  const { otlpLines } = await import("./otlp-json.ts");
  const { batchRows } = await import("./batch-rows.ts");
  return await writeLines(source, path, format === "otlp" ? otlpLines : batchRows);
}

async function writeLines(
  source: string,
  path: string,
  lines: (batch: RecordBatch) => Iterable<string>,
): Promise<number> {
  let rows = 0;
  async function* text(): AsyncGenerator<string> {
    for await (const batch of readBatches(source)) {
      rows += batch.numRows;
      let part = "";
      for (const line of lines(batch)) part += `${line}\n`;
      yield part;
    }
  }
  await pipeline(Readable.from(text()), createWriteStream(path, { mode: 0o600 }));
  return rows;
}
