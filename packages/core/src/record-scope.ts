import type { Context } from "@opentelemetry/api";
import { Accounting, processAccounting } from "./accounting.ts";
import { activeContext } from "./active-context.ts";
import { BurstClock } from "./burst-clock.ts";
import { ColumnRecorder } from "./column-recorder.ts";
import type { ColumnRecords } from "./column-records.ts";
import { composeSinks, type DiagnosticsSink, type Payload, type QualityRow } from "./diagnostics-sink.ts";
import { EventEmitter } from "./event-emitter.ts";
import { ExportBudget } from "./export-budget.ts";
import { guarded, reportOnce } from "./internal/report-once.ts";
import { runIdOf } from "./live-run.ts";
import { MetricRecorder } from "./metric-recorder.ts";
import type { MetricOptions, MetricTags } from "./metric-series.ts";
import { PayloadRecorder } from "./payload-recorder.ts";
import { QualityRecorder } from "./quality-recorder.ts";
import { isQualityTable, type QualityTable } from "./quality-table.ts";
import type { RecordRoute } from "./record-route.ts";
import { recording } from "./recording-options.ts";
import type { ScopeInfo } from "./record-target.ts";
import type { RunPayload } from "./run-payload.ts";
import { ScopeStorage } from "./scope-storage.ts";
import type { SdkLimits } from "./sdk-limits.ts";

/**
 * What a run, and the session outside runs, record into: a recorder per kind, which share clock, context and flush interval. Every public
 * method is safe to call from a pipeline: nothing throws.
 */
export class RecordScope implements DiagnosticsSink {
  readonly accounting: Accounting = new Accounting(processAccounting);
  /** The user's own sink, guarded. */
  readonly sink: DiagnosticsSink | undefined;
  /** What the SDK keeps of spans. */
  readonly limits: SdkLimits;
  readonly #route: RecordRoute;
  readonly #scope: ScopeInfo;
  readonly #context: Context;
  readonly #events: PayloadRecorder;
  readonly #artifacts: PayloadRecorder;
  readonly #quality: QualityRecorder;
  readonly #columns: ColumnRecorder;
  readonly #metrics: MetricRecorder;
  readonly #clock = new BurstClock();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #active: Context | undefined;
  #at: Context;

  /** @param at the context of the run, for records that come from outside it */
  constructor(scope: ScopeInfo, at: Context, sink?: DiagnosticsSink) {
    const settings = recording();
    const { accounting } = this;
    this.sink = sink === undefined ? undefined : composeSinks(sink);
    this.limits = settings.limits;
    const route: RecordRoute = {
      recording: settings,
      accounting,
      sink: this.sink,
      emitter: new EventEmitter(settings, scope.type === "run" ? scope.id : undefined, at),
      budget: new ExportBudget(settings.exportRows),
      storage: new ScopeStorage(scope, settings.targets, accounting),
    };
    this.#route = route;
    this.#scope = scope;
    this.#context = at;
    this.#at = at;
    this.#events = new PayloadRecorder(route, "event");
    this.#artifacts = new PayloadRecorder(route, "artifact");
    this.#quality = new QualityRecorder(route);
    this.#columns = new ColumnRecorder(route);
    this.#metrics = new MetricRecorder(route);
  }

  /** Where the records can be read later; undefined where they are not stored. */
  get uri(): string | undefined {
    return this.#route.storage.uri;
  }

