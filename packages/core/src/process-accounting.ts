import { ATTR_OUTCOME, ATTR_RECORD_KIND, METRIC_RECORDS } from "@pitot/semconv";
import { Accounting } from "./accounting.ts";
import { counterOf } from "./instruments.ts";
import type { RecordOutcome } from "./record-target.ts";

/** Counts on the `pitot.records` counter. */
class ProcessAccounting extends Accounting {
  readonly #counters = new Map<string, Partial<Record<RecordOutcome, (count: number) => void>>>();

  override add(kind: string, outcome: RecordOutcome, count: number = 1): void {
    let ofKind = this.#counters.get(kind);
    if (ofKind === undefined) this.#counters.set(kind, (ofKind = {}));
    const counter = (ofKind[outcome] ??= counterOf(METRIC_RECORDS, {
      [ATTR_RECORD_KIND]: kind,
      [ATTR_OUTCOME]: outcome,
    }));
    counter(count);
  }
}

/** All records of this process. */
export const processAccounting: Accounting = new ProcessAccounting();
