import { context } from "@opentelemetry/api";
import { ExportResultCode, suppressTracing } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { addCounter, PitotError } from "@pitot/core";
import { ATTR_OUTCOME, METRIC_EXPORT_SPANS } from "@pitot/semconv";
import {
  claimFolder,
  DeliveryLedger,
  deliveryStatus,
  hasUndelivered,
  listScopes,
  readManifest,
  recoverScope,
  undeliveredSpans,
  type SnapshotScope,
} from "@pitot/snapshot";
import type { DeliveryResult } from "./otlp-delegate.ts";
import { otlpExporters } from "./otlp-exporters.ts";
import { replayOutbox, type ReplayedRequests } from "./replay-outbox.ts";
import { readableSpan } from "./row-to-span.ts";
import { spanBytes } from "./span-bytes.ts";

/** What is replayed, and where to. */
export interface ReplayOptions {
  /** The snapshot folder. Default `PITOT_DIR`, else `.pitot`. */
  readonly directory?: string;
  /** Ids of runs and sessions. Default: all that have undelivered spans, and the metrics and logs that wait. */
  readonly runs?: readonly string[];
  /** Only what this service recorded with an exporter at hand: what a process replays of its predecessors. */
  readonly serviceName?: string;
  /** Default: OTLP, as `OTEL_EXPORTER_OTLP_*` configures it. It is not shut down. */
  readonly exporter?: SpanExporter;
  /** Base URL of an OTLP/HTTP back end, instead of that of the environment. */
  readonly endpoint?: string;
  /** Ends the replay after the request that is under way. */
  readonly signal?: AbortSignal;
  /** Longest time in ms that a back end's `Retry-After` is waited for. Default 60,000. */
  readonly patienceMs?: number;
  /** Lets the process end in the middle of it. Default false. */
  readonly background?: boolean;
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
  readonly error?: unknown;
}

/** What a replay did. */
export interface ReplayReport {
  readonly scopes: readonly ReplayedScope[];
  /** Sums over the scopes. */
  readonly spans: number;
  readonly delivered: number;
  readonly rejected: number;
  readonly sent: number;
  /** Requests of metrics and logs. */
  readonly requests: ReplayedRequests;
}

const BATCH_SPANS = 512;
const BATCH_BYTES = 3 << 20;

/**
 * Sends the spans that no back end has confirmed, with their ids and times, and the metrics and logs that were given up, as they were. What a
 * dead process left behind is recovered first. Each run is claimed while it is replayed, and each confirmation is in its ledger before the next
 * request leaves: replaying twice, or from two processes at once, sends nothing twice. A crash between a back end's answer and the
 * ledger sends one request again; ids are stable. Stops where the back end is not to be reached.
 *
 * @throws PitotError INVALID_ARGUMENT where a run is not in the folder, INVALID_CONFIGURATION for a protocol that Pitot does not speak
 */
export async function replay(options: ReplayOptions = {}): Promise<ReplayReport> {
  // Neither the sockets nor the waits of an exporter keep the process alive; whoever waits for this does.
  const alive = options.background === true ? undefined : setInterval(() => {}, 2 ** 30);
  try {
    return await replayAll(options);
  } finally {
    clearInterval(alive);
  }
}

async function replayAll(options: ReplayOptions): Promise<ReplayReport> {
  const directory = options.directory ?? process.env["PITOT_DIR"] ?? ".pitot";
  const exporters =
    options.exporter === undefined
      ? otlpExporters(options.endpoint === undefined ? {} : { endpoint: options.endpoint })
      : undefined;
  const exporter = options.exporter ?? exporters!.traces;
  const scopes: ReplayedScope[] = [];
  let reachable = true;
  for (const scope of wanted(directory, options.runs)) {
    if (!reachable || options.signal?.aborted) break;
    const result = await replayScope(scope, exporter, options);
    if (result === undefined) continue;
    scopes.push(result.scope);
    reachable = !result.away;
  }
  const requests =
    reachable && options.runs === undefined
      ? await replayOutbox(directory, options)
      : { waiting: 0, delivered: 0, refused: 0 };
  const sum = (key: "spans" | "delivered" | "rejected" | "sent"): number =>
    scopes.reduce((total, scope) => total + scope[key], 0);
  return {
    scopes,
    spans: sum("spans"),
    delivered: sum("delivered"),
    rejected: sum("rejected"),
    sent: sum("sent"),
    requests,
  };
}

