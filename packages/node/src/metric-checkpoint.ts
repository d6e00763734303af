import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { diag } from "@opentelemetry/api";
import type { PushMetricExporter, ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { claimFolder, ownFolder, type FolderClaim } from "@pitot/snapshot/folder-claim";
import { privateFolder } from "@pitot/snapshot/private-file";
import { OUTBOX, outboxName, putRequest, requestsIn } from "./outbox.ts";

const PREFIX = "open-";

/** How a {@link MetricCheckpoint} is written. */
export interface CheckpointSetup {
  readonly directory: string;
  readonly serviceName: string | undefined;
  readonly encoding: "json" | "proto";
  readonly serialize: (metrics: ResourceMetrics) => Uint8Array | undefined;
}

interface CheckpointFolder {
  readonly path: string;
  readonly claim: FolderClaim;
  /** The file of the request. */
  readonly request: string;
}

/**
 * The metrics of a living process as one request that is ready to be sent, should the process die: replaced as values change, removed once an
 * export has them. A claim in its folder tells whether its process lives. For cumulative metrics, whose last values say all; sent late, they
 * count nothing twice.
 */
export class MetricCheckpoint {
  readonly #setup: CheckpointSetup;
  readonly #name = `${PREFIX}${process.pid}-${randomBytes(4).toString("hex")}`;
  #folder: CheckpointFolder | undefined;
  /** The values that were written or exported last. */
  #values = "";
  #version = 0;
  #written = false;
  #told = false;

  constructor(setup: CheckpointSetup) {
    this.#setup = setup;
  }

  /** Writes what was collected, where it is news. Synchronous; never throws. */
  write(metrics: ResourceMetrics): void {
    try {
      this.#folder?.claim.touch();
      const values = valuesOf(metrics);
      if (values === this.#values) return;
      const body = this.#setup.serialize(metrics);
      if (body === undefined) return;
      this.#replace(body);
      this.#values = values;
      this.#version++;
      this.#written = true;
    } catch (error) {
      this.#folder = undefined;
      if (this.#told) return;
      this.#told = true;
      diag.warn("pitot: metrics cannot be kept on disk until they are exported", error);
    }
  }

  /** An export of these begins. Call what it returns when they are delivered, or left to the outbox. */
  exporting(metrics: ResourceMetrics): () => void {
    this.#values = valuesOf(metrics);
    const version = this.#version;
    return () => {
      if (!this.#written || this.#version !== version) return;
      this.#written = false;
      if (this.#folder !== undefined) rmSync(this.#folder.request, { force: true });
    };
  }

  /** Nothing is left to be sent. */
  close(): void {
    if (this.#folder !== undefined) rmSync(this.#folder.path, { recursive: true, force: true });
    this.#folder = undefined;
  }

  #replace(body: Uint8Array): void {
    if (this.#folder === undefined || !existsSync(this.#folder.path)) this.#folder = this.#make();
    putRequest(this.#folder.request, body);
  }

  #make(): CheckpointFolder {
    const { directory, serviceName, encoding } = this.#setup;
    const path = privateFolder(directory, OUTBOX, this.#name);
    const request = join(path, outboxName(serviceName, 0, 0, "metrics", encoding));
    return { path, request, claim: ownFolder(path) };
  }
}

/** An exporter whose exports the checkpoint knows of. */
export function checkpointed(exporter: PushMetricExporter, checkpoint: MetricCheckpoint): PushMetricExporter {
  return {
    export: (metrics, done) => {
      const over = checkpoint.exporting(metrics);
      exporter.export(metrics, (result) => {
        over();
        done(result);
      });
    },
    forceFlush: async () => await exporter.forceFlush(),
    shutdown: async () => await exporter.shutdown(),
  };
}

/** Makes what dead processes last collected wait in the outbox. The caller has claimed that. */
export async function adoptCheckpoints(directory: string): Promise<void> {
  const outbox = join(directory, OUTBOX);
  for (const entry of readdirSync(outbox, { withFileTypes: true })) {
    if (!entry.isDirectory() || !entry.name.startsWith(PREFIX)) continue;
    const folder = join(outbox, entry.name);
    const claim = await claimFolder(folder);
    if (claim === undefined) continue;
    for (const { path, service, encoding } of requestsIn(folder)) {
      const { mtimeMs } = statSync(path);
      renameSync(path, join(outbox, outboxName(service, Math.floor(mtimeMs), LAST, "metrics", encoding)));
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

/** After all that the process itself left to the outbox in the same millisecond. */
const LAST = 999_999;

/** What tells one collection from the next: its values, not its times. */
function valuesOf({ scopeMetrics }: ResourceMetrics): string {
  return JSON.stringify(
    scopeMetrics.map(({ metrics }) => metrics.map(({ dataPoints }) => dataPoints.map(({ value }) => value))),
  );
}
