import type { RecordBatch } from "apache-arrow";
import { readLedger } from "./delivery-ledger.ts";
import { logRows, type StoredLogRow } from "./log-row.ts";
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
  /** The same of log records. */
  readonly logs: { readonly records: number; readonly delivered: number; readonly rejected: number };
  /** Whether the tables had to be read for it. */
  readonly counted: boolean;
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

/** The log records of a folder that no exporter has confirmed, batch by batch. Of snapshots of before none: theirs wait in the outbox. */
export async function* undeliveredLogs(
  folder: string,
  manifest: RunManifest,
): AsyncGenerator<StoredLogRow[]> {
  const path = tablePath(folder, "logs");
  if (path === undefined || manifest.log_delivery !== "otlp") return;
  const { settled } = readLedger(folder).logs;
  for await (const batch of readBatches(path)) {
    const rows = logRows(batch).filter(({ seq }) => seq !== null && !settled.has(seq));
    if (rows.length > 0) yield rows;
  }
}

/** Counts what {@link undeliveredSpans} and {@link undeliveredLogs} would yield, and what they would not. Reads the tables only where ledger and manifest leave a doubt. */
export async function deliveryStatus(folder: string, manifest: RunManifest): Promise<DeliveryStatus> {
  const { settled, rejected, logs, all } = readLedger(folder);
  if (all !== undefined)
    return {
      spans: all.spans,
      delivered: all.spans - rejected,
      rejected,
      logs: { records: all.logs, delivered: all.logs - logs.rejected, rejected: logs.rejected },
      counted: false,
    };
  // A back end may have what the disk did not take: then the numbers of both may agree, and the spans not.
  const sure = manifest.recovery === undefined && manifest.dropped === undefined;
  const spans = await counted(folder, "spans", sure ? settled.size : undefined, (batch) => {
    const [ids, sampled] = [batch.getChild("span_id"), batch.getChild("sampled")];
    return (row) => (sampled?.get(row) === false ? undefined : settled.has(String(ids?.get(row))));
  });
  const records =
    manifest.log_delivery === "otlp"
      ? await counted(folder, "logs", sure ? logs.settled.size : undefined, (batch) => {
          const seqs = batch.getChild("seq");
          return (row) => {
            const seq = seqs?.get(row) as bigint | null | undefined;
            return seq === null || seq === undefined ? undefined : logs.settled.has(Number(seq));
          };
        })
      : NONE;
  return {
    spans: spans.wanted,
    delivered: Math.max(0, spans.settled - rejected),
    rejected,
    logs: {
      records: records.wanted,
      delivered: Math.max(0, records.settled - logs.rejected),
      rejected: logs.rejected,
    },
    counted: spans.counted || records.counted,
  };
}

interface Counted {
  readonly wanted: number;
  readonly settled: number;
  readonly counted: boolean;
}

const NONE: Counted = { wanted: 0, settled: 0, counted: false };

/** Rows of a table that are to be delivered, and those a back end has answered for. `isSettled` says undefined of a row that stays here. */
async function counted(
  folder: string,
  table: string,
  answers: number | undefined,
  isSettled: (batch: RecordBatch) => (row: number) => boolean | undefined,
): Promise<Counted> {
  const path = tablePath(folder, table);
  if (path === undefined) return NONE;
  if (answers !== undefined && answers === measureTable(path).rows)
    return { wanted: answers, settled: answers, counted: false };
  const sum = { wanted: 0, settled: 0, counted: true };
  for await (const batch of readBatches(path)) {
    const of = isSettled(batch);
    for (let row = 0; row < batch.numRows; row++) {
      const settled = of(row);
      if (settled === undefined) continue;
      sum.wanted++;
      if (settled) sum.settled++;
    }
  }
  return sum;
}

/** Whether a folder has spans or log records that a replay would send, by its manifest and ledger alone where they say so. */
export async function hasUndelivered(folder: string, manifest: RunManifest): Promise<boolean> {
  const empty = (table: string): boolean =>
    manifest.state === "compacted" &&
    (manifest.tables[table]?.rows ?? 0) === 0 &&
    tablePath(folder, table) === undefined;
  if (empty("spans") && (manifest.log_delivery !== "otlp" || empty("logs"))) return false;
  return !isDelivered(await deliveryStatus(folder, manifest));
}

/** Whether a back end has answered for everything. */
export function isDelivered({ spans, delivered, rejected, logs }: DeliveryStatus): boolean {
  return delivered + rejected >= spans && logs.delivered + logs.rejected >= logs.records;
}
