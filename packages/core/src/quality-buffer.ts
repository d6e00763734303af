import type { RecordColumn } from "./record-batch.ts";
import { RecordBuffer } from "./record-buffer.ts";

/** Quality rows waiting for storage. Ordinals cost nothing where no row has one. */
export class QualityBuffer extends RecordBuffer {
  #ordinals: (number | null)[] = [];

  constructor() {
    super("entity_id", "entity_kind", "issue", "source_table");
  }

  /** The ordinal of the row that is appended next. */
  locate(ordinal: number | null): void {
    this.#fill();
    this.#ordinals.push(ordinal);
  }

  override take(): { length: number; columns: Record<string, RecordColumn> } {
    if (this.#ordinals.length > 0) this.#fill();
    const taken = super.take();
    if (this.#ordinals.length === 0) return taken;
    taken.columns["row_ordinal"] = this.#ordinals;
    this.#ordinals = [];
    return taken;
  }

  /** Rows that were appended without an ordinal have none. */
  #fill(): void {
    while (this.#ordinals.length < this.length) this.#ordinals.push(null);
  }
}
