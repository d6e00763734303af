import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { RecordBatch } from "apache-arrow";
import { ATTR_ABORTED, ATTR_RUN_STATUS } from "@pitot/semconv";
import { columnsOf } from "./batch-columns.ts";
import { compactTable } from "./compact-table.ts";
import { continueStream } from "./continue-stream.ts";
import { syncFolder } from "./private-file.ts";
import { readBatches } from "./read-batches.ts";
import { spanRows, type SpanRow } from "./span-row.ts";
import { TableStream } from "./table-stream.ts";

const ASIDE = "aborting";
const OPEN = "open_spans.arrows";
const FILE = "spans.arrow";

/** The spans that were open when a process died, as they were when they were last written. */
export async function unfinishedSpans(folder: string): Promise<SpanRow[]> {
  const openPath = join(folder, OPEN);
  // With the file in place a former recovery, or the run's own end, has closed them.
  if (!existsSync(openPath) || existsSync(join(folder, FILE))) return [];
  const open = new Map<string, SpanRow>();
  for await (const batch of readBatches(openPath))
    for (const row of spanRows(batch)) open.set(row.span_id, row);
  for await (const batch of finished(folder)) {
    const ids = batch.getChild("span_id")!;
    for (let i = 0; i < batch.numRows; i++) open.delete(String(ids.get(i)));
  }
  return [...open.values()];
}

/**
 * Adds spans that were open when a process died to its `spans` table, ended at the last sign of life and marked as aborted. The table is
 * written anew aside and renamed into place, so that a crash leaves the old one or the new one.
 */
export async function abortOpenSpans(
  folder: string,
  open: readonly SpanRow[],
  diedUnixNano: bigint,
): Promise<void> {
  const aside = join(folder, ASIDE);
  rmSync(aside, { recursive: true, force: true });
  if (open.length === 0) return;
  mkdirSync(aside, { mode: 0o700 });
  const table = await copied(folder, aside);
  table.append(open.length, columnsOf(open.map((row) => aborted(row, diedUnixNano))));
  table.close();
  const { path } = await compactTable(table.path);
  renameSync(path, join(folder, FILE));
  syncFolder(folder);
  rmSync(aside, { recursive: true });
}

/** The finished spans in a stream that takes more. Bytes are copied, not rows, but where an older Pitot has written them. */
async function copied(folder: string, aside: string): Promise<TableStream> {
  const stream = join(folder, `${FILE}s`);
  const same = existsSync(stream) ? await continueStream(stream, aside, "spans") : undefined;
  if (same !== undefined) return same;
  const table = new TableStream(aside, "spans");
  for await (const batch of finished(folder)) table.append(batch.numRows, columnsOf(spanRows(batch)));
  return table;
}

async function* finished(folder: string): AsyncGenerator<RecordBatch> {
  const stream = join(folder, `${FILE}s`);
  if (existsSync(stream)) yield* readBatches(stream);
}

function aborted(row: SpanRow, diedUnixNano: bigint): SpanRow {
  const attributes = JSON.parse(row.attributes) as Record<string, unknown>;
  const lived = diedUnixNano - row.start_time_unix_nano;
  return {
    ...row,
    duration_time_unix_nano: lived > 0n ? lived : 0n,
    attributes: JSON.stringify({
      ...attributes,
      [ATTR_ABORTED]: true,
      ...(attributes[ATTR_RUN_STATUS] === "running" ? { [ATTR_RUN_STATUS]: "aborted" } : {}),
    }),
  };
}
