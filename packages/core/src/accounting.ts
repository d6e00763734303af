import { ATTR_OUTCOME, ATTR_RECORD_KIND, METRIC_RECORDS } from "@pitot/semconv";
import { counterOf } from "./instruments.ts";
import type { RecordCounts, RecordOutcome } from "./record-target.ts";

type Counts = Record<RecordOutcome, number>;

/** Counts what became of every record, so that nothing is lost silently. */
export class Accounting {
  readonly #kinds = new Map<string, Counts>();
  readonly #parent: Accounting | undefined;

  /** @param parent counts the same again: the process beside the run */
  constructor(parent?: Accounting) {
    this.#parent = parent;
  }

  add(kind: string, outcome: RecordOutcome, count: number = 1): void {
    // A table may say that it has NaN rows, which no later count would get rid of.
    if (!(count > 0 && Number.isFinite(count))) return;
    this.#of(kind)[outcome] += count;
    this.#parent?.add(kind, outcome, count);
  }

  total(outcome: RecordOutcome): number {
    let sum = 0;
    for (const counts of this.#kinds.values()) sum += counts[outcome];
    return sum;
  }

  snapshot(): RecordCounts {
    return Object.fromEntries([...this.#kinds].map(([kind, counts]) => [kind, { ...counts }]));
  }

  #of(kind: string): Counts {
    let counts = this.#kinds.get(kind);
    if (counts === undefined) {
      counts = { exported: 0, snapshot_only: 0, redacted: 0, truncated: 0, dropped: 0 };
      this.#kinds.set(kind, counts);
    }
    return counts;
  }
}

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
