import { closeSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { diag } from "@opentelemetry/api";
import { addCounter } from "@pitot/core";
import { ATTR_OUTCOME, ATTR_RECORD_KIND, METRIC_RECORDS } from "@pitot/semconv";
import { openNew, openRead, privateFolder } from "@pitot/snapshot/private-file";
import type { OtlpSignal } from "./otlp-exporters.ts";

/** A request that could not be sent. */
export interface OutboxRequest {
  readonly path: string;
  readonly service: string;
  readonly signal: OtlpSignal;
  readonly encoding: "json" | "proto";
}

/** Folder of what waits to be sent, within the snapshot folder. */
export const OUTBOX = "outbox";
/** What the outbox calls a service without a name. */
export const UNNAMED = "unknown_service";
const NAME = /^(.+)--(\d+)-(\d+)-(\d+)\.(traces|metrics|logs)\.(json|proto)$/;
/** What a back end has refused is kept under this ending, and never sent again by itself. */
const REFUSED = ".refused";

/**
 * Requests of metrics that no back end took, each as a file with the bytes as they would have been sent. Bounded: what is over goes,
 * oldest first, and is counted in `pitot.records` as dropped `outbox_request`s.
 */
export class Outbox {
  readonly #directory: string;
  readonly #service: string | undefined;
  readonly #maxBytes: number;
  #count = 0;
  #told = false;

  constructor(directory: string, service: string | undefined, maxBytes: number = 64 << 20) {
    this.#directory = directory;
    this.#service = service;
    this.#maxBytes = maxBytes;
  }

  /** Never throws. */
  add(encoding: "json" | "proto", body: Uint8Array): void {
    try {
      const folder = privateFolder(this.#directory, OUTBOX);
      const path = join(folder, outboxName(this.#service, Date.now(), this.#count++, "metrics", encoding));
      putRequest(path, body);
      this.#bound(folder);
    } catch (error) {
      this.#drop("a request that no back end took could not be kept", error);
    }
  }

  #bound(folder: string): void {
    // What else is in there belongs to living processes: their checkpoints, and the claim of one that replays.
    const files = readdirSync(folder)
      .filter((name) => NAME.test(name.replace(REFUSED, "")))
      .sort((a, b) => timeOf(a) - timeOf(b));
    const sizes = files.map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0);
    let bytes = sizes.reduce((sum, size) => sum + size, 0);
    for (let i = 0; bytes > this.#maxBytes && i < files.length - 1; i++) {
      rmSync(join(folder, files[i]!), { force: true });
      bytes -= sizes[i]!;
      this.#drop("the outbox is full; the oldest requests are removed", undefined);
    }
  }

  /** Counts each, and tells of the first. */
  #drop(problem: string, error: unknown): void {
    addCounter(METRIC_RECORDS, 1, { [ATTR_RECORD_KIND]: "outbox_request", [ATTR_OUTCOME]: "dropped" });
    if (this.#told) return;
    this.#told = true;
    diag.warn(`pitot: ${problem}`, error);
  }
}

/** Writes a request aside, then puts it in its place: what is read is whole. */
export function putRequest(path: string, body: Uint8Array): void {
  const temporary = `${path}.tmp`;
  rmSync(temporary, { force: true });
  const file = openNew(temporary);
  try {
    for (let offset = 0; offset < body.length;) offset += writeSync(file, body, offset);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

/** Name of a request's file. */
export function outboxName(
  service: string | undefined,
  timeMs: number,
  ordinal: number,
  signal: OtlpSignal,
  encoding: "json" | "proto",
): string {
  const time = String(timeMs).padStart(14, "0");
  return `${encodeURIComponent(service ?? UNNAMED)}--${time}-${process.pid}-${ordinal}.${signal}.${encoding}`;
}

/** The requests that wait in a snapshot folder, oldest first. */
export function outboxRequests(directory: string): OutboxRequest[] {
  return requestsIn(outboxFolder(directory)).sort((a, b) => timeOf(a.path) - timeOf(b.path));
}

/** The requests in one folder, in no order; what is none is passed over. */
export function requestsIn(folder: string): OutboxRequest[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const match = NAME.exec(entry.name);
    if (match === null || !entry.isFile()) return [];
    return [
      {
        path: join(folder, entry.name),
        service: decoded(match[1]!),
        signal: match[5] as OtlpSignal,
        encoding: match[6] as "json" | "proto",
      },
    ];
  });
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** The folder of the outbox: what a replay claims. */
export function outboxFolder(directory: string): string {
  return join(directory, OUTBOX);
}

/** The bytes of a request; undefined where it had to make room meanwhile. */
export function outboxBody({ path }: OutboxRequest): Buffer | undefined {
  const file = ifThere(() => openRead(path));
  if (file === undefined) return undefined;
  try {
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** A back end has it. */
export function outboxDelivered({ path }: OutboxRequest): void {
  rmSync(path, { force: true });
}

/** A back end will never take it, or not all of it: kept, and not sent again. */
export function outboxRefused({ path }: OutboxRequest): void {
  ifThere(() => renameSync(path, `${path}${REFUSED}`));
}

function ifThere<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function timeOf(name: string): number {
  return Number(/--(\d+)-\d+-\d+\./.exec(name)?.[1] ?? 0);
}
