import type { Context } from "@opentelemetry/api";
import { ATTR_RECORD_SEQ } from "@pitot/semconv";
import type { ColumnRecords } from "./column-records.ts";
import { correlationColumns } from "./correlation-columns.ts";
import type { RecordRoute } from "./record-route.ts";

/** More rows than this at once go on carriers. */
const FEW = 8;

/** The record path of rows that come by column: stored as they are, told as events while the budget of their kind lasts. */
export class ColumnRecorder {
  readonly #route: RecordRoute;
  /** The next ordinal by kind. */
  readonly #seq = new Map<string, number>();

  constructor(route: RecordRoute) {
    this.#route = route;
  }

  record(records: ColumnRecords, at: Context): void {
    const { emitter, accounting, budget, sink, storage } = this.#route;
    sink?.recordColumns?.(records);
    const { kind, length } = records;
    if (length === 0) return;
    const timeMs = Date.now();
    const first = this.#seq.get(kind) ?? 0;
    this.#seq.set(kind, first + length);
    const stored = storage.present;
    const refused = stored
      ? storage.write({
          kind,
          length,
          columns: { ...records.columns, ...correlationColumns(at, timeMs, first, length) },
        })
      : 0;
    const wanted = Math.min(length, records.exported ?? length);
    const room = emitter.active(at) ? budget.take(kind, wanted) : 0;
    let exported = 0;
    for (let i = 0; i < room; i++) {
      const { name, attributes } = records.event(i);
      const event = { [ATTR_RECORD_SEQ]: first + i, ...attributes };
      const bytes = 64 * Object.keys(event).length;
      const taken =
        length > FEW
          ? emitter.emitRow(name, event, kind, first + i, bytes, at, timeMs)
          : emitter.emit(name, event, kind, first + i, bytes, at, timeMs);
      if (!taken) continue;
      exported++;
      if (emitter.cuts(event)) accounting.add(kind, "truncated");
    }
    accounting.add(kind, "exported", exported);
    accounting.add(kind, stored ? "snapshot_only" : "dropped", length - exported - refused);
  }
}
