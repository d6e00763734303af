import { lstatSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { diag } from "@opentelemetry/api";
import { ExportResultCode } from "@opentelemetry/core";
import { claimFolder } from "@pitot/snapshot/folder-claim";
import { adoptCheckpoints } from "./metric-checkpoint.ts";
import { deliveryResult } from "./otlp-delegate.ts";
import { otlpSender, otlpSerializer } from "./otlp-exporters.ts";
import {
  outboxBody,
  outboxDelivered,
  outboxFolder,
  outboxRefused,
  outboxRequests,
  UNNAMED,
} from "./outbox.ts";

/** Requests of metrics that waited, and what became of them. */
export interface ReplayedRequests {
  readonly waiting: number;
  readonly delivered: number;
  /** The back end will not take them, or not all of their items, e.g. because they are too old: kept aside, not sent again. */
  readonly refused: number;
}

/** Sends the metrics that were given up, or last collected by a process that died, as they were, oldest first. One process at a time; stops where the back end is away. */
export async function replayOutbox(
  directory: string,
  options: {
    readonly serviceName?: string | null;
    readonly endpoint?: string;
    readonly signal?: AbortSignal;
    /** False where the back end is away: what waits is only counted. */
    readonly sends: boolean;
  },
): Promise<ReplayedRequests> {
  const folder = outboxFolder(directory);
  const counts = { waiting: 0, delivered: 0, refused: 0 };
  const isFolder = lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  const claim = isFolder ? await claimFolder(folder) : undefined;
  if (claim === undefined) return counts;
  try {
    sweep(folder);
    await adoptCheckpoints(directory);
    const { serviceName } = options;
    const requests = outboxRequests(directory).filter(
      ({ service }) => serviceName === undefined || service === (serviceName ?? UNNAMED),
    );
    counts.waiting = requests.length;
    for (const request of requests) {
      if (options.signal?.aborted || !options.sends) break;
      const body = outboxBody(request);
      if (body === undefined) {
        counts.waiting--;
        continue;
      }
      const sender = otlpSender(request.signal, request.encoding, options.endpoint);
      const outcome = await sender.send(body);
      if (outcome.kind === "unavailable" || outcome.kind === "barred") break;
      const result = deliveryResult(outcome, otlpSerializer(request.signal, request.encoding));
      if (result.code === ExportResultCode.SUCCESS && (result.rejected ?? 0) === 0) {
        outboxDelivered(request);
        counts.delivered++;
      } else {
        outboxRefused(request);
        counts.refused++;
      }
    }
  } finally {
    claim.release();
  }
  if (counts.refused > 0)
    diag.warn(`pitot: ${counts.refused} late requests of metrics were refused; they are kept in ${folder}`);
  return counts;
}

/** What is older than this and not in its place was left by a process that died. */
const LEFTOVER_MS = 60_000;

function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(".tmp")) continue;
    const stat = statSync(join(folder, name), { throwIfNoEntry: false });
    if (stat !== undefined && Date.now() - stat.mtimeMs > LEFTOVER_MS)
      rmSync(join(folder, name), { recursive: true, force: true });
  }
}
