import type {
  DictionaryColumn,
  RecordBatch,
  RecordCounts,
  RecordKind,
  RunPayload,
  ScopeInfo,
} from "@pitot/core";
import { compactTable } from "./compact-table.ts";
import { writeManifest, type ManifestTable, type RunManifest } from "./manifest.ts";
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

/** The folder of one run or session: its tables and its manifest. */
export class ScopeFolder {
  closed = false;
  readonly path: string;
  readonly #scope: ScopeInfo;
  readonly #serviceName: string | undefined;
  readonly #tables = new Map<string, TableStream>();
  #runIds: DictionaryColumn = { codes: new Int32Array(0), values: [], nullCount: 0 };
  #run: RunPayload | undefined;
  #records: RecordCounts = {};

  constructor(path: string, scope: ScopeInfo, serviceName: string | undefined) {
    this.path = path;
    this.#scope = scope;
    this.#serviceName = serviceName;
    this.#run = scope.run;
    this.#runIds = { ...this.#runIds, values: [scope.id] };
    this.#manifest("open", this.#streams());
  }

  append({ kind, length, columns }: RecordBatch): void {
    if (this.#scope.type === "run") {
      // The same for every row of every table.
      if (this.#runIds.codes.length < length)
        this.#runIds = { ...this.#runIds, codes: new Int32Array(Math.max(length, 4096)) };
      columns = { ...columns, run_id: this.#runIds };
    }
    this.#table(TABLE_OF[kind]).append(length, columns);
  }

  appendSpans(rows: readonly SpanRow[]): void {
    const names = Object.keys(rows[0]!) as (keyof SpanRow)[];
    this.#table("spans").append(
      rows.length,
      Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])])),
    );
  }

  /** No record follows; spans may, until {@link ScopeFolder.compact}. */
  close(run: RunPayload | undefined, counts: RecordCounts): void {
    this.#run = run;
    this.#records = counts;
    this.closed = true;
    this.#manifest("closed", this.#streams());
  }

  async compact(): Promise<void> {
    const tables: Record<string, ManifestTable> = {};
    for (const [name, table] of this.#tables) {
      table.close();
      const { bytes, sha256 } = await compactTable(table.path);
      tables[name] = { file: `${name}.arrow`, rows: table.rows, bytes, sha256 };
    }
    this.#manifest("compacted", tables);
  }

  #table(name: string): TableStream {
    let table = this.#tables.get(name);
    if (table === undefined) this.#tables.set(name, (table = new TableStream(this.path, name)));
    return table;
  }

  #streams(): Record<string, ManifestTable> {
    return Object.fromEntries(
      [...this.#tables].map(([name, { rows, bytes }]) => [name, { file: `${name}.arrows`, rows, bytes }]),
    );
  }

  #manifest(state: RunManifest["state"], tables: Record<string, ManifestTable>): void {
    writeManifest(this.path, {
      manifest_version: 1,
      type: this.#scope.type,
      id: this.#scope.id,
      service_name: this.#serviceName ?? null,
      pid: process.pid,
      run: this.#run ?? null,
      state,
      tables,
      records: this.#records,
    });
  }
}
