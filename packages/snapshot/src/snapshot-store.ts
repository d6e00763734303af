import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { diag } from "@opentelemetry/api";
import type { RecordTarget, ScopeInfo, ScopeWriter } from "@pitot/core";
import { ScopeFolder } from "./scope-folder.ts";
import type { SpanRow } from "./span-row.ts";

/** Where and for whom snapshots are written. */
export interface SnapshotOptions {
  /** The folder; default `PITOT_DIR`, else `.pitot` in the working directory. Created with mode 0700. */
  readonly directory?: string;
  readonly serviceName?: string;
}

const SPAN_BATCH = 512;
/** Time for spans that end just after their run, before its tables are compacted. */
const COMPACT_AFTER_MS = 500;

/**
 * Keeps the records and spans of each run as Arrow tables under `runs/<run id>/`, and spans outside runs under
 * `session/<id>/`. Hand it to `configureRecording({ targets: [store] })`, or let `startPitot` do it.
 */
export class SnapshotStore implements RecordTarget {
  readonly directory: string;
  readonly #serviceName: string | undefined;
  readonly #sessionId = `${new Date().toISOString().replace(/[:.]/g, "-")}-${process.pid}`;
  readonly #folders = new Map<string, ScopeFolder>();
  readonly #spans = new Map<string, SpanRow[]>();
  readonly #pending = new Set<Promise<void>>();
  #told = false;
  /** Spans that could not be written. */
  droppedSpans = 0;

  constructor(options: SnapshotOptions = {}) {
    this.directory = resolve(options.directory ?? process.env["PITOT_DIR"] ?? ".pitot");
    this.#serviceName = options.serviceName;
  }

  open(scope: ScopeInfo): ScopeWriter | undefined {
    const folder = this.#open(scope);
    if (folder === undefined) return undefined;
    return {
      uri: pathToFileURL(folder.path).href,
      write: (batch) => folder.append(batch),
      finish: (run, counts) => {
        this.#writeSpans(scope.id);
        folder.close(run, counts);
        // A process that lives long must not keep the files of every run open.
        setTimeout(() => this.#compact(scope.id), COMPACT_AFTER_MS).unref();
      },
    };
  }

  /** Takes a finished span. It is written with the next batch, at the end of its run, or by {@link SnapshotStore.flush}. */
  addSpan(row: SpanRow): void {
    // What ends after its run was compacted belongs to the session.
    const id = row.run_id !== null && this.#folders.has(row.run_id) ? row.run_id : this.#sessionId;
    const rows = this.#spans.get(id);
    if (rows === undefined) this.#spans.set(id, [row]);
    else if (rows.push(row) >= SPAN_BATCH) this.#writeSpans(id);
  }

  /** Writes all spans that wait. Synchronous. */
  flush(): void {
    for (const id of this.#spans.keys()) this.#writeSpans(id);
  }

  /** Writes what waits, compacts what is finished, and returns when it is on disk. Idempotent. */
  async close(): Promise<void> {
    this.flush();
    this.#folders.get(this.#sessionId)?.close(undefined, {});
    for (const id of this.#folders.keys()) this.#compact(id);
    await Promise.all(this.#pending);
  }

  #open(scope: ScopeInfo): ScopeFolder | undefined {
    const path = join(this.directory, scope.type === "run" ? "runs" : "session", scope.id);
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      const folder = new ScopeFolder(path, scope, this.#serviceName);
      this.#folders.set(scope.id, folder);
      return folder;
    } catch (error) {
      this.#tell(error);
      return undefined;
    }
  }

  #compact(id: string): void {
    const folder = this.#folders.get(id);
    if (folder === undefined || !folder.closed) return;
    this.#writeSpans(id);
    this.#folders.delete(id);
    const done = folder.compact().catch((error: unknown) => this.#tell(error));
    this.#pending.add(done);
    void done.then(() => this.#pending.delete(done));
  }

  #writeSpans(id: string): void {
    const rows = this.#spans.get(id);
    if (rows === undefined) return;
    this.#spans.delete(id);
    const folder =
      this.#folders.get(id) ??
      (id === this.#sessionId ? this.#open({ type: "session", id, run: undefined }) : undefined);
    try {
      if (folder === undefined) this.droppedSpans += rows.length;
      else folder.appendSpans(rows);
    } catch (error) {
      this.droppedSpans += rows.length;
      this.#tell(error);
    }
  }

  #tell(error: unknown): void {
    if (this.#told) return;
    this.#told = true;
    diag.warn(
      `pitot: the snapshot in ${this.directory} cannot be written; the pipeline goes on without it`,
      error,
    );
  }
}
