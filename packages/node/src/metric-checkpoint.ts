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
  /** Whether no instrument is exported as differences. */
  readonly cumulative: boolean;
  readonly serialize: (metrics: ResourceMetrics) => Uint8Array | undefined;
}

interface CheckpointFolder {
  readonly path: string;
  readonly claim: FolderClaim;
}

/**
 * The metrics of a living process as requests that are ready to be sent, should the process die: one replaced as values change, and removed once
 * an export has them. A claim in its folder tells whether its process lives. Of cumulative metrics the last values say all; sent late, they
 * count nothing twice. What is told as differences is in one request only: an export under way takes its place on disk until it is over.
 */
export class MetricCheckpoint {
  readonly #setup: CheckpointSetup;
  readonly #name = `${PREFIX}${process.pid}-${randomBytes(4).toString("hex")}`;
  /** Exports of differences that are not over. */
  readonly #underWay = new Set<{ path: string }>();
  #folder: CheckpointFolder | undefined;
  /** The values that were written or exported last. */
  #values = "";
  #version = 0;
  #requests = 0;
  #written = false;
  #told = false;

  constructor(setup: CheckpointSetup) {
    this.#setup = setup;
  }

  /** Writes what was collected, where it is news. Synchronous; never throws. */
  write(metrics: ResourceMetrics): void {
    this.#guarded(() => {
      this.#folder?.claim.touch();
      const values = valuesOf(metrics);
      if (values === this.#values || !this.#put(metrics)) return;
      this.#values = values;
      this.#version++;
      this.#written = true;
    });
  }

  /** An export of these begins. Call what it returns when they are delivered, or left to the outbox. Never throws. */
  exporting(metrics: ResourceMetrics): () => void {
    return this.#setup.cumulative ? this.#exportingAll(metrics) : this.#exportingDifferences(metrics);
  }

  /** Nothing is left to be sent but what is under way. Never throws. */
  close(): void {
    const folder = this.#folder;
    if (folder === undefined) return;
    this.#guarded(() => {
      const outbox = join(this.#setup.directory, OUTBOX);
      for (const request of this.#underWay) {
        const path = join(outbox, this.#requestName(Date.now(), LAST + ++adopted));
        renameSync(request.path, path);
        request.path = path;
      }
      rmSync(folder.path, { recursive: true, force: true });
    });
    this.#folder = undefined;
  }

  #exportingAll(metrics: ResourceMetrics): () => void {
    this.#values = valuesOf(metrics);
    const version = this.#version;
    return () => {
      if (!this.#written || this.#version !== version) return;
      this.#written = false;
      const folder = this.#folder;
      if (folder !== undefined) this.#guarded(() => rmSync(this.#request(folder), { force: true }));
    };
  }

  #exportingDifferences(metrics: ResourceMetrics): () => void {
    let request: { path: string } | undefined;
    this.#guarded(() => {
      // In place of the checkpoint, in one step: the export has all that it had.
      if (!this.#put(metrics)) return;
      request = { path: this.#request(this.#folder!) };
      this.#underWay.add(request);
      this.#requests++;
      // The same differences may come once more.
      this.#values = "";
    });
    return () => {
      const over = request;
      if (over === undefined) return;
      this.#underWay.delete(over);
      this.#guarded(() => rmSync(over.path, { force: true }));
    };
  }

  /** False where there is nothing to be sent. */
  #put(metrics: ResourceMetrics): boolean {
    const body = this.#setup.serialize(metrics);
    if (body === undefined) return false;
    if (this.#folder === undefined || !existsSync(this.#folder.path)) this.#folder = this.#make();
    putRequest(this.#request(this.#folder), body);
    return true;
  }

  #request({ path }: CheckpointFolder): string {
    return join(path, this.#requestName(0, this.#requests));
  }

  #requestName(timeMs: number, ordinal: number): string {
    return outboxName(this.#setup.serviceName, timeMs, ordinal, "metrics", this.#setup.encoding);
  }

  #make(): CheckpointFolder {
    const path = privateFolder(this.#setup.directory, OUTBOX, this.#name);
    return { path, claim: ownFolder(path) };
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#folder = undefined;
      if (this.#told) return;
      this.#told = true;
      diag.warn("pitot: metrics cannot be kept on disk until they are exported", error);
    }
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
      const name = outboxName(service, Math.floor(mtimeMs), LAST + ++adopted, "metrics", encoding);
      renameSync(path, join(outbox, name));
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

/** After all that the process itself left to the outbox in the same millisecond. */
const LAST = 1_000_000;
/** Two of one millisecond must not have one name. */
let adopted = 0;

/** What tells one collection from the next: its values, not its times. */
function valuesOf({ scopeMetrics }: ResourceMetrics): string {
  return JSON.stringify(
    scopeMetrics.map(({ metrics }) => metrics.map(({ dataPoints }) => dataPoints.map(({ value }) => value))),
  );
}
