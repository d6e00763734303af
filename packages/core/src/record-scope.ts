import type { Attributes, Context, Span } from "@opentelemetry/api";
import * as names from "@pitot/semconv";
import { Accounting } from "./accounting.ts";
import { activeContext } from "./active-context.ts";
import { BurstClock } from "./burst-clock.ts";
import { ColumnRecorder } from "./column-recorder.ts";
import type { ColumnRecords } from "./column-records.ts";
import { composeSinks, type DiagnosticsSink, type Payload, type QualityRow } from "./diagnostics-sink.ts";
import { EventEmitter } from "./event-emitter.ts";
import { ExportBudget } from "./export-budget.ts";
import { counterOf } from "./instruments.ts";
import { guarded, reportOnce } from "./internal/report-once.ts";
import { metricSeries, type MetricOptions, type MetricTags } from "./metric-recorder.ts";
import { MetricRows } from "./metric-rows.ts";
import { runIdOf } from "./live-run.ts";
import { PayloadRecorder } from "./payload-recorder.ts";
import { isQualityTable, qualityRows, type QualityTable } from "./quality-columns.ts";
import { QualityRecorder } from "./quality-recorder.ts";
import type { RecordOutcome } from "./record-target.ts";
import { recording, type Recording } from "./recording-options.ts";
import type { RunPayload } from "./run-payload.ts";
import { cutBySdk } from "./sdk-limits.ts";
import { ScopeStorage } from "./scope-storage.ts";

/** All records of this process, for the `pitot.records` counter. */
class ProcessAccounting extends Accounting {
  readonly #counters = new Map<string, Partial<Record<RecordOutcome, (count: number) => void>>>();

  override add(kind: string, outcome: RecordOutcome, count: number = 1): void {
    let ofKind = this.#counters.get(kind);
    if (ofKind === undefined) this.#counters.set(kind, (ofKind = {}));
    const counter = (ofKind[outcome] ??= counterOf(names.METRIC_RECORDS, {
      [names.ATTR_RECORD_KIND]: kind,
      [names.ATTR_OUTCOME]: outcome,
    }));
    counter(count);
  }
}
const processAccounting = new ProcessAccounting();

/**
 * What a run, and the session outside runs, record into: one pass of copying and redaction, one ordinal per kind, then collector,
 * OTel and storage. Every public method is safe to call from a pipeline: nothing throws.
 */
export class RecordScope implements DiagnosticsSink {
  readonly id: string;
  readonly accounting: Accounting = new Accounting(processAccounting);
  readonly #recording: Recording = recording();
  /** The user's own sink, guarded. */
  readonly sink: DiagnosticsSink | undefined;
  readonly #storage: ScopeStorage;
  readonly #emitter: EventEmitter;
  readonly #type: "run" | "session";
  readonly #context: Context;
  readonly #events: PayloadRecorder;
  readonly #artifacts: PayloadRecorder;
  readonly #quality: QualityRecorder;
  readonly #columns: ColumnRecorder;
  readonly #metrics = new MetricRows();
  readonly #clock = new BurstClock();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #active: Context | undefined;
  #at: Context;

