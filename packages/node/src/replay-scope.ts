import { existsSync } from "node:fs";
import { context, diag } from "@opentelemetry/api";
import { ExportResultCode, suppressTracing } from "@opentelemetry/core";
import type { LogRecordExporter } from "@opentelemetry/sdk-logs";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import { addCounter } from "@pitot/core";
import { ATTR_OUTCOME, METRIC_EXPORT_LOGS, METRIC_EXPORT_SPANS } from "@pitot/semconv";
import {
  DeliveryLedger,
  deliveryStatus,
  isDelivered,
  readManifest,
  recoverScope,
  undeliveredLogs,
  undeliveredSpans,
  type DeliveryStatus,
  type RunManifest,
  type SnapshotScope,
  type StoredSpanRow,
} from "@pitot/snapshot";
import { claimFolder } from "@pitot/snapshot/folder-claim";
import type { DeliveryResult } from "./otlp-delegate.ts";
import { RequestParts } from "./request-bounds.ts";
import { readableLog } from "./row-to-log.ts";
import { readableSpan } from "./row-to-span.ts";
import { spanBytes } from "./span-bytes.ts";
import { logRowBytes } from "./stored-items.ts";

/** Log records of a replay. */
export interface ReplayedLogs {
  /** To be delivered in all. */
  readonly records: number;
  /** Of them, confirmed: before and now. */
  readonly delivered: number;
  /** Of them, refused by a back end for what they are. */
  readonly rejected: number;
  /** Sent by this replay. */
  readonly sent: number;
}

/** What a replay did to one run or session. */
export interface ReplayedScope extends SnapshotScope {
  /** `busy`: a living process records or replays it. `unreadable`: of a later version, or damaged. */
  readonly outcome: "delivered" | "undelivered" | "busy" | "unreadable";
  /** Spans that are to be delivered in all. */
  readonly spans: number;
  /** Of them, confirmed: before and now. */
  readonly delivered: number;
  /** Of them, refused by a back end for what they are. */
  readonly rejected: number;
  /** Sent by this replay. */
  readonly sent: number;
  readonly logs: ReplayedLogs;
  /** Entries of its ledger that are torn or were changed: what only they confirmed counts as not delivered. */
  readonly doubted: number;
  readonly error?: unknown;
}

/** Where spans and log records go; what has no exporter stays. */
export interface ReplayExporters {
  readonly spans: SpanExporter | undefined;
  readonly logs: LogRecordExporter | undefined;
}

interface ScopeOptions {
  /** The run was named: it is told of whatever becomes of it. */
  readonly runs?: readonly string[];
  readonly serviceName?: string | null;
  readonly signal?: AbortSignal;
  readonly patienceMs?: number;
  /** False where the back end is away: what waits is only counted. */
  readonly sends: boolean;
}

const BOUNDS = { batchItems: 512, batchBytes: 3 << 20 };

/** Replays one run or session. Undefined where there is nothing to do. Never rejects. */
export async function replayScope(
  scope: SnapshotScope,
  to: ReplayExporters,
  options: ScopeOptions,
): Promise<{ scope: ReplayedScope; away: boolean } | undefined> {
  const asked = options.runs !== undefined;
  const untouched = (outcome: "busy" | "unreadable", error?: unknown) => ({
    scope: {
      ...scope,
      outcome,
      spans: 0,
      delivered: 0,
      rejected: 0,
      sent: 0,
      logs: { records: 0, delivered: 0, rejected: 0, sent: 0 },
      doubted: 0,
      ...(error === undefined ? {} : { error }),
    },
    away: false,
  });
  try {
    const { outcome, error } = await recoverScope(scope);
    if (outcome === "live") return asked ? untouched("busy") : undefined;
    if (outcome === "refused" || outcome === "failed") return untouched("unreadable", error);
    const manifest = readManifest(scope.folder);
    const { serviceName } = options;
    const matters = mattering(manifest, to, serviceName);
    if (serviceName !== undefined && manifest.service_name !== serviceName) return undefined;
    if (!asked && !matters.spans && !matters.logs) return undefined;
    if (!asked || !options.sends) {
      const status = await deliveryStatus(scope.folder, manifest);
      if (isDelivered(status, matters) && !asked) {
        if (isDelivered(status)) remember(scope.folder, status);
        return undefined;
      }
      if (!options.sends) return { scope: replayed(scope, status, matters, NOTHING), away: true };
    }
    const claim = await claimFolder(scope.folder);
    if (claim === undefined) return untouched("busy");
    try {
      const exporters = {
        spans: matters.spans ? to.spans : undefined,
        logs: matters.logs ? to.logs : undefined,
      };
      const sent = await sendUndelivered(scope.folder, manifest, exporters, options);
      const status = await deliveryStatus(scope.folder, manifest);
      if (status.doubted > 0)
        diag.warn(
          `pitot: ${status.doubted} entries of the ledger in ${scope.folder} are torn or were changed; what only they confirmed counts as not delivered`,
        );
      if (isDelivered(status)) remember(scope.folder, status);
      return { scope: replayed(scope, status, matters, sent), away: sent.away };
    } finally {
      claim.release();
    }
  } catch (error) {
    // Another process has removed it meanwhile, as old enough.
    return existsSync(scope.folder) ? untouched("unreadable", error) : undefined;
  }
}

interface Matters {
  readonly spans: boolean;
  readonly logs: boolean;
}

