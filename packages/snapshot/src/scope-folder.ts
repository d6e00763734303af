import { existsSync, rmSync } from "node:fs";
import {
  PitotError,
  type DictionaryColumn,
  type RecordBatch,
  type RecordCounts,
  type RecordKind,
  type RunPayload,
  type ScopeInfo,
} from "@pitot/core";
import { basename, dirname } from "node:path";
import { columnsOf, numberedColumns } from "./batch-columns.ts";
import { compactedPath, compactTable } from "./compact-table.ts";
import { DeliveryLedger, type SentTable } from "./delivery-ledger.ts";
import { ownFolder, type FolderClaim } from "./folder-claim.ts";
import type { LogRow } from "./log-row.ts";
import { measureTable } from "./measure-table.ts";
import { writeManifest, writeManifestLater, type ManifestTable, type RunManifest } from "./manifest.ts";
import { privateFolder } from "./private-file.ts";
import type { SpanRow } from "./span-row.ts";
import { TableStream } from "./table-stream.ts";

const TABLE_OF: Readonly<Record<RecordKind, string>> = {
  event: "events",
  artifact: "artifacts",
  metric: "metrics",
  quality: "quality",
  scan_telemetry: "scan_telemetry",
  dataset_stats: "dataset_stats",
  column_stats: "column_stats",
};

/** What all folders of a store have in common. */
export interface FolderSettings {
  readonly serviceName: string | undefined;
  readonly delivery: "otlp" | "none";
  readonly logDelivery: "otlp" | "none";
  /** Told of rows that the disk did not take, or has lost. */
  readonly onLost: (scopeId: string, table: string, rows: number, error: unknown) => void;
  /** Each batch is on the disk itself before the call returns. */
  readonly durable: boolean;
}

/** The folder of one run or session: its tables, its manifest, its ledger. Claimed until it is compacted and what is to be sent has been sent or given up. */
export class ScopeFolder {
  closed = false;
  readonly path: string;
  readonly openedMs: number = performance.now();
  readonly #scope: ScopeInfo;
  readonly #settings: FolderSettings;
  readonly #tables = new Map<string, TableStream>();
  /** Rows by table that the disk did not take, or has lost. */
  readonly #dropped: Record<string, number> = {};
  #runIds: DictionaryColumn = { codes: new Int32Array(0), values: [], nullCount: 0 };
  readonly #ledger: DeliveryLedger;
  /** Undefined while a folder that was removed could not be made again. */
  #claim: FolderClaim | undefined;
  #compacted = false;
  /** Another process took this one for dead and has finished the folder, which stays as it is. */
  #takenOver = false;
  #sending = 0;
  #run: RunPayload | undefined;
  #records: RecordCounts = {};

  constructor(path: string, scope: ScopeInfo, settings: FolderSettings) {
    this.path = path;
    this.#scope = scope;
    this.#settings = settings;
    this.#run = scope.run;
    this.#runIds = { ...this.#runIds, values: [scope.id] };
    this.#ledger = new DeliveryLedger(path);
    this.#claim = this.#begin();
  }

  /** Nothing follows: another process may take the folder over. */
  get done(): boolean {
    return this.#compacted && this.#sending <= 0;
  }