  constructor(
    type: "run" | "session",
    id: string,
    run: RunPayload | undefined,
    at: Context,
    sink?: DiagnosticsSink,
  ) {
    const { accounting } = this;
    this.id = id;
    this.#type = type;
    this.sink = sink === undefined ? undefined : composeSinks(sink);
    this.#context = at;
    this.#at = at;
    this.#emitter = new EventEmitter(this.#recording, type === "run" ? id : undefined, at);
    this.#storage = new ScopeStorage({ type, id, run }, this.#recording.targets, accounting);
    const route = {
      recording: this.#recording,
      accounting,
      sink: this.sink,
      emitter: this.#emitter,
      budget: new ExportBudget(this.#recording.exportRows),
      stored: this.#storage.present,
    };
    this.#events = new PayloadRecorder({ ...route, kind: "event" });
    this.#artifacts = new PayloadRecorder({ ...route, kind: "artifact" });
    this.#quality = new QualityRecorder(this.#recording, this.#emitter, accounting, route.stored);
    this.#columns = new ColumnRecorder(this.#emitter, accounting, route.budget, this.#storage);
  }

  get uri(): string | undefined {
    return this.#storage.uri;
  }

  recordEvent(name: string, properties: Payload): void {
    guarded("record.event", () => this.#payload("event", this.#events, name, properties, false));
  }

  recordEvents(name: string, rows: readonly Payload[]): void {
    guarded("recordEvents", () => {
      for (const row of rows)
        guarded("record.event", () => this.#payload("event", this.#events, name, row, true));
    });
  }

  recordArtifact(name: string, payload: Payload): void {
    guarded("record.artifact", () => this.#payload("artifact", this.#artifacts, name, payload, false));
  }

  recordMetric(name: string, value: number, tags: MetricTags = {}, options: MetricOptions = {}): void {
    guarded("recordMetric", () => {
      if (typeof value !== "number" || !Number.isFinite(value)) {
        this.accounting.add("metric", "dropped");
        reportOnce(
          `value:${name}`,
          `metric ${name} was given ${String(value)}, which is not a finite number; it is not recorded`,
        );
        return;
      }
      const series = metricSeries(name, options);
      if (series === undefined || this.#closed) {
        this.accounting.add("metric", "dropped");
        return;
      }
      const cell = series.cell(tags);
      series.record(cell, value);
      this.sink?.recordMetric(name, value, tags, options);
      this.#metrics.add(cell, value);
      if (this.#recording.flushMs === 0 && this.#storage.present) this.flush();
      else this.#arm();
    });
  }

  recordQuality(rows: Iterable<QualityRow> | QualityTable): void {
    guarded("recordQuality", () => {
      if (isQualityTable(rows)) {
        this.#qualityTable(rows);
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
      if (this.#closed) {
        this.#late(records.kind, records.length);
        return;
      }
      this.sink?.recordColumns?.(records);
      this.#columns.record(records, this.#here(), Date.now());
    });
  }

  /**
   * A lifecycle event: on the span only, since the manifest has it too.
   * @param room how many events the SDK must keep per span, so that this one pushes out none that matters more
   */
  emitLifecycle(name: string, attributes: Attributes, span: Span, room: number): void {
    guarded("lifecycle", () => {
      if (this.#recording.limits.spanEvents < room) return;
      span.addEvent(name, attributes);
      if (this.#emitter.cuts(attributes)) this.accounting.add("run", "truncated");
    });
  }

  /** The last attributes of the run's span; where the SDK keeps fewer, that is counted in them. */
  sealSpan(span: Span, identity: Attributes, totals: () => Attributes): void {
    const { spanAttributes, valueLength } = this.#recording.limits;
    const all = { ...identity, ...totals() };
    // Beside them: the snapshot's place, and the type of an error.
    if (cutBySdk(all, spanAttributes - 2, valueLength)) this.accounting.add("run", "truncated");
    span.setAttributes({ ...identity, ...totals() });
  }

  /** Writes what waits in memory to storage. Synchronous. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#storage.drain("event", this.#events.buffer);
    this.#storage.drain("artifact", this.#artifacts.buffer);
    this.#storage.drain("quality", this.#quality.buffer);
    this.#quality.settle();
    // A run's end with it; a session has none that anybody could wait for.
    if (this.#type === "session") this.#emitter.close();
    const taken = this.#metrics.take();
    if (taken === undefined) return;
    this.accounting.add("metric", "exported", taken.calls);
    this.#storage.write(taken.batch);
  }

  /** Emits the summaries, flushes, ends carriers. Later records are counted as dropped. */
  close(): void {
    if (this.#closed) return;
    guarded("scope.close", () => {
      this.#quality.summarize(this.#context, this.uri);
      this.flush();
      this.#emitter.close();
    });
    this.#closed = true;
  }

  /** Tells storage that the run has ended; {@link RecordScope.close} came before. */
  finish(run: RunPayload | undefined): void {
    this.#storage.finish(run);
  }

  #qualityTable(table: QualityTable): void {
    if (this.#closed) {
      this.#late("quality", table.numRows);
      return;
    }
    if (!this.#quality.takes(table)) return;
    this.sink?.recordQuality(qualityRows(table));
    this.#storage.drain("quality", this.#quality.buffer);
    for (const batch of this.#quality.appendTable(table, this.#here(), Date.now()))
      this.#storage.write(batch);
  }

  #qualityRow(
    kind: string,
    id: string | null | undefined,
    issue: string,
    table: string | null | undefined,
    at: Context,
    ordinal: number | bigint | null | undefined,
  ): void {
    if (this.#closed) {
      this.#late("quality");
      return;
    }
    this.#clock.touch();
    if (this.#quality.append(kind, id ?? null, issue, table ?? null, at, this.#clock, ordinal))
      this.#storage.drain("quality", this.#quality.buffer);
    if (this.#timer === undefined) this.#arm();
  }

  #payload(
    kind: "event" | "artifact",
    recorder: PayloadRecorder,
    name: string,
    payload: Payload,
    many: boolean,
  ): void {
    if (this.#closed) {
      this.#late(kind);
      return;
    }
    const at = this.#here();
    this.#clock.touch();
    if (recorder.append(name, payload, at, this.#clock, many)) this.#storage.drain(kind, recorder.buffer);
    this.#arm();
  }

  #arm(): void {
    if (this.#timer !== undefined || !(this.#storage.present || this.#type === "session")) return;
    const wait = this.#recording.flushMs || 1000;
    this.#timer = setTimeout(() => guarded("flush", () => this.flush()), wait);
    this.#timer.unref();
  }

  /** The caller's context where this run is active in it; else the run's own. */
  #here(): Context {
    const active = activeContext();
    if (active !== this.#active) {
      this.#active = active;
      const ours = this.#type === "session" || runIdOf(active) === this.id;
      this.#at = ours ? active : this.#context;
      // Where another stage begins, much time may have passed.
      this.#clock.reset();
    }
    return this.#at;
  }

  #late(kind: string, count: number = 1): void {
    this.accounting.add(kind, "dropped", count);
    reportOnce(
      "late",
      `a record came after its run had finished; it is counted as dropped. Record before finishRun.`,
    );
  }
}
