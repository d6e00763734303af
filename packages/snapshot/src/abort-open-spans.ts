import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ATTR_ABORTED, ATTR_RUN_STATUS } from "@pitot/semconv";
import { compactTable } from "./compact-table.ts";
import { syncFolder } from "./private-file.ts";
import { readBatches } from "./read-batches.ts";
import { spanColumns, spanRows, type SpanRow } from "./span-row.ts";
import { TableStream } from "./table-stream.ts";

const ASIDE = "aborting";

/**
 * Adds the spans that were open when a process died to its `spans` table, ended at the last sign of life and marked as aborted. The table is
 * written anew aside and renamed into place, so that a crash leaves the old one or the new one.
 *
 * @returns how many there were
 */
export async function abortOpenSpans(folder: string, diedUnixNano: bigint): Promise<number> {
  const aside = join(folder, ASIDE);
  rmSync(aside, { recursive: true, force: true });
  const openPath = join(folder, "open_spans.arrows");
  const stream = join(folder, "spans.arrows");
  const file = join(folder, "spans.arrow");
  // With the file in place a former recovery, or the run's own end, has done this.
  if (!existsSync(openPath) || existsSync(file)) return 0;

  const open = new Map<string, SpanRow>();
  for await (const batch of readBatches(openPath)) for (const row of spanRows(batch)) open.set(row.span_id, row);
  if (existsSync(stream))
    for await (const batch of readBatches(stream)) {
      const ids = batch.getChild("span_id")!;
      for (let i = 0; i < batch.numRows; i++) open.delete(String(ids.get(i)));
    }
  if (open.size === 0) return 0;

  mkdirSync(aside, { mode: 0o700 });
  const table = new TableStream(aside, "spans");
  if (existsSync(stream))
    for await (const batch of readBatches(stream)) table.append(batch.numRows, spanColumns(spanRows(batch)));
  const rows = [...open.values()].map((row) => aborted(row, diedUnixNano));
  table.append(rows.length, spanColumns(rows));
  table.close();
  const { path } = await compactTable(table.path);
  renameSync(path, file);
  syncFolder(folder);
  rmSync(aside, { recursive: true });
  return rows.length;
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