  recordEvent(name: string, properties: Payload): void {
    guarded("record.event", () => this.#payload("event", name, properties, false));
  }

  recordEvents(name: string, rows: readonly Payload[]): void {
    guarded("recordEvents", () => {
      for (const row of rows) guarded("record.event", () => this.#payload("event", name, row, true));
    });
  }

  recordArtifact(name: string, payload: Payload): void {
    guarded("record.artifact", () => this.#payload("artifact", name, payload, false));
  }

  recordMetric(name: string, value: number, tags: MetricTags = {}, options: MetricOptions = {}): void {
    guarded("recordMetric", () => {
      if (this.#isLate("metric")) return;
      this.#metrics.record(name, value, tags, options);
      this.#arm();
    });
  }

  recordQuality(rows: Iterable<QualityRow> | QualityTable): void {
    guarded("recordQuality", () => {
      if (isQualityTable(rows)) {
        if (!this.#isLate("quality", rows.numRows)) this.#quality.recordTable(rows, this.#here());
        return;
      }
      const at = this.#here();
      // One pass for all: the sink sees what was read, also from an iterator that fails half-way.
      const kept: QualityRow[] | undefined = this.sink === undefined ? undefined : [];
      try {
        for (const row of rows) {
          kept?.push(row);
          this.#qualityRow(row.entity_kind, row.entity_id, row.issue, row.source_table, at, row.row_ordinal);
        }
      } finally {
        if (kept !== undefined) this.sink?.recordQuality(kept);
      }
    });
  }

  /** One quality row without an object. */
  recordQualityRow(
    entityKind: string,
    entityId: string | null,
    issue: string,
    sourceTable: string | null,
    ordinal: number | bigint | undefined,
  ): void {
    try {
      this.#qualityRow(entityKind, entityId, issue, sourceTable, this.#here(), ordinal);
      this.sink?.recordQuality([
        {
          entity_kind: entityKind,
          entity_id: entityId,
          issue,
          source_table: sourceTable,
          ...(ordinal === undefined ? {} : { row_ordinal: ordinal }),
        },
      ]);
    } catch (error) {
      reportOnce("recordQualityRow", "recordQualityRow failed; the pipeline goes on", error);
    }
  }

  /** Rows by column: stored as they are, told as events while the budget of their kind lasts. */
  recordColumns(records: ColumnRecords): void {
    guarded(`record.${records.kind}`, () => {
      if (!this.#isLate(records.kind, records.length)) this.#columns.record(records, this.#here());
    });
  }

  /** Writes what waits in memory to storage. Synchronous. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#events.flush();
    this.#artifacts.flush();
    this.#quality.flush();
    // A run's end with it; a session has none that anybody could wait for.
    if (this.#scope.type === "session") this.#route.emitter.close();
    this.#metrics.flush();
  }

  /** Emits the summaries, flushes, ends carriers. Later records are counted as dropped. */
  close(): void {
    if (this.#closed) return;
    guarded("scope.close", () => {
      this.#quality.summarize(this.#context);
      this.flush();
      this.#route.emitter.close();
    });
    this.#closed = true;
  }

  /** Tells storage that the run has ended; {@link RecordScope.close} came before. */
  finish(run: RunPayload | undefined): void {
    this.#route.storage.finish(run);
  }

  #qualityRow(
    kind: string,
    id: string | null | undefined,
    issue: string,
    table: string | null | undefined,
    at: Context,
    ordinal: number | bigint | null | undefined,
  ): void {
    if (this.#isLate("quality")) return;
    this.#clock.touch();
    this.#quality.record(kind, id ?? null, issue, table ?? null, at, this.#clock, ordinal);
    if (this.#timer === undefined) this.#arm();
  }

  #payload(kind: "event" | "artifact", name: string, payload: Payload, many: boolean): void {
    if (this.#isLate(kind)) return;
    const at = this.#here();
    this.#clock.touch();
    const recorder = kind === "event" ? this.#events : this.#artifacts;
    recorder.record(name, payload, at, this.#clock, many);
    this.#arm();
  }

  #arm(): void {
    if (this.#timer !== undefined || !(this.#route.storage.present || this.#scope.type === "session")) return;
    const wait = this.#route.recording.flushMs || 1000;
    this.#timer = setTimeout(() => guarded("flush", () => this.flush()), wait);
    this.#timer.unref();
  }

  /** The caller's context where this run is active in it; else the run's own. */
  #here(): Context {
    const active = activeContext();
    if (active !== this.#active) {
      this.#active = active;
      const ours = this.#scope.type === "session" || runIdOf(active) === this.#scope.id;
      this.#at = ours ? active : this.#context;
      // Where another stage begins, much time may have passed.
      this.#clock.reset();
    }
    return this.#at;
  }

  /** True, told once and counted, for what comes after the end. */
  #isLate(kind: string, count: number = 1): boolean {
    if (!this.#closed) return false;
    this.accounting.add(kind, "dropped", count);
    reportOnce(
      "late",
      `a record came after its run had finished; it is counted as dropped. Record before finishRun.`,
    );
    return true;
  }
}
