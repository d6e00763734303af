import type { MetricCell } from "./metric-recorder.ts";
import type { RecordBatch } from "./record-batch.ts";
import { nanoseconds, ordinals } from "./int64-column.ts";

/** The snapshot's side of metrics: per attribute set and flush interval one row with the last value, the count and the sum. */
export class MetricRows {
  #cells = new Map<MetricCell, { count: number; sum: number }>();
  #seq = 0;

  add(cell: MetricCell, value: number): void {
    const state = this.#cells.get(cell);
    if (state === undefined) this.#cells.set(cell, { count: 1, sum: value });
    else {
      state.count++;
      state.sum += value;
    }
  }

  /** What has been added since the last call, as a batch, with the number of calls behind it; undefined where there is nothing. */
  take(): { batch: RecordBatch; calls: number } | undefined {
    if (this.#cells.size === 0) return undefined;
    const rows = [...this.#cells];
    this.#cells = new Map();
    const none = { codes: new Int32Array(rows.length).fill(-1), values: [] };
    const first = this.#seq;
    this.#seq += rows.length;
    return {
      calls: rows.reduce((sum, [, state]) => sum + state.count, 0),
      batch: {
        kind: "metric",
        length: rows.length,
        columns: {
          name: rows.map(([cell]) => cell.metric.name),
          kind: rows.map(([cell]) => cell.metric.kind),
          unit: rows.map(([cell]) => cell.metric.unit),
          value: Float64Array.from(rows, ([cell]) => cell.value),
          count: Float64Array.from(rows, ([, state]) => state.count),
          sum: Float64Array.from(rows, ([, state]) => state.sum),
          attributes: rows.map(([cell]) => JSON.stringify(cell.tags)),
          trace_id: none,
          span_id: none,
          time_unix_nano: new BigInt64Array(rows.length).fill(nanoseconds(Date.now())),
          seq: ordinals(first, rows.length),
        },
      },
    };
  }
}