/** What a replay is about. Who replays for a service sends what its processes would have sent themselves, of what it can send. */
function mattering(
  { delivery, log_delivery: logDelivery }: RunManifest,
  to: ReplayExporters,
  serviceName: string | null | undefined,
): Matters {
  if (serviceName === undefined) return { spans: to.spans !== undefined, logs: true };
  return {
    spans: to.spans !== undefined && delivery === "otlp",
    logs: to.logs !== undefined && logDelivery === "otlp",
  };
}

interface Sent {
  readonly spans: number;
  readonly logs: number;
  readonly away: boolean;
  readonly error: unknown;
}

const NOTHING: Sent = { spans: 0, logs: 0, away: true, error: undefined };

function replayed(scope: SnapshotScope, status: DeliveryStatus, matters: Matters, sent: Sent): ReplayedScope {
  const { spans, delivered, rejected, logs, doubted } = status;
  return {
    ...scope,
    spans,
    delivered,
    rejected,
    sent: sent.spans,
    logs: { ...logs, sent: sent.logs },
    doubted,
    outcome: isDelivered(status, matters) ? "delivered" : "undelivered",
    ...(sent.error === undefined ? {} : { error: sent.error }),
  };
}

/** Has the ledger say that all is delivered, where that took a look at each row: thousands of runs are looked at again and again. */
function remember(folder: string, { counted, spans, logs }: DeliveryStatus): void {
  if (!counted) return;
  const ledger = new DeliveryLedger(folder);
  try {
    ledger.complete(spans, logs.records);
  } finally {
    ledger.close();
  }
}

async function sendUndelivered(
  folder: string,
  manifest: RunManifest,
  to: ReplayExporters,
  options: ScopeOptions,
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

interface Part<Row, Item> {
  readonly row: Row;
  readonly item: Item;
}

interface Sending<Row, Item> {
  readonly metric: string;
  readonly export: (items: Item[], done: (result: DeliveryResult) => void) => void;
  /** Puts into the ledger that a back end has answered for these. */
  readonly confirm: (rows: Row[], rejected: number) => void;
  /** Whether a whole request that was refused is an answer for all of it: kept here, and not sent again. */
  readonly takesNo: boolean;
}

async function sendAll<Row, Item>(
  batches: AsyncIterable<Part<Row, Item>[]>,
  options: ScopeOptions,
  sending: Sending<Row, Item>,
): Promise<{ sent: number; away: boolean; error: unknown }> {
  let sent = 0;
  let error: unknown;
  for await (const parts of batches) {
    if (options.signal?.aborted) break;
    const rows = parts.map(({ row }) => row);
    const result = await patiently(
      parts.map(({ item }) => item),
      options,
      sending,
    );
    if (result.code !== ExportResultCode.SUCCESS) error = result.error;
    const refused = result.refused === true;
    if (result.code === ExportResultCode.SUCCESS || (refused && sending.takesNo)) {
      const rejected = refused ? rows.length : Math.min(result.rejected ?? 0, rows.length);
      sending.confirm(rows, rejected);
      sent += rows.length;
      addCounter(sending.metric, rows.length - rejected, { [ATTR_OUTCOME]: "replayed" });
      addCounter(sending.metric, rejected, { [ATTR_OUTCOME]: "rejected" });
    } else if (!refused) {
      // One request that the back end will never take must not hold the others back.
      return { sent, away: true, error };
    }
  }
  return { sent, away: false, error };
}

/** Each span once: what has an ordinal is in the table once. */
async function* once(source: AsyncIterable<StoredSpanRow[]>): AsyncGenerator<StoredSpanRow[]> {
  const seen = new Set<string>();
  for await (const rows of source)
    yield rows.filter(({ seq, span_id: id }) => seq !== null || (!seen.has(id) && seen.add(id)));
}

/** Rows as requests. */
async function* inBatches<Row, Item>(
  source: AsyncIterable<Row[]>,
  toItem: (row: Row) => Item,
  sizeOf: (item: Item, row: Row) => number,
): AsyncGenerator<Part<Row, Item>[]> {
  let request = new RequestParts<Part<Row, Item>>(BOUNDS);
  for await (const rows of source)
    for (const row of rows) {
      const part = { row, item: toItem(row) };
      const bytes = sizeOf(part.item, row);
      if (request.add(part, bytes)) continue;
      yield request.parts;
      request = new RequestParts(BOUNDS);
      request.add(part, bytes);
    }
  if (request.parts.length > 0) yield request.parts;
}

/** Exports, and asks again where the back end has said when. */
async function patiently<Row, Item>(
  items: Item[],
  options: ScopeOptions,
  sending: Sending<Row, Item>,
): Promise<DeliveryResult> {
  const until = performance.now() + (options.patienceMs ?? 60_000);
  for (;;) {
    const result = await exported(items, sending);
    const wait = result.retryAfterMs;
    if (wait === undefined || performance.now() + wait > until || !(await paused(wait, options.signal)))
      return result;
  }
}

async function exported<Row, Item>(items: Item[], sending: Sending<Row, Item>): Promise<DeliveryResult> {
  return await new Promise((resolve) => {
    // A trace of the export would be exported in turn.
    context.with(suppressTracing(context.active()), () => {
      try {
        sending.export(items, resolve);
      } catch (error) {
        resolve({ code: ExportResultCode.FAILED, error: error as Error });
      }
    });
  });
}

/** False where the wait was cut short. */
async function paused(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  if (signal?.aborted) return false;
  return await new Promise((resolve) => {
    const timer = setTimeout(() => end(true), ms);
    const onAbort = (): void => end(false);
    const end = (whole: boolean): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      resolve(whole);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
