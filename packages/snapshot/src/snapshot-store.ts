import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { diag } from "@opentelemetry/api";
import {
  addCounter,
  PitotError,
  type RecordBatch,
  type RecordCounts,
  type RecordTarget,
  type ScopeInfo,
  type ScopeWriter,
} from "@pitot/core";
import { ATTR_OUTCOME, ATTR_RECORD_KIND, METRIC_RECORDS } from "@pitot/semconv";
import type { SentTable } from "./delivery-ledger.ts";
import type { LogRow } from "./log-row.ts";
import { OpenSpans, type OpenSpan } from "./open-spans.ts";
import { privateFolder } from "./private-file.ts";
import { ScopeFolder, type FolderSettings } from "./scope-folder.ts";
import type { SpanRow } from "./span-row.ts";
import { WaitingRows, type RowPlace } from "./waiting-rows.ts";

/** Where and for whom snapshots are written. */
export interface SnapshotOptions {
  /** The folder; default `PITOT_DIR`, else `.pitot` in the working directory. Created with mode 0700. */
  readonly directory?: string;
  readonly serviceName?: string;
  /**
   * Longest time in ms that a span waits in memory, and that what was written waits to be forced to the disk, in the background. `every`
   * writes and forces each batch before the call returns: then power loss takes nothing either. Default `PITOT_FLUSH`, else 1,000.
   */
  readonly flush?: number | "every";
  /** `otlp` where an exporter is confirming spans, so that what it did not confirm is replayed. Default none. */
  readonly delivery?: "otlp" | "none";
  /** The same of log records. Default none. */
  readonly logDelivery?: "otlp" | "none";
}

/** Time for spans that end just after their run, before its tables are compacted. */
const COMPACT_AFTER_MS = 500;
/** A process that lives for months must not keep one session for ever. */
const SESSION_MS = 3_600_000;
const SESSION_BYTES = 64 << 20;

/** What is waited with, by table. */
interface RowOf {
  readonly spans: SpanRow;
  readonly logs: LogRow;
}

/**
 * Keeps the records and spans of each run as Arrow tables under `runs/<run id>/`, and those outside runs under
 * `session/<id>/`. Hand it to `configureRecording({ targets: [store] })`, or let `startPitot` do it.
 */
export class SnapshotStore implements RecordTarget {
  readonly directory: string;
  /** See {@link SnapshotOptions.flush}; 0 for `every`. */
  readonly flushMs: number;
  readonly #settings: FolderSettings;
  readonly #folders = new Map<string, ScopeFolder>();
  /** Folders that are compacted, with spans on their way. */
  readonly #sending = new Map<string, ScopeFolder>();
  readonly #waiting = { spans: new WaitingRows<SpanRow>(), logs: new WaitingRows<LogRow>() };
  readonly #open = new OpenSpans();
  /** Spans of runs whose folder is about to be made, by run. */
  readonly #opening = new Map<string, string>();
  readonly #pending = new Set<Promise<void>>();
  #sessionId: string;
  /** Of the session's records, once no more follow. */
  #sessionCounts: RecordCounts | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Open spans that are written in the next turn of the event loop. */
  #more: NodeJS.Immediate | undefined;
  #told = false;
  /** Whether rows are written before the call returns. */
  #atOnce: boolean;
  /** Spans that could not be written. */
  droppedSpans = 0;
  /** Log records that could not be written. */
  droppedLogs = 0;