  get bytes(): number {
    let sum = 0;
    for (const table of this.#tables.values()) sum += table.bytes;
    return sum;
  }

  /** @returns false where the batch could not be written, which is counted and told */
  append({ kind, length, columns }: RecordBatch): boolean {
    if (this.#scope.type === "run") {
      // The same for every row of every table.
      if (this.#runIds.codes.length < length)
        this.#runIds = { ...this.#runIds, codes: new Int32Array(Math.max(length, 4096)) };
      columns = { ...columns, run_id: this.#runIds };
    }
    return this.#append(TABLE_OF[kind], length, () => columns);
  }

  /** Rows of spans or log records, with their ordinals from `first`. See {@link ScopeFolder.append}. */
  appendRows(table: SentTable, rows: readonly (SpanRow | LogRow)[], first: number): void {
    this.#append(table, rows.length, () => numberedColumns(rows, first));
  }

  /** Spans that have not ended, as they are now. See {@link ScopeFolder.append}. */
  appendOpenSpans(rows: readonly SpanRow[]): boolean {
    return this.#append("open_spans", rows.length, () => columnsOf(rows));
  }

  /** Makes durable what was appended, in the background, and gives a sign of life. */
  sync(): void {
    const { onLost } = this.#settings;
    for (const table of this.#tables.values())
      table.syncInBackground((error) => onLost(this.#scope.id, table.name, 0, error));
    this.#claim?.touch();
  }

  /** No record follows; spans may, until {@link ScopeFolder.compact}. */
  close(run: RunPayload | undefined, counts: RecordCounts): void {
    this.#run = run;
    this.#records = counts;
    this.closed = true;
    this.#makeAgain();
    this.#write("closed");
  }

  async compact(): Promise<void> {
    try {
      this.#makeAgain();
      const tables: Record<string, ManifestTable> = {};
      for (const table of this.#tables.values()) table.close();
      for (const [name, table] of this.#tables) {
        if (name === "open_spans") continue;
        if (table.rows === 0) {
          // The disk has never taken a whole batch of it.
          rmSync(table.path, { force: true });
          continue;
        }
        const { bytes, sha256 } = await compactTable(table.path);
        tables[name] = { file: `${name}.arrow`, rows: table.rows, bytes, sha256 };
      }
      const open = this.#tables.get("open_spans");
      if (open !== undefined) rmSync(open.path, { force: true });
      await writeManifestLater(this.path, this.#manifest("compacted", tables));
    } finally {
      // What could not be compacted is what `recover` finishes.
      this.#compacted = true;
      this.#releaseWhenDone();
    }
  }

  /** So many spans or log records of this folder are to be sent: until they are settled, no other process may send them. */
  hold(count: number): void {
    this.#sending += count;
  }

  /** The exporter took the rows of these ordinals. */
  confirm(table: SentTable, seqs: readonly number[], rejected: number): void {
    try {
      this.#ledger.confirm(table, seqs, rejected);
    } finally {
      this.giveUp(seqs.length);
    }
  }

  /** These spans or log records will not be sent by this process: they stay undelivered. */
  giveUp(count: number): void {
    this.#sending -= count;
    this.#releaseWhenDone();
  }

  #releaseWhenDone(): void {
    if (!this.done) return;
    this.#ledger.close();
    this.#claim?.release();
  }

  #append(name: string, length: number, columns: () => Parameters<TableStream["append"]>[1]): boolean {
    try {
      this.#makeAgain();
      let table = this.#tables.get(name);
      if (table === undefined) this.#tables.set(name, (table = new TableStream(this.path, name)));
      table.append(length, columns());
      if (this.#settings.durable) table.sync();
      return true;
    } catch (error) {
      this.#lost(name, length, error);
      return false;
    }
  }

  /**
   * What somebody has removed is lost and counted; what follows goes into a new file, in a new folder where that is gone too.
   * @throws PitotError IO where another process has finished the folder
   */
  #makeAgain(): void {
    if (this.#takenOver) throw takenOver(this.path);
    const removed = [...this.#tables.values()].filter((table) => table.removed);
    const isThere = (): boolean => this.#claim !== undefined && existsSync(this.path);
    if (removed.length === 0 && (this.#tables.size > 0 || isThere())) return;
    if (removed.some(({ path }) => existsSync(compactedPath(path)))) this.#leave(removed);
    const error = new PitotError("IO", "Files were removed while they were written to", {
      value: this.path,
      remedy: "Leave the folders of running processes alone; `pitot prune` removes those of others.",
    });
    for (const table of removed) {
      table.close();
      this.#tables.delete(table.name);
      this.#lost(table.name, table.rows, error);
    }
    if (isThere()) return;
    const parent = dirname(this.path);
    privateFolder(dirname(parent), basename(parent), basename(this.path));
    this.#ledger.close();
    this.#claim = undefined;
    this.#claim = this.#begin();
  }

  /** The folder is another's now. What was appended while that was reading it is lost. @throws PitotError IO, which says so */
  #leave(removed: readonly TableStream[]): never {
    this.#takenOver = true;
    for (const table of this.#tables.values()) table.close();
    const error = takenOver(this.path);
    for (const { name, path, rows } of removed) {
      const kept = compactedPath(path);
      const lost = existsSync(kept) ? rows - measureTable(kept).rows : 0;
      if (lost > 0) this.#lost(name, lost, error);
    }
    throw error;
  }

  /** Claims the folder, and says in it what it is. @throws what the file system throws */
  #begin(): FolderClaim {
    const claim = ownFolder(this.path);
    try {
      this.#write(this.closed ? "closed" : "open");
      return claim;
    } catch (error) {
      // Whoever tries again claims it anew; and if nobody does, others may have it.
      claim.release();
      throw error;
    }
  }

  #lost(table: string, rows: number, error: unknown): void {
    // What is open is written again; the rest has ended.
    if (table === "open_spans") rows = 0;
    else this.#dropped[table] = (this.#dropped[table] ?? 0) + rows;
    this.#settings.onLost(this.#scope.id, table, rows, error);
  }

  #streams(): Record<string, ManifestTable> {
    return Object.fromEntries(
      [...this.#tables]
        .filter(([name, { rows }]) => name !== "open_spans" && rows > 0)
        .map(([name, { rows, bytes }]) => [name, { file: `${name}.arrows`, rows, bytes }]),
    );
  }

  #write(state: "open" | "closed"): void {
    // The pipeline must not wait for a disk; what the power takes with it, recovery makes up for.
    writeManifest(this.path, this.#manifest(state, this.#streams()), this.#settings.durable);
  }

  #manifest(state: RunManifest["state"], tables: Record<string, ManifestTable>): RunManifest {
    return {
      manifest_version: 1,
      type: this.#scope.type,
      id: this.#scope.id,
      service_name: this.#settings.serviceName ?? null,
      pid: process.pid,
      delivery: this.#settings.delivery,
      log_delivery: this.#settings.logDelivery,
      run: this.#run ?? null,
      state,
      tables,
      records: this.#records,
      ...(Object.keys(this.#dropped).length > 0 ? { dropped: { ...this.#dropped } } : {}),
    };
  }
}

function takenOver(path: string): PitotError {
  return new PitotError("IO", "Another process took this one for dead and has finished its folder", {
    value: path,
    remedy:
      "Let containers that share a folder see each other's processes, or give each a folder of its own.",
  });
}
