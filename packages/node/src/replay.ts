import { setImmediate as turn } from "node:timers/promises";
import type { LogRecordExporter } from "@opentelemetry/sdk-logs";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import { PitotError } from "@pitot/core";
import { listScopes, type SnapshotScope } from "@pitot/snapshot";
import { otlpExporters } from "./otlp-exporters.ts";
import { replayOutbox, type ReplayedRequests } from "./replay-outbox.ts";
import { replayScope, type ReplayedLogs, type ReplayedScope } from "./replay-scope.ts";
import type { ReplayExporters } from "./send-undelivered.ts";

/** What is replayed, and where to. */
export interface ReplayOptions {
  /** The snapshot folder. Default `PITOT_DIR`, else `.pitot`. */
  readonly directory?: string;
  /** Ids of runs and sessions. Default: all that have undelivered spans, and the metrics and logs that wait. */
  readonly runs?: readonly string[];
  /** Only what this service recorded with an exporter at hand: what a process replays of its predecessors. Null: those without a name. */
  readonly serviceName?: string | null;
  /** Sends the spans. Default: OTLP, as `OTEL_EXPORTER_OTLP_*` configures it. It is not shut down. Where only a `logExporter` is given, they stay. */
  readonly exporter?: SpanExporter;
  /** Sends the log records; where only an `exporter` is given, they stay. */
  readonly logExporter?: LogRecordExporter;
  /** Base URL of an OTLP/HTTP back end, instead of that of the environment. */
  readonly endpoint?: string;
  /** Ends the replay after the request that is under way. */
  readonly signal?: AbortSignal;
  /** Longest time in ms that a back end's `Retry-After` is waited for. Default 60,000. */
  readonly patienceMs?: number;
  /** Lets the process end in the middle of it. Default false. */
  readonly background?: boolean;
}

/** What a replay did. */
export interface ReplayReport {
  readonly scopes: readonly ReplayedScope[];
  /** Sums over the scopes. */
  readonly spans: number;
  readonly delivered: number;
  readonly rejected: number;
  readonly sent: number;
  readonly logs: ReplayedLogs;
  /** Requests of metrics. */
  readonly requests: ReplayedRequests;
}

/**
 * Sends the spans and log records that no back end has confirmed, with their ids and times, and the metrics that were given up, as they were,
 * or last collected before a process died. What a dead process left behind is recovered first. Each run is claimed while it is replayed, and each confirmation is in its ledger before the next
 * request leaves: replaying twice, or from two processes at once, sends nothing twice. A crash between a back end's answer and the
 * ledger sends one request again; ids are stable. Where the back end is not to be reached, the rest is only counted.
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
    options.exporter === undefined && options.logExporter === undefined
      ? otlpExporters(options.endpoint === undefined ? {} : { endpoint: options.endpoint })
      : undefined;
  const to: ReplayExporters = {
    spans: options.exporter ?? exporters?.traces,
    logs: options.logExporter ?? exporters?.logs,
  };
  const scopes: ReplayedScope[] = [];
  let reachable = true;
  for (const scope of wanted(directory, options.runs)) {
    // Whoever waits for the answer is told of all that is left.
    if (options.signal?.aborted || (!reachable && options.background === true)) break;
    // Thousands of runs are looked at beside a pipeline, not in its way.
    await turn();
    const result = await replayScope(scope, to, { ...options, sends: reachable });
    if (result === undefined) continue;
    scopes.push(result.scope);
    reachable &&= !result.away;
  }
  const requests =
    options.runs === undefined && !(options.background === true && !reachable)
      ? await replayOutbox(directory, { ...options, sends: reachable })
      : { waiting: 0, delivered: 0, refused: 0 };
  const sum = (key: "spans" | "delivered" | "rejected" | "sent"): number =>
    scopes.reduce((total, scope) => total + scope[key], 0);
  const logs = (key: keyof ReplayedLogs): number =>
    scopes.reduce((total, scope) => total + scope.logs[key], 0);
  return {
    scopes,
    spans: sum("spans"),
    delivered: sum("delivered"),
    rejected: sum("rejected"),
    sent: sum("sent"),
    logs: {
      records: logs("records"),
      delivered: logs("delivered"),
      rejected: logs("rejected"),
      sent: logs("sent"),
    },
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