  /** @throws PitotError INVALID_CONFIGURATION, naming option or variable and value */
  constructor(options: SnapshotOptions = {}) {
    this.directory = resolve(options.directory ?? process.env["PITOT_DIR"] ?? ".pitot");
    this.flushMs = flushInterval(options.flush);
    this.#atOnce = this.flushMs === 0;
    this.#settings = {
      serviceName: options.serviceName,
      delivery: options.delivery ?? "none",
      logDelivery: options.logDelivery ?? "none",
      durable: this.flushMs === 0,
      onLost: (table, rows, error) => this.#lost(table, rows, error),
    };
    this.#sessionId = this.#nextSession();
  }

  open(scope: ScopeInfo): ScopeWriter {
    if (scope.type === "session") return this.#sessionWriter();
    let folder = this.#openFolder(scope);
    // A disk that is full, or a process without a free descriptor, may do better at the next batch.
    const made = (): ScopeFolder | undefined => (folder ??= this.#openFolder(scope));
    const span = this.#opening.get(scope.id);
    this.#opening.delete(scope.id);
    // Where there is no folder for it, it is written where there is one.
    if (span !== undefined) this.#writeOne(span);
    return {
      uri: folder && pathToFileURL(folder.path).href,
      write: (batch) => made()?.append(batch) ?? false,
      finish: (run, counts) => {
        this.#writeRows("spans", scope.id);
        this.#writeRows("logs", scope.id);
        this.#guard(() => made()?.close(run, counts));
        // A process that lives long must not keep the files of every run open.
        setTimeout(() => this.#compact(scope.id), COMPACT_AFTER_MS).unref();
      },
    };
  }

  /**
   * Takes a finished span. It is written with the next batch, after the flush interval, at the end of its run, or by
   * {@link SnapshotStore.flush}. Returns where it is: what {@link SnapshotStore.hold} and {@link SnapshotStore.confirm} take.
   */
  addSpan(row: SpanRow): RowPlace {
    this.#open.ended(row.span_id);
    return this.#add("spans", row, row.attributes.length + row.events.length + row.links.length);
  }

  /** Takes a log record. It is written as spans are. Returns where it is. */
  addLog(row: LogRow): RowPlace {
    return this.#add("logs", row, row.attributes.length + (row.body?.length ?? 0));
  }

  /**
   * Remembers a span that has begun, so that it is on disk, unfinished, should the process die: at once where each record is, else once
   * it has been open for a flush interval.
   */
  spanStarted(span: OpenSpan): void {
    const { spanId, opensRun } = span;
    this.#open.started(span);
    // In the folder of the session it would be found there, open, however its run ends.
    const waits = opensRun !== undefined && !this.#folders.has(opensRun);
    if (this.#atOnce && waits) this.#opening.set(opensRun, spanId);
    if (!this.#atOnce || waits) this.#arm();
    else this.#writeOne(spanId);
  }

  /** Ends every span that is open as aborted, since the process ends. */
  abortOpenSpans(): void {
    const lost = this.#open.abort();
    if (lost > 0)
      this.#lost("spans", lost, new Error(`${lost} spans were still open, and too many to be ended`));
  }

  /**
   * So many spans or log records of a run or session are about to be sent: no other process may replay them until they are settled. Not so
   * where this process has left it to others, or where the disk has taken none of it.
   */
  hold(scopeId: string, count: number = 1): "held" | "left to others" | "not there" {
    const folder = this.#holder(scopeId);
    if (folder === undefined && scopeId === this.#sessionId) return "not there";
    if (folder === undefined || folder.done) return "left to others";
    folder.hold(count);
    return "held";
  }

  /** The exporter took the rows of these ordinals: all but `rejected` of them. */
  confirm(table: SentTable, scopeId: string, seqs: readonly number[], rejected: number = 0): void {
    this.#settle(scopeId, (folder) => folder.confirm(table, seqs, rejected));
  }

  /** So many spans or log records were given up: they stay undelivered, for a replay. True where the snapshot does hold them. */
  giveUp(scopeId: string, count: number): boolean {
    return this.#settle(scopeId, (folder) => folder.giveUp(count));
  }

  /** The folder of a run or session that this process holds, with all of its rows in its files. */
  held(scopeId: string): string | undefined {
    this.#writeRows("spans", scopeId);
    this.#writeRows("logs", scopeId);
    return this.#holder(scopeId)?.path;
  }

  /**
   * Writes all spans and log records that wait. Synchronous.
   * @param deadline time of `performance.now()` after which a slow disk is asked for no more
   */
  flush(deadline: number = Infinity): void {
    for (const table of ["spans", "logs"] as const)
      for (const id of this.#waiting[table].scopes()) {
        if (performance.now() > deadline) return;
        this.#writeRows(table, id);
      }
  }

  /** Writes all that is open, as it is now: the process may be killed before it ends. Synchronous. */
  checkpoint(): void {
    while (this.#writeOpenSpans());
  }

  /** From now on each span and log record is written before the call returns: for a process whose last moment this is. */
  writeAtOnce(): void {
    this.#atOnce = true;
  }

  /** Writes what waits, compacts what is finished, and returns when it is on disk. Idempotent. */
  async close(): Promise<void> {
    this.flush();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    clearImmediate(this.#more);
    this.#closeSession();
    for (const id of this.#folders.keys()) this.#compact(id);
    await Promise.all(this.#pending);
  }

  #add<Table extends SentTable>(table: Table, row: RowOf[Table], text: number): RowPlace {
    // What ends after its run was compacted belongs to the session.
    const scopeId = this.#scopeOf(row.run_id);
    const { seq, full } = (this.#waiting[table] as WaitingRows<RowOf[Table]>).add(scopeId, row, text);
    if (full || this.#atOnce) this.#writeRows(table, scopeId);
    else this.#arm();
    return { scopeId, seq };
  }

  #scopeOf(runId: string | null): string {
    return runId !== null && this.#folders.has(runId) ? runId : this.#sessionId;
  }

  #settle(scopeId: string, what: (folder: ScopeFolder) => void): boolean {
    const folder = this.#holder(scopeId);
    if (folder === undefined) return false;
    this.#guard(() => what(folder));
    if (folder.done) this.#sending.delete(scopeId);
    return true;
  }

  #holder(scopeId: string): ScopeFolder | undefined {
    return this.#folders.get(scopeId) ?? this.#sending.get(scopeId) ?? this.#session(scopeId);
  }

  #session(id: string): ScopeFolder | undefined {
    return id === this.#sessionId ? this.#openFolder({ type: "session", id, run: undefined }) : undefined;
  }

  /** The records of a session share the folder of its spans, whatever its id. */
  #sessionWriter(): ScopeWriter {
    if (this.#sessionCounts !== undefined) this.#closeSession();
    const current = (): ScopeFolder | undefined =>
      this.#folders.get(this.#sessionId) ?? this.#session(this.#sessionId);
    const folder = current();
    return {
      uri: folder && pathToFileURL(folder.path).href,
      // Why it cannot be made was told.
      write: (batch: RecordBatch) => current()?.append(batch) ?? false,
      finish: (_, counts) => {
        this.#sessionCounts = counts;
        this.#arm();
      },
    };
  }

  #nextSession(): string {
    // Threads of one process, and processes of many containers, may begin in the same millisecond with the same process id.
    const [time, chance] = [new Date().toISOString().replace(/[:.]/g, "-"), randomBytes(4).toString("hex")];
    return `${time}-${process.pid}-${chance}`;
  }

  #closeSession(): void {
    const folder = this.#folders.get(this.#sessionId);
    if (folder === undefined) return;
    this.#guard(() => folder.close(undefined, this.#sessionCounts ?? {}));
    this.#sessionCounts = undefined;
    this.#compact(this.#sessionId);
    this.#sessionId = this.#nextSession();
  }

  #openFolder(scope: ScopeInfo): ScopeFolder | undefined {
    try {
      const path = privateFolder(this.directory, scope.type === "run" ? "runs" : "session", scope.id);
      const folder = new ScopeFolder(path, scope, this.#settings);
      this.#folders.set(scope.id, folder);
      this.#arm();
      return folder;
    } catch (error) {
      this.#tell(error);
      return undefined;
    }
  }

  #arm(): void {
    this.#timer ??= setTimeout(() => this.#tick(), this.flushMs || 1000).unref();
  }

  /** What happens each flush interval while something is open. */
  #tick(): void {
    this.#timer = undefined;
    this.flush();
    this.#opening.clear();
    this.#writeOpenSpansInTurns();
    for (const folder of this.#folders.values()) folder.sync();
    // Whoever cannot ask this process takes silence for its death, and would send what it is sending.
    for (const folder of this.#sending.values()) folder.sync();
    const session = this.#folders.get(this.#sessionId);
    if (
      session !== undefined &&
      (session.bytes > SESSION_BYTES ||
        performance.now() - session.openedMs > SESSION_MS ||
        this.#sessionCounts !== undefined)
    )
      this.#closeSession();
    if (this.#folders.size > 0 || this.#sending.size > 0) this.#arm();
  }

  #writeOne(spanId: string): void {
    const one = this.#open.takeOne(spanId, (row) => this.#scopeOf(row.run_id));
    if (one !== undefined) this.#writeOpen(one.scope, [one.row]);
  }

  /** False where all are written. */
  #writeOpenSpans(): boolean {
    const { rows, more } = this.#open.take((row) => this.#scopeOf(row.run_id));
    for (const [id, ofScope] of rows) this.#writeOpen(id, ofScope);
    return more;
  }

  /** In turns of their own: thousands at once would hold the pipeline up. */
  #writeOpenSpansInTurns(): void {
    this.#more = this.#writeOpenSpans() ? setImmediate(() => this.#writeOpenSpansInTurns()) : undefined;
  }

  #writeOpen(id: string, rows: readonly SpanRow[]): void {
    const folder = this.#folders.get(id) ?? this.#session(id);
    folder?.appendOpenSpans(rows);
  }

  #compact(id: string): void {
    const folder = this.#folders.get(id);
    if (folder === undefined || !folder.closed) return;
    this.#writeRows("spans", id);
    this.#writeRows("logs", id);
    this.#folders.delete(id);
    this.#sending.set(id, folder);
    this.#open.forget(id);
    this.#waiting.spans.forget(id);
    this.#waiting.logs.forget(id);
    const done = folder.compact().catch((error: unknown) => this.#tell(error));
    this.#pending.add(done);
    void done.then(() => {
      this.#pending.delete(done);
      if (folder.done) this.#sending.delete(id);
    });
  }

  #writeRows(table: SentTable, id: string): void {
    const waiting = this.#waiting[table].take(id);
    if (waiting === undefined) return;
    const { rows, first } = waiting;
    const folder = this.#folders.get(id) ?? this.#session(id);
    if (folder === undefined) this.#lost(table, rows.length);
    else folder.appendRows(table, rows, first);
  }

  /** Counts what is not on disk; of the kinds of records core does. */
  #lost(table: string, rows: number, error?: unknown): void {
    if (table === "spans") this.droppedSpans += rows;
    if (table === "logs") this.droppedLogs += rows;
    if (rows > 0 && (table === "spans" || table === "logs"))
      addCounter(METRIC_RECORDS, rows, { [ATTR_RECORD_KIND]: table.slice(0, -1), [ATTR_OUTCOME]: "dropped" });
    if (error !== undefined) this.#tell(error);
  }

  #guard(body: () => void): void {
    try {
      body();
    } catch (error) {
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

function flushInterval(option: number | "every" | undefined): number {
  const value = option ?? (process.env["PITOT_FLUSH"] || 1000);
  if (value === "every") return 0;
  const interval = Number(value);
  // A longer time a timer takes for none.
  if (Number.isInteger(interval) && interval >= 0 && interval < 2 ** 31) return interval;
  throw new PitotError(
    "INVALID_CONFIGURATION",
    option === undefined ? "PITOT_FLUSH is not an interval" : "flush is not an interval",
    { value, remedy: "Give whole milliseconds, or `every`." },
  );
}
