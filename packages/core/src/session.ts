import { ROOT_CONTEXT } from "@opentelemetry/api";
import type { ColumnRecords } from "./column-records.ts";
import type { DiagnosticsSink, Payload, QualityRow } from "./diagnostics-sink.ts";
import { guarded } from "./internal/report-once.ts";
import { uuid7 } from "./internal/uuid7.ts";
import { activeUnfinishedRun } from "./live-run.ts";
import type { MetricOptions, MetricTags } from "./metric-series.ts";
import type { PipelineRun } from "./pipeline-run.ts";
import type { QualityTable } from "./quality-table.ts";
import { RecordScope } from "./record-scope.ts";
import { recording, type Recording } from "./recording-options.ts";

/** A process that lives for months: ordinals, export budgets and quality summaries are of an hour. */
const SESSION_MS = 3_600_000;

/**
 * A sink for code that has no run at hand: records go to the run that is active in the caller's context, and outside any run, or after its
 * end, to the session of the process. The session's tables lie in the snapshot's `session/<id>/`; its events are on the active span, else
 * on root spans `records event` that end with each flush interval. Nothing throws.
 */
class Session implements DiagnosticsSink {
  #scope: RecordScope | undefined;
  #recording: Recording | undefined;
  #renewal: NodeJS.Timeout | undefined;

  recordEvent(name: string, properties: Payload): void {
    this.#here()?.recordEvent(name, properties);
  }

  recordEvents(name: string, rows: readonly Payload[]): void {
    this.#here()?.recordEvents(name, rows);
  }

  recordArtifact(name: string, payload: Payload): void {
    this.#here()?.recordArtifact(name, payload);
  }

  recordMetric(name: string, value: number, tags?: MetricTags, options?: MetricOptions): void {
    this.#here()?.recordMetric(name, value, tags, options);
  }

  /** Quality rows, or a whole quality table. */
  recordQuality(rows: Iterable<QualityRow> | QualityTable): void {
    this.#here()?.recordQuality(rows);
  }

  /** One quality row, without an object for it. */
  recordQualityRow(
    entityKind: string,
    entityId: string | null,
    issue: string,
    sourceTable: string | null = null,
    rowOrdinal?: number | bigint,
  ): void {
    this.#here()?.recordQualityRow(entityKind, entityId, issue, sourceTable, rowOrdinal);
  }

  recordColumns(records: ColumnRecords): void {
    this.#here()?.recordColumns(records);
  }

  /** Settles what was recorded so far, and hands it to storage and spans; the next record begins anew. */
  close(): void {
    const scope = this.#scope;
    this.#scope = undefined;
    clearTimeout(this.#renewal);
    scope?.close();
    scope?.finish(undefined);
  }

  /** Hands what was recorded so far to storage; the session goes on. */
  flush(): void {
    guarded("session.flush", () => this.#scope?.flush());
  }

  #here(): PipelineRun | RecordScope | undefined {
    const run = activeUnfinishedRun();
    if (run !== undefined) return run;
    if (this.#scope === undefined || this.#recording !== recording())
      guarded("session.open", () => this.#open());
    return this.#scope;
  }

  #open(): void {
    this.close();
    this.#recording = recording();
    this.#scope = new RecordScope({ type: "session", id: uuid7(), run: undefined }, ROOT_CONTEXT);
    this.#renewal = setTimeout(() => this.close(), SESSION_MS).unref();
  }
}

/** See {@link Session}. */
export const session: Session = new Session();
