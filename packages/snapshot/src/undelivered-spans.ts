import { existsSync } from "node:fs";
import { readLedger } from "./delivery-ledger.ts";
import type { RunManifest } from "./manifest.ts";
import { measureTable } from "./measure-table.ts";
import { readBatches } from "./read-batches.ts";
import { tablePath } from "./read-run.ts";
import { spanRows, type SpanRow } from "./span-row.ts";

/** How far the spans of a run have come. */
export interface DeliveryStatus {
  /** Spans that are to be delivered. */
  readonly spans: number;
  /** Confirmed by a back end. */
  readonly delivered: number;
  /** Refused by a back end for what they are. */
  readonly rejected: number;
}

/** The spans of a folder that no exporter has confirmed, batch by batch. Unsampled spans are for the snapshot alone. */
export async function* undeliveredSpans(folder: string): AsyncGenerator<SpanRow[]> {
  const path = tablePath(folder, "spans");
  if (path === undefined) return;
  const { settled } = readLedger(folder);
  for await (const batch of readBatches(path)) {
    const rows = spanRows(batch).filter((row) => row.sampled && !settled.has(row.span_id));
    if (rows.length > 0) yield rows;
  }
}

/** Counts what {@link undeliveredSpans} would yield. Reads the spans only where the number of confirmations is not that of the spans. */
export async function deliveryStatus(folder: string): Promise<DeliveryStatus> {
  const path = tablePath(folder, "spans");
  if (path === undefined) return { spans: 0, delivered: 0, rejected: 0 };
  const { settled, rejected } = readLedger(folder);
  const { rows } = measureTable(path);
  if (settled.size === rows) return { spans: rows, delivered: rows - rejected, rejected };
  let spans = 0;
  for await (const batch of readBatches(path)) {
    const sampled = batch.getChild("sampled");
    for (let i = 0; i < batch.numRows; i++) if (sampled?.get(i) !== false) spans++;
  }
  return { spans, delivered: settled.size - rejected, rejected };
}

/** Whether a folder has spans that a replay would send, by its manifest and ledger alone where they say so. */
export async function hasUndelivered(folder: string, manifest: RunManifest): Promise<boolean> {
  const rows = manifest.tables["spans"]?.rows ?? 0;
  if (manifest.state === "compacted" && rows === 0 && !existsSync(`${folder}/spans.arrow`)) return false;
  const { spans, delivered, rejected } = await deliveryStatus(folder);
  return delivered + rejected < spans;
}
