import type { Context } from "@opentelemetry/api";
import { ATTR_RECORD_SEQ } from "@pitot/semconv";
import type { Accounting } from "./accounting.ts";
import type { ColumnRecords } from "./column-records.ts";
import { correlationColumns } from "./correlation-columns.ts";
import type { EventEmitter } from "./event-emitter.ts";
import type { ExportBudget } from "./export-budget.ts";
import type { ScopeStorage } from "./scope-storage.ts";

/** More rows than this at once go on carriers. */
const FEW = 8;

/** The record path of rows that come by column: stored as they are, told as events while the budget of their kind lasts. */
export class ColumnRecorder {
  readonly #emitter: EventEmitter;
  readonly #accounting: Accounting;
  readonly #budget: ExportBudget;
  readonly #storage: ScopeStorage;
  readonly #seq = new Map<string, number>();

  constructor(emitter: EventEmitter, accounting: Accounting, budget: ExportBudget, storage: ScopeStorage) {
    this.#emitter = emitter;
    this.#accounting = accounting;
    this.#budget = budget;
    this.#storage = storage;
  }

  record(records: ColumnRecords, at: Context, timeMs: number): void {
    const { kind, length } = records;
    if (length === 0) return;
    const first = this.#seq.get(kind) ?? 0;
    this.#seq.set(kind, first + length);
    const stored = this.#storage.present;
    if (stored)
      this.#storage.write({
        kind,
        length,
        columns: { ...records.columns, ...correlationColumns(at, timeMs, first, length) },
      });
    const wanted = Math.min(length, records.exported ?? length);
    const room = this.#emitter.active(at) ? this.#budget.take(kind, wanted) : 0;
    let exported = 0;
    for (let i = 0; i < room; i++) {
      const { name, attributes } = records.event(i);
      const event = { [ATTR_RECORD_SEQ]: first + i, ...attributes };
      const bytes = 64 * Object.keys(event).length;
      const taken =
        length > FEW
          ? this.#emitter.emitRow(name, event, kind, first + i, bytes, at, timeMs)
          : this.#emitter.emit(name, event, kind, first + i, bytes, at, timeMs);
      if (!taken) continue;
      exported++;
      if (this.#emitter.cuts(event)) this.#accounting.add(kind, "truncated");
    }
    this.#accounting.add(kind, "exported", exported);
    this.#accounting.add(kind, stored ? "snapshot_only" : "dropped", length - exported);
  }
}
