import { pathToFileURL } from "node:url";
import { diag } from "@opentelemetry/api";
import {
  addCounter,
  type RecordBatch,
  type RecordTarget,
  type ScopeInfo,
  type ScopeWriter,
} from "@pitot/core";
import { ATTR_OUTCOME, ATTR_RECORD_KIND, METRIC_RECORDS } from "@pitot/semconv";
import type { SentTable } from "./delivery-ledger.ts";
import type { LogRow } from "./log-row.ts";
import { OpenSpans, type OpenSpan } from "./open-spans.ts";
import type { ScopeFolder } from "./scope-folder.ts";
import { ScopeFolders } from "./scope-folders.ts";
import { flushInterval, snapshotDirectory, type SnapshotOptions } from "./snapshot-options.ts";
import type { SpanRow } from "./span-row.ts";
import { StoreSession } from "./store-session.ts";
import { WaitingRows, type RowPlace } from "./waiting-rows.ts";

/** Time for spans that end just after their run, before its tables are compacted. */
const COMPACT_AFTER_MS = 500;

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
  readonly #folders: ScopeFolders;
  readonly #session = new StoreSession();
  readonly #waiting = { spans: new WaitingRows<SpanRow>(), logs: new WaitingRows<LogRow>() };
  readonly #open: OpenSpans = new OpenSpans({
    scopeOf: (row) => this.#scopeOf(row.run_id),
    write: (id, rows) => this.#folder(id)?.appendOpenSpans(rows) ?? false,
    failed: (error) => this.#tell(error),
  });
  /** Spans of runs whose folder is about to be made, by run. */
  readonly #opening = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #told = false;
  /** Whether rows are written before the call returns. */
  #atOnce: boolean;
  /** Spans that could not be written. */
  droppedSpans = 0;
  /** Log records that could not be written. */
  droppedLogs = 0;

  /** @throws PitotError INVALID_CONFIGURATION, naming option or variable and value */
  constructor(options: SnapshotOptions = {}) {
    this.directory = snapshotDirectory(options);
    this.flushMs = flushInterval(options);
    this.#atOnce = this.flushMs === 0;
    const settings = {
      serviceName: options.serviceName,
      delivery: options.delivery ?? "none",
      logDelivery: options.logDelivery ?? "none",
      durable: this.flushMs === 0,
      onLost: (id: string, table: string, rows: number, error: unknown) => {
        if (table === "open_spans") this.#open.forget(id);
        this.#lost(table, rows, error);
      },
    };
    this.#folders = new ScopeFolders(this.directory, settings, (error) => this.#tell(error));
  }

  open(scope: ScopeInfo): ScopeWriter {
    if (scope.type === "session") return this.#sessionWriter();
    let folder = this.#make(scope);
    // A disk that is full, or a process without a free descriptor, may do better at the next batch.
    const made = (): ScopeFolder | undefined => (folder ??= this.#make(scope));
    const span = this.#opening.get(scope.id);
    this.#opening.delete(scope.id);
    // Where there is no folder for it, it is written where there is one.
    if (span !== undefined) this.#open.writeOne(span);
    return {
      uri: folder && pathToFileURL(folder.path).href,
      write: (batch) => made()?.append(batch) ?? false,
      finish: (run, counts) => {
        this.#writeRows("spans", scope.id);
        this.#writeRows("logs", scope.id);
        this.#guard(() => made()?.close(run, counts));
        // A process that lives long must not keep the files of every run open.
        setTimeout(() => this.#guard(() => this.#compact(scope.id)), COMPACT_AFTER_MS).unref();
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
    const waits = opensRun !== undefined && this.#folders.get(opensRun) === undefined;
    if (this.#atOnce && waits) this.#opening.set(opensRun, spanId);
    if (!this.#atOnce || waits) this.#arm();
    else this.#open.writeOne(spanId);
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
    if (folder === undefined && scopeId === this.#session.id) return "not there";
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
    this.#open.writeAll();
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
    this.#open.stop();
    this.#closeSession();
    for (const id of this.#folders.ids()) this.#compact(id);
    await this.#folders.compacted();
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
    return runId !== null && this.#folders.get(runId) !== undefined ? runId : this.#session.id;
  }

  #settle(scopeId: string, what: (folder: ScopeFolder) => void): boolean {
    const folder = this.#holder(scopeId);
    if (folder === undefined) return false;
    this.#guard(() => what(folder));
    this.#folders.settled(scopeId);
    return true;
  }

  #holder(scopeId: string): ScopeFolder | undefined {
    return this.#folders.holder(scopeId) ?? this.#folder(scopeId);
  }

  /** A folder that is written: that of the session is made when something belongs there. */
  #folder(id: string): ScopeFolder | undefined {
    const folder = this.#folders.get(id);
    if (folder !== undefined || id !== this.#session.id) return folder;
    return this.#make({ type: "session", id, run: undefined });
  }

  #make(scope: ScopeInfo): ScopeFolder | undefined {
    const folder = this.#folders.make(scope);
    if (folder !== undefined) this.#arm();
    return folder;
  }

  /** The records of a session share the folder of its spans, whatever its id. */
  #sessionWriter(): ScopeWriter {
    if (this.#session.hasEnded) this.#closeSession();
    const folder = this.#folder(this.#session.id);
    return {
      uri: folder && pathToFileURL(folder.path).href,
      // Why it cannot be made was told.
      write: (batch: RecordBatch) => this.#folder(this.#session.id)?.append(batch) ?? false,
      finish: (_, counts) => {
        this.#session.ended(counts);
        this.#arm();
      },
    };
  }

  #closeSession(): void {
    const { id } = this.#session;
    const folder = this.#folders.get(id);
    const counts = this.#session.next();
    if (folder === undefined) return;
    this.#guard(() => folder.close(undefined, counts));
    this.#compact(id);
  }

  #arm(): void {
    this.#timer ??= setTimeout(() => this.#guard(() => this.#tick()), this.flushMs || 1000).unref();
  }

  /** What happens each flush interval while something is open. */
  #tick(): void {
    this.#timer = undefined;
    this.flush();
    this.#opening.clear();
    this.#open.writeInTurns();
    this.#folders.sync();
    const session = this.#folders.get(this.#session.id);
    if (session !== undefined && this.#session.isOver(session)) this.#closeSession();
    if (this.#folders.size > 0) this.#arm();
  }

  #compact(id: string): void {
    const folder = this.#folders.get(id);
    if (folder === undefined || !folder.closed) return;
    this.#writeRows("spans", id);
    this.#writeRows("logs", id);
    this.#open.forget(id);
    this.#waiting.spans.forget(id);
    this.#waiting.logs.forget(id);
    this.#folders.compact(id);
  }

  #writeRows(table: SentTable, id: string): void {
    const waiting = this.#waiting[table].take(id);
    if (waiting === undefined) return;
    const { rows, first } = waiting;
    const folder = this.#folder(id);
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
