import type { RecordBatch } from "apache-arrow";
import { numbersOf } from "./batch-columns.ts";
import { readLedger, type Delivered, type SentTable } from "./delivery-ledger.ts";
import { logRows, type StoredLogRow } from "./log-row.ts";
import type { RunManifest } from "./manifest.ts";
import { measureTable } from "./measure-table.ts";
import type { OrdinalRanges } from "./ordinal-ranges.ts";
import { readBatches } from "./read-batches.ts";
import { tablePath } from "./read-run.ts";
import { spanRows, type StoredSpanRow } from "./span-row.ts";

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
  /** Entries of the ledger that are torn or were changed: what they say is not believed. */
  readonly doubted: number;
}

/** Whether a row is settled; undefined of one that is not sent at all. */
type IsSettled = (row: number) => boolean | undefined;

/** The spans of a folder that no exporter has confirmed, batch by batch. Unsampled spans are for the snapshot alone. */
export async function* undeliveredSpans(folder: string): AsyncGenerator<StoredSpanRow[]> {
  const ledger = readLedger(folder);
  yield* chosen(folder, "spans", spanRows, (batch) => {
    const settled = settledSpans(ledger, batch);
    return (row) => settled(row) === false;
  });
}

/** The log records of a folder that no exporter has confirmed, batch by batch. Of snapshots of before none: theirs wait in the outbox. */
export async function* undeliveredLogs(
  folder: string,
  manifest: RunManifest,
): AsyncGenerator<StoredLogRow[]> {
  if (manifest.log_delivery !== "otlp") return;
  const ledger = readLedger(folder);
  yield* chosen(folder, "logs", logRows, (batch) => {
    const settled = settledLogs(ledger, batch);
    return (row) => settled(row) === false;
  });
}

/** The spans of these ordinals, as far as they are in the table of a folder, finished or live. */
export async function* spansOf(folder: string, seqs: OrdinalRanges): AsyncGenerator<StoredSpanRow[]> {
  yield* chosen(folder, "spans", spanRows, (batch) => within(batch, seqs));
}

/** The log records of these ordinals, as {@link spansOf}. */
export async function* logsOf(folder: string, seqs: OrdinalRanges): AsyncGenerator<StoredLogRow[]> {
  yield* chosen(folder, "logs", logRows, (batch) => within(batch, seqs));
}

/** Counts what {@link undeliveredSpans} and {@link undeliveredLogs} would yield, and what they would not. Reads the tables only where ledger and manifest leave a doubt. */
export async function deliveryStatus(folder: string, manifest: RunManifest): Promise<DeliveryStatus> {
  const ledger = readLedger(folder);
  const { spans, spanIds, logs, all, doubted } = ledger;
  if (all !== undefined)
    return {
      spans: all.spans,
      delivered: all.spans - spans.rejected,
      rejected: spans.rejected,
      logs: { records: all.logs, delivered: all.logs - logs.rejected, rejected: logs.rejected },
      counted: false,
      doubted,
    };
  // A back end may have what the disk did not take: then the numbers of both may agree, and the spans not.
  const sure = manifest.recovery === undefined && manifest.dropped === undefined;
  const ofSpans = await counted(folder, "spans", sure ? spans.seqs.size + spanIds.size : undefined, (batch) =>
    settledSpans(ledger, batch),
  );
  const ofLogs =
    manifest.log_delivery === "otlp"
      ? await counted(folder, "logs", sure ? logs.seqs.size : undefined, (batch) =>
          settledLogs(ledger, batch),
        )
      : NONE;
  return {
    spans: ofSpans.wanted,
    delivered: Math.max(0, ofSpans.settled - spans.rejected),
    rejected: spans.rejected,
    logs: {
      records: ofLogs.wanted,
      delivered: Math.max(0, ofLogs.settled - logs.rejected),
      rejected: logs.rejected,
    },
    counted: ofSpans.counted || ofLogs.counted,
    doubted,
  };
}

function settledSpans({ spans, spanIds }: Delivered, batch: RecordBatch): IsSettled {
  const [ids, sampled, seq] = [batch.getChild("span_id"), batch.getChild("sampled"), numbersOf(batch, "seq")];
  return (row) => {
    if (sampled?.get(row) === false) return undefined;
    const ordinal = seq(row);
    if (ordinal !== null && spans.seqs.has(ordinal)) return true;
    return spanIds.size > 0 && spanIds.has(String(ids?.get(row)));
  };
}

function settledLogs({ logs }: Delivered, batch: RecordBatch): IsSettled {
  const seq = numbersOf(batch, "seq");
  return (row) => {
    const ordinal = seq(row);
    return ordinal === null ? undefined : logs.seqs.has(ordinal);
  };
}

function within(batch: RecordBatch, seqs: OrdinalRanges): (row: number) => boolean {
  const seq = numbersOf(batch, "seq");
  return (row) => {
    const ordinal = seq(row);
    return ordinal !== null && seqs.has(ordinal);
  };
}

/** Rows of a table that are wanted; no other is made an object. */
async function* chosen<Row>(
  folder: string,
  table: SentTable,
  rowsOf: (batch: RecordBatch, only: readonly number[]) => Row[],
  isWanted: (batch: RecordBatch) => (row: number) => boolean,
): AsyncGenerator<Row[]> {
  const path = tablePath(folder, table);
  if (path === undefined) return;
  for await (const batch of readBatches(path)) {
    const wanted = isWanted(batch);
    const only: number[] = [];
    for (let row = 0; row < batch.numRows; row++) if (wanted(row)) only.push(row);
    if (only.length > 0) yield rowsOf(batch, only);
  }
}

interface Counted {
  readonly wanted: number;
  readonly settled: number;
  readonly counted: boolean;
}

const NONE: Counted = { wanted: 0, settled: 0, counted: false };

/** Rows of a table that are to be delivered, and those a back end has answered for. */
async function counted(
  folder: string,
  table: SentTable,
  answers: number | undefined,
  isSettled: (batch: RecordBatch) => IsSettled,
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

/** Whether a folder has spans or log records that were to be sent and are not, by its manifest and ledger alone where they say so. */
export async function hasUndelivered(folder: string, manifest: RunManifest): Promise<boolean> {
  const wanted = (table: string, delivery: RunManifest["delivery"]): boolean =>
    delivery === "otlp" &&
    (manifest.state !== "compacted" ||
      (manifest.tables[table]?.rows ?? 0) > 0 ||
      tablePath(folder, table) !== undefined);
  const signals = {
    spans: wanted("spans", manifest.delivery),
    logs: wanted("logs", manifest.log_delivery),
  };
  if (!signals.spans && !signals.logs) return false;
  return !isDelivered(await deliveryStatus(folder, manifest), signals);
}

/** Whether a back end has answered for everything, of the signals that matter. */
export function isDelivered(
  { spans, delivered, rejected, logs }: DeliveryStatus,
  matters: { readonly spans: boolean; readonly logs: boolean } = { spans: true, logs: true },
): boolean {
  const allSpans = delivered + rejected >= spans;
  const allLogs = logs.delivered + logs.rejected >= logs.records;
  return (allSpans || !matters.spans) && (allLogs || !matters.logs);
}
