import { existsSync } from "node:fs";
import { diag } from "@opentelemetry/api";
import {
  DeliveryLedger,
  deliveryStatus,
  isDelivered,
  readManifest,
  recoverScope,
  type DeliveryStatus,
  type RunManifest,
  type SnapshotScope,
} from "@pitot/snapshot";
import { claimFolder } from "@pitot/snapshot/folder-claim";
import type { SendingOptions } from "./send-rows.ts";
import { sendUndelivered, type ReplayExporters, type Sent } from "./send-undelivered.ts";

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

interface ScopeOptions extends SendingOptions {
  /** The run was named: it is told of whatever becomes of it. */
  readonly runs?: readonly string[];
  readonly serviceName?: string | null;
  /** False where the back end is away: what waits is only counted. */
  readonly sends: boolean;
}

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
