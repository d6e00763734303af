import { columnRecordRows, type ColumnRecords } from "./column-records.ts";
import { guarded } from "./internal/report-once.ts";
import type { MetricOptions, MetricTags } from "./metric-series.ts";

/** Properties of an event or artifact: any object; it is copied, never kept. */
export type Payload = object;

/** One invalid entity. Canonical columns of a quality table. */
export interface QualityRow {
  readonly entity_kind: string;
  readonly entity_id?: string | null;
  readonly issue: string;
  readonly source_table?: string | null;
  /** Ordinal of the row in the table that was checked, from 0. */
  readonly row_ordinal?: number | bigint | null;
}

/**
 * Where diagnostics go: a run, a collector, or several at once. No method throws, blocks or keeps what it is given.
 */
export interface DiagnosticsSink {
  /** Appends one event under a logical name. */
  recordEvent(name: string, properties: Payload): void;
  /** Appends event rows under a logical name. */
  recordEvents(name: string, rows: readonly Payload[]): void;
  /** Appends an artifact under a logical name. */
  recordArtifact(name: string, payload: Payload): void;
  /** Records a metric value with dimensional tags. The first use of a name settles kind and unit. */
  recordMetric(name: string, value: number, tags?: MetricTags, options?: MetricOptions): void;
  /** Appends quality rows. */
  recordQuality(rows: Iterable<QualityRow>): void;
  /** Appends rows by column. A sink without it gets them as events `{kind}_v1`. */
  recordColumns?(records: ColumnRecords): void;
}

/** A sink that hands every record to each of `sinks`; one that fails does not keep the others from it. */
export function composeSinks(...sinks: readonly DiagnosticsSink[]): DiagnosticsSink {
  const each = (method: string, call: (sink: DiagnosticsSink) => unknown): void => {
    for (const sink of sinks) guarded(`sink.${method}`, () => call(sink));
  };
  return {
    recordEvent: (name, properties) => each("recordEvent", (sink) => sink.recordEvent(name, properties)),
    recordEvents: (name, rows) => each("recordEvents", (sink) => sink.recordEvents(name, rows)),
    recordArtifact: (name, payload) => each("recordArtifact", (sink) => sink.recordArtifact(name, payload)),
    recordMetric: (name, value, tags, options) =>
      each("recordMetric", (sink) => sink.recordMetric(name, value, tags, options)),
    recordQuality: (rows) => {
      // An iterator can be read once only; what makes a new one at each call needs no copy.
      const once = sinks.length > 1 && (rows[Symbol.iterator]() as unknown) === rows;
      const all = once ? [...rows] : rows;
      each("recordQuality", (sink) => sink.recordQuality(all));
    },
    recordColumns: (records) =>
      each("recordColumns", (sink) => {
        if (sink.recordColumns === undefined)
          sink.recordEvents(`${records.kind}_v1`, columnRecordRows(records));
        else sink.recordColumns(records);
      }),
  };
}