function wanted(directory: string, ids: readonly string[] | undefined): SnapshotScope[] {
  const all = listScopes(directory);
  return (
    ids?.map((id) => {
      const scope = all.find((one) => one.id === id);
      if (scope === undefined)
        throw new PitotError("INVALID_ARGUMENT", "There is no such run", {
          value: id,
          remedy: "Take an id from `pitot runs`.",
        });
      return scope;
    }) ?? all
  );
}

/** Undefined where there is nothing to do. */
async function replayScope(
  scope: SnapshotScope,
  exporter: SpanExporter,
  options: ReplayOptions,
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
    if (serviceName !== undefined && (manifest.service_name !== serviceName || manifest.delivery !== "otlp"))
      return undefined;
    if (!asked && !(await hasUndelivered(scope.folder, manifest))) return undefined;
    const claim = await claimFolder(scope.folder);
    if (claim === undefined) return untouched("busy");
    try {
      const { sent, away, error: failure } = await sendUndelivered(scope.folder, exporter, options);
      const status = await deliveryStatus(scope.folder);
      const whole = status.delivered + status.rejected >= status.spans;
      return {
        scope: {
          ...scope,
          ...status,
          sent,
          outcome: whole ? "delivered" : "undelivered",
          ...(failure === undefined ? {} : { error: failure }),
        },
        away,
      };
    } finally {
      claim.release();
    }
  } catch (error) {
    return untouched("unreadable", error);
  }
}

async function sendUndelivered(
  folder: string,
  exporter: SpanExporter,
  options: ReplayOptions,
): Promise<{ sent: number; away: boolean; error: unknown }> {
  const ledger = new DeliveryLedger(folder);
  let sent = 0;
  let away = false;
  let error: unknown;
  try {
    for await (const batch of batches(folder)) {
      if (options.signal?.aborted) break;
      const result = await patiently(exporter, batch, options);
      if (result.code === ExportResultCode.SUCCESS) {
        const rejected = Math.min(result.rejected ?? 0, batch.length);
        ledger.confirm(
          batch.map((span) => span.spanContext().spanId),
          rejected,
        );
        ledger.sync();
        sent += batch.length;
        addCounter(METRIC_EXPORT_SPANS, batch.length - rejected, { [ATTR_OUTCOME]: "replayed" });
        addCounter(METRIC_EXPORT_SPANS, rejected, { [ATTR_OUTCOME]: "rejected" });
      } else {
        error = result.error;
        // One request that the back end will never take must not hold the others back.
        away = result.refused !== true;
        if (away) break;
      }
    }
  } finally {
    ledger.close();
  }
  return { sent, away, error };
}

async function* batches(folder: string): AsyncGenerator<ReadableSpan[]> {
  let batch: ReadableSpan[] = [];
  let bytes = 0;
  const seen = new Set<string>();
  for await (const rows of undeliveredSpans(folder))
    for (const row of rows) {
      if (seen.has(row.span_id)) continue;
      seen.add(row.span_id);
      const span = readableSpan(row);
      const size = spanBytes(span);
      if (batch.length >= BATCH_SPANS || (batch.length > 0 && bytes + size > BATCH_BYTES)) {
        yield batch;
        batch = [];
        bytes = 0;
      }
      batch.push(span);
      bytes += size;
    }
  if (batch.length > 0) yield batch;
}

/** Exports, and asks again where the back end has said when. */
async function patiently(
  exporter: SpanExporter,
  batch: ReadableSpan[],
  options: ReplayOptions,
): Promise<DeliveryResult> {
  const until = Date.now() + (options.patienceMs ?? 60_000);
  for (;;) {
    const result = await exported(exporter, batch);
    const wait = result.retryAfterMs;
    if (wait === undefined || Date.now() + wait > until || !(await paused(wait, options.signal)))
      return result;
  }
}

async function exported(exporter: SpanExporter, batch: ReadableSpan[]): Promise<DeliveryResult> {
  return await new Promise((resolve) => {
    // A trace of the export would be exported in turn.
    context.with(suppressTracing(context.active()), () => {
      try {
        exporter.export(batch, resolve);
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
