import type { RowPlace } from "@pitot/snapshot";
// Not the whole package: what delivers is not loaded yet where this is needed first.
import { OrdinalRanges } from "@pitot/snapshot/ordinal-ranges";

/** Which rows of the snapshot are still to be sent by this process: what there was no room for. It costs by ranges, not by rows. */
export class SpooledPlaces {
  readonly #scopes = new Map<string, OrdinalRanges>();

  get empty(): boolean {
    return this.#scopes.size === 0;
  }

  add({ scopeId, seq }: RowPlace): void {
    let seqs = this.#scopes.get(scopeId);
    if (seqs === undefined) this.#scopes.set(scopeId, (seqs = new OrdinalRanges()));
    seqs.addOne(seq);
  }

  /** Those of one run or session, which are not among the others any more. */
  take(): { readonly scopeId: string; readonly seqs: OrdinalRanges } | undefined {
    for (const [scopeId, seqs] of this.#scopes) {
      this.#scopes.delete(scopeId);
      return { scopeId, seqs };
    }
    return undefined;
  }

  /** Adds all of another. */
  merge(other: SpooledPlaces): void {
    for (let next = other.take(); next !== undefined; next = other.take()) {
      const seqs = this.#scopes.get(next.scopeId);
      if (seqs === undefined) this.#scopes.set(next.scopeId, next.seqs);
      else seqs.addAll(next.seqs);
    }
  }
}
