import { reportOnce } from "./internal/report-once.ts";
import { nanoseconds, ordinals } from "./int64-column.ts";
import { metricSeries, type MetricCell, type MetricOptions, type MetricTags } from "./metric-series.ts";
import type { RecordBatch } from "./record-batch.ts";
import type { RecordRoute } from "./record-route.ts";

/** What a cell was given since the last flush. */
interface Interval {
  count: number;
  sum: number;
}

/** The record path of metrics: OpenTelemetry gets each value, storage per attribute set and flush interval one row with the last value, the count and the sum. */
export class MetricRecorder {
  readonly #route: RecordRoute;
  readonly #eachAtOnce: boolean;
  #cells = new Map<MetricCell, Interval>();
  #seq = 0;

  constructor(route: RecordRoute) {
    this.#route = route;
    this.#eachAtOnce = route.recording.flushMs === 0 && route.storage.present;
  }

  record(name: string, value: number, tags: MetricTags, options: MetricOptions): void {
    const { accounting, sink } = this.#route;
    if (typeof value !== "number" || !Number.isFinite(value)) {
      accounting.add("metric", "dropped");
      reportOnce(
        `value:${name}`,
        `metric ${name} was given ${String(value)}, which is not a finite number; it is not recorded`,
      );
      return;
    }
    const series = metricSeries(name, options);
    if (series === undefined) {
      accounting.add("metric", "dropped");
      return;
    }
    const cell = series.cell(tags);
    series.record(cell, value);
    sink?.recordMetric(name, value, tags, options);
    const interval = this.#cells.get(cell);
    if (interval === undefined) this.#cells.set(cell, { count: 1, sum: value });
    else {
      interval.count++;
      interval.sum += value;
    }
    if (this.#eachAtOnce) this.flush();
  }

  /** Writes what came since the last call to storage, and counts it. */
  flush(): void {
    if (this.#cells.size === 0) return;
    const rows = [...this.#cells];
    this.#cells = new Map();
    const { accounting, storage } = this.#route;
    accounting.add(
      "metric",
      "exported",
      rows.reduce((calls, [, { count }]) => calls + count, 0),
    );
    storage.write(metricBatch(rows, this.#seq));
    this.#seq += rows.length;
  }
}

function metricBatch(rows: readonly (readonly [MetricCell, Interval])[], first: number): RecordBatch {
  const none = { codes: new Int32Array(rows.length).fill(-1), values: [] };
  return {
    kind: "metric",
    length: rows.length,
    columns: {
      name: rows.map(([cell]) => cell.metric.name),
      kind: rows.map(([cell]) => cell.metric.kind),
      unit: rows.map(([cell]) => cell.metric.unit),
      value: Float64Array.from(rows, ([cell]) => cell.value),
      count: Float64Array.from(rows, ([, { count }]) => count),
      sum: Float64Array.from(rows, ([, { sum }]) => sum),
      attributes: rows.map(([cell]) => JSON.stringify(cell.tags)),
      trace_id: none,
      span_id: none,
      time_unix_nano: new BigInt64Array(rows.length).fill(nanoseconds(Date.now())),
      seq: ordinals(first, rows.length),
    },
  };
}
