import type { LogRecordExporter } from "@opentelemetry/sdk-logs";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import { METRIC_EXPORT_LOGS, METRIC_EXPORT_SPANS } from "@pitot/semconv";
import {
  DeliveryLedger,
  undeliveredLogs,
  undeliveredSpans,
  type RunManifest,
  type StoredSpanRow,
} from "@pitot/snapshot";
import { readableLog } from "./row-to-log.ts";
import { readableSpan } from "./row-to-span.ts";
import { inBatches, sendAll, type SendingOptions } from "./send-rows.ts";
import { spanBytes } from "./span-bytes.ts";
import { logRowBytes } from "./stored-items.ts";

/** Where spans and log records go; what has no exporter stays. */
export interface ReplayExporters {
  readonly spans: SpanExporter | undefined;
  readonly logs: LogRecordExporter | undefined;
}

/** How many were sent, and whether the back end is away. */
export interface Sent {
  readonly spans: number;
  readonly logs: number;
  readonly away: boolean;
  readonly error: unknown;
}

/** Sends what the ledger of a folder does not know as delivered, and writes there what the back end answers. */
export async function sendUndelivered(
  folder: string,
  manifest: RunManifest,
  to: ReplayExporters,
  options: SendingOptions,
): Promise<Sent> {
  const ledger = new DeliveryLedger(folder);
  try {
    const { spans: spanExporter, logs: exporter } = to;
    const spans =
      spanExporter === undefined
        ? { sent: 0, away: false, error: undefined }
        : await sendAll(inBatches(once(undeliveredSpans(folder)), readableSpan, spanBytes), options, {
            metric: METRIC_EXPORT_SPANS,
            takesNo: false,
            export: (items, done) => spanExporter.export(items, done),
            confirm: (rows, rejected) => {
              confirmSpans(ledger, rows, rejected);
              ledger.sync();
            },
          });
    if (spans.away || exporter === undefined) return { ...spans, spans: spans.sent, logs: 0 };
    const logs = await sendAll(
      inBatches(undeliveredLogs(folder, manifest), readableLog, (_, row) => logRowBytes(row)),
      options,
      {
        metric: METRIC_EXPORT_LOGS,
        // Many back ends take traces alone; their logs must not be tried for ever.
        takesNo: true,
        export: (items, done) => exporter.export(items, done),
        confirm: (rows, rejected) => {
          ledger.confirm(
            "logs",
            rows.map((row) => row.seq!),
            rejected,
          );
          ledger.sync();
        },
      },
    );
    return { spans: spans.sent, logs: logs.sent, away: logs.away, error: spans.error ?? logs.error };
  } finally {
    ledger.close();
  }
}

/** A span by its ordinal, or by its id where it has none. A back end that refused some does not say which. */
function confirmSpans(ledger: DeliveryLedger, rows: readonly StoredSpanRow[], rejected: number): void {
  const seqs = rows.flatMap(({ seq }) => seq ?? []);
  const ids = rows.flatMap(({ seq, span_id: id }) => (seq === null ? id : []));
  const ofSeqs = Math.min(rejected, seqs.length);
  if (seqs.length > 0) ledger.confirm("spans", seqs, ofSeqs);
  if (ids.length > 0) ledger.confirmIds(ids, rejected - ofSeqs);
}

/** Each span once: what has an ordinal is in the table once. */
async function* once(source: AsyncIterable<StoredSpanRow[]>): AsyncGenerator<StoredSpanRow[]> {
  const seen = new Set<string>();
  for await (const rows of source)
    yield rows.filter(({ seq, span_id: id }) => seq !== null || (!seen.has(id) && seen.add(id)));
}
