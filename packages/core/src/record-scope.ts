import { context, trace, type Attributes, type Context, type Span } from "@opentelemetry/api";
import * as names from "@pitot/semconv";
import { Accounting } from "./accounting.ts";
import type { ColumnRecords } from "./column-records.ts";
import { composeSinks, type DiagnosticsSink, type Payload, type QualityRow } from "./diagnostics-sink.ts";
import { EventEmitter } from "./event-emitter.ts";
import { flattenPayload } from "./flatten-attributes.ts";
import { addCounter } from "./instruments.ts";
import { guarded, reportOnce } from "./internal/report-once.ts";
import { metricSeries, type MetricOptions, type MetricTags } from "./metric-recorder.ts";
import { MetricRows } from "./metric-rows.ts";
import { runIdOf } from "./live-run.ts";
import { toPlain, type PlainObject } from "./plain-value.ts";
import { isQualityTable, qualityRows, type QualityTable } from "./quality-columns.ts";
import { QualityRecorder } from "./quality-recorder.ts";
import type { RecordBatch, RecordKind } from "./record-batch.ts";
import { nanoseconds, ordinals, RecordBuffer } from "./record-buffer.ts";
import type { RecordOutcome, ScopeWriter } from "./record-target.ts";
import { recording, type Recording } from "./recording-options.ts";
import { recordName } from "./record-name.ts";
import type { RunPayload } from "./run-payload.ts";

