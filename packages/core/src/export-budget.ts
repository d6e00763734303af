/** Kinds and names that are told apart; a name per row is a mistake that must not eat the memory of the pipeline. */
const MAX_NAMES = 10_000;

/** How many rows of each kind and name may still go over OTLP. */
export class ExportBudget {
  readonly #rows: number;
  readonly #used = new Map<string, number>();

  constructor(rows: number) {
    this.#rows = rows;
  }

  /** Takes up to `wanted` rows, and returns how many there were left. */
  take(name: string, wanted: number = 1): number {
    const known = this.#used.get(name);
    // Names beyond the bound share one budget.
    const key = known === undefined && this.#used.size >= MAX_NAMES ? "" : name;
    const used = known ?? this.#used.get(key) ?? 0;
    const granted = Math.max(0, Math.min(wanted, this.#rows - used));
    this.#used.set(key, used + granted);
    return granted;
  }
}