/** All records of this process, for the `pitot.records` counter. */
class ProcessAccounting extends Accounting {
  override add(kind: string, outcome: RecordOutcome, count: number = 1): void {
    addCounter(names.METRIC_RECORDS, count, {
      [names.ATTR_RECORD_KIND]: kind,
      [names.ATTR_OUTCOME]: outcome,
    });
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
  readonly #writers: readonly ScopeWriter[];
  readonly #emitter: EventEmitter;
  readonly #context: Context;
  readonly #events = new RecordBuffer(["name", "properties"], new Set(["name"]));
  readonly #artifacts = new RecordBuffer(["name", "payload"], new Set(["name"]));
  readonly #quality: QualityRecorder;
  readonly #budgets = new Map<string, number>();
  readonly #metrics = new MetricRows();
  readonly #seq: Partial<Record<RecordKind, number>> = {};
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #lastSpan: Span | undefined;
  #lastCodes = { events: -1, artifacts: -1 };

  constructor(
    type: "run" | "session",
    id: string,
    run: RunPayload | undefined,
    at: Context,
    sink?: DiagnosticsSink,
  ) {
    this.id = id;
    this.sink = sink === undefined ? undefined : composeSinks(sink);
    this.#context = at;
    this.#emitter = new EventEmitter(this.#recording, type === "run" ? id : undefined, at);
    const writers: ScopeWriter[] = [];
    for (const target of this.#recording.targets)
      guarded("snapshot.open", () => {
        const writer = target.open({ type, id, run });
        if (writer !== undefined) writers.push(writer);
      });
    this.#writers = writers;
    this.#quality = new QualityRecorder(this.#recording, this.#emitter, this.accounting, writers.length > 0);
  }

  get stored(): boolean {
    return this.#writers.length > 0;
  }

  get uri(): string | undefined {
    return this.#writers[0]?.uri;
  }

  recordEvent(name: string, properties: Payload): void {
    this.#payload("event", name, properties, false);
  }

  recordEvents(name: string, rows: readonly Payload[]): void {
    guarded("recordEvents", () => {
      for (const row of rows) this.#payload("event", name, row, true);
    });
  }

  recordArtifact(name: string, payload: Payload): void {
    this.#payload("artifact", name, payload, false);
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
      if (this.stored && this.#timer === undefined) this.#arm();
    });
  }

  recordQuality(rows: Iterable<QualityRow> | QualityTable): void {
    guarded("recordQuality", () => {
      if (isQualityTable(rows)) {
        this.#qualityTable(rows);
        return;
      }
      const at = this.#at();
      const timeMs = Date.now();
      // One pass for all: the sink sees what was read, also from an iterator that fails half-way.
      const kept: QualityRow[] | undefined = this.sink === undefined ? undefined : [];
      try {
        for (const row of rows) {
          kept?.push(row);
          this.#qualityRow(row.entity_kind, row.entity_id, row.issue, row.source_table, at, timeMs);
        }
      } finally {
        if (kept !== undefined) this.sink?.recordQuality(kept);
      }
    });
  }

  /** One quality row without an object; ≈50 ns. */
  recordQualityRow(
    entityKind: string,
    entityId: string | null,
    issue: string,
    sourceTable: string | null,
  ): void {
    try {
      this.#qualityRow(entityKind, entityId, issue, sourceTable, this.#at(), Date.now());
      this.sink?.recordQuality([
        { entity_kind: entityKind, entity_id: entityId, issue, source_table: sourceTable },
      ]);
    } catch (error) {
      reportOnce("recordQualityRow", "recordQualityRow failed; the pipeline goes on", error);
    }
  }

  /** Rows by column: stored as they are, told as events while the budget of their kind lasts. */
  recordColumns(records: ColumnRecords): void {
    guarded(`record.${records.kind}`, () => {
      const { kind, length, columns } = records;
      if (this.#closed) {
        this.#late(kind, length);
        return;
      }
      this.sink?.recordColumns?.(records);
      const at = this.#at();
      const timeMs = Date.now();
      const first = this.#take(kind, length);
      if (this.stored && length > 0) {
        const ids = trace.getSpan(at)?.spanContext();
        const codes = new Int32Array(length).fill(ids === undefined ? -1 : 0);
        this.#writeBatch({
          kind,
          length,
          columns: {
            ...columns,
            trace_id: { codes, values: ids === undefined ? [] : [ids.traceId] },
            span_id: { codes, values: ids === undefined ? [] : [ids.spanId] },
            time_unix_nano: nanoseconds(new Float64Array(length).fill(timeMs), length),
            seq: ordinals(first, length),
          },
        });
      }
      const used = this.#budgets.get(kind) ?? 0;
      const room = this.#emitter.active(at)
        ? Math.max(0, Math.min(length, records.exported ?? length, this.#recording.exportRows - used))
        : 0;
      this.#budgets.set(kind, used + room);
      let exported = 0;
      for (let i = 0; i < room; i++) {
        const { name, attributes } = records.event(i);
        const event = { ...attributes, [names.ATTR_RECORD_SEQ]: first + i };
        const bytes = 64 * Object.keys(event).length;
        const taken =
          length > 8
            ? this.#emitter.emitRow(name, event, kind, first + i, bytes, at, timeMs)
            : this.#emitter.emit(name, event, kind, first + i, bytes, at, timeMs);
        if (taken) exported++;
      }
      this.accounting.add(kind, "exported", exported);
      this.accounting.add(kind, this.stored ? "snapshot_only" : "dropped", length - exported);
    });
  }

  /** A lifecycle event: on the span only, since the manifest has it too. */
  emitLifecycle(name: string, attributes: Attributes, span: Span): void {
    guarded("lifecycle", () => span.addEvent(name, attributes));
  }

  /** Writes what waits in memory to storage. Synchronous. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#write("event", this.#events);
    this.#write("artifact", this.#artifacts);
    this.#write("quality", this.#quality.buffer);
    this.#writeMetrics();
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
    for (const writer of this.#writers)
      guarded("snapshot.finish", () => writer.finish(run, this.accounting.snapshot()));
  }

  #qualityTable(table: QualityTable): void {
    if (this.#closed) {
      this.#late("quality", table.numRows);
      return;
    }
    if (!this.#quality.takes(table)) return;
    this.sink?.recordQuality(qualityRows(table));
    this.#write("quality", this.#quality.buffer);
    for (const batch of this.#quality.appendTable(table, this.#at(), Date.now())) this.#writeBatch(batch);
  }

  #qualityRow(
    kind: string,
    id: string | null | undefined,
    issue: string,
    table: string | null | undefined,
    at: Context,
    timeMs: number,
  ): void {
    if (this.#closed) {
      this.#late("quality");
      return;
    }
    if (this.#quality.append(kind, id ?? null, issue, table ?? null, at, timeMs))
      this.#write("quality", this.#quality.buffer);
    else if (this.#timer === undefined) this.#arm();
  }

  #payload(kind: "event" | "artifact", name: string, payload: Payload, many: boolean): void {
    guarded(`record.${kind}`, () => {
      if (this.#closed) {
        this.#late(kind);
        return;
      }
      const logical = recordName(name);
      const plain = toPlain(payload, this.#recording.redactor);
      const value: PlainObject =
        typeof plain.value === "object" && plain.value !== null && !Array.isArray(plain.value)
          ? plain.value
          : { value: plain.value };
      if (plain.redacted > 0) this.accounting.add(kind, "redacted", plain.redacted);
      if (this.sink !== undefined) {
        if (kind === "event") this.sink.recordEvent(logical, value);
        else this.sink.recordArtifact(logical, value);
      }
      const at = this.#at();
      const timeMs = Date.now();
      const json = JSON.stringify(value);
      const seq = this.#store(kind, logical, json, at, timeMs);
      const { taken, truncated } = this.#emit(kind, logical, value, json, seq, at, timeMs, many);
      if (truncated || plain.cut || logical !== name) this.accounting.add(kind, "truncated");
      this.accounting.add(kind, taken ? "exported" : this.stored ? "snapshot_only" : "dropped");
    });
  }

  #store(kind: "event" | "artifact", name: string, json: string, at: Context, timeMs: number): number {
    const buffer = kind === "event" ? this.#events : this.#artifacts;
    // Counted here, not by the buffer: exported events are numbered without a snapshot too.
    const seq = this.#take(kind, 1);
    if (!this.stored) return seq;
    buffer.append(
      name,
      json,
      null,
      null,
      this.#spanCode(kind === "event" ? "events" : "artifacts", buffer, at),
      timeMs,
    );
    if (buffer.full || this.#recording.flushMs === 0) this.#write(kind, buffer);
    else if (this.#timer === undefined) this.#arm();
    return seq;
  }

  #emit(
    kind: "event" | "artifact",
    name: string,
    value: PlainObject,
    json: string,
    seq: number,
    at: Context,
    timeMs: number,
    many: boolean,
  ): { taken: boolean; truncated: boolean } {
    if (!this.#emitter.active(at)) return { taken: false, truncated: false };
    const budget = `${kind}\u0000${name}`;
    const used = this.#budgets.get(budget) ?? 0;
    if (used >= this.#recording.exportRows) return { taken: false, truncated: false };
    this.#budgets.set(budget, used + 1);
    const flat = flattenPayload(value, json, {
      attributes: this.#emitter.attributeBudget,
      payloadBytes: this.#recording.payloadBytes,
    });
    const attributes: Attributes = {
      [kind === "event" ? names.ATTR_EVENT_NAME : names.ATTR_ARTIFACT_NAME]: name,
      [names.ATTR_RECORD_SEQ]: seq,
      ...flat.attributes,
    };
    const event = kind === "event" ? names.EVENT_EVENT : names.EVENT_ARTIFACT;
    const bytes = Math.min(json.length, this.#recording.payloadBytes) + 128;
    const taken = many
      ? this.#emitter.emitRow(event, attributes, kind, seq, bytes, at, timeMs)
      : this.#emitter.emit(event, attributes, kind, seq, bytes, at, timeMs);
    return { taken, truncated: flat.truncated };
  }

  #writeMetrics(): void {
    const taken = this.#metrics.take();
    if (taken === undefined) return;
    this.accounting.add("metric", "exported", taken.calls);
    this.#writeBatch(taken.batch);
  }

  #write(kind: RecordKind, buffer: RecordBuffer): void {
    if (buffer.length === 0) return;
    const { length, columns } = buffer.take();
    this.#writeBatch({ kind, length, columns });
  }

  #writeBatch(batch: RecordBatch): void {
    for (const writer of this.#writers)
      try {
        writer.write(batch);
      } catch (error) {
        this.accounting.add(batch.kind, "dropped", batch.length);
        reportOnce(
          `snapshot:${this.id}`,
          "the snapshot cannot be written; the pipeline goes on, the counters say how much is missing",
          error,
        );
      }
  }

  #arm(): void {
    if (!this.stored) return;
    this.#timer = setTimeout(() => guarded("flush", () => this.flush()), this.#recording.flushMs);
    this.#timer.unref();
  }

  /** The caller's context where this run is active in it; else the run's own. */
  #at(): Context {
    const active = context.active();
    return runIdOf(active) === this.id ? active : this.#context;
  }

  #spanCode(which: "events" | "artifacts", buffer: RecordBuffer, at: Context): number {
    const span = trace.getSpan(at);
    if (span !== this.#lastSpan) {
      this.#lastSpan = span;
      this.#lastCodes = { events: -2, artifacts: -2 };
    }
    if (span === undefined) return -1;
    if (this.#lastCodes[which] < 0) {
      const { traceId, spanId } = span.spanContext();
      this.#lastCodes[which] = buffer.spanCode(traceId, spanId);
    }
    return this.#lastCodes[which];
  }

  /** The first of `count` ordinals of a kind. */
  #take(kind: RecordKind, count: number): number {
    const first = this.#seq[kind] ?? 0;
    this.#seq[kind] = first + count;
    return first;
  }

  #late(kind: string, count: number = 1): void {
    this.accounting.add(kind, "dropped", count);
    reportOnce(
      "late",
      `a record came after its run had finished; it is counted as dropped. Record before finishRun.`,
    );
  }
}
