import { checkList, refused } from "./check-argument.ts";

/** The values that a sketch has kept, ascending, each for as many as its weight says: what ranks and quantiles are read from. */
export class WeightedValues {
  readonly #values: Float64Array;
  readonly #weights: Float64Array;
  #total = 0;

  /** @param runs ascending; a value of run `i` weighs 2^i */
  constructor(runs: readonly Float64Array[]) {
    const size = runs.reduce((sum, { length }) => sum + length, 0);
    const values = new Float64Array(size);
    const weights = new Float64Array(size);
    const next = runs.map(() => 0);
    for (let at = 0; at < size; at++) {
      let best = -1;
      for (let k = 0; k < runs.length; k++)
        if (next[k]! < runs[k]!.length && (best < 0 || runs[k]![next[k]!]! < runs[best]![next[best]!]!))
          best = k;
      values[at] = runs[best]![next[best]!++]!;
      weights[at] = 2 ** best;
      this.#total += weights[at]!;
    }
    this.#values = values;
    this.#weights = weights;
  }

  /** See `QuantileSketch.quantiles`. */
  quantiles(ranks: readonly number[]): number[] {
    checkNumbers(
      ranks,
      0,
      1,
      "Ranks are not a list of numbers",
      "Give numbers from 0 to 1, also of one: [0.5].",
    );
    const [values, weights, total] = [this.#values, this.#weights, this.#total];
    let at = 0;
    let below = 0;
    return ascending(ranks, (rank) => {
      if (values.length === 0) return Number.NaN;
      while (at < values.length - 1 && below + weights[at]! < rank * total) below += weights[at++]!;
      return values[at]!;
    });
  }

  /** See `QuantileSketch.ranks`. */
  ranks(edges: readonly number[]): number[] {
    checkNumbers(
      edges,
      -Infinity,
      Infinity,
      "Edges are not a list of numbers",
      "Give values, also of one: [17].",
    );
    const [values, weights, total] = [this.#values, this.#weights, this.#total];
    let at = 0;
    let below = 0;
    return ascending(edges, (edge) => {
      while (at < values.length && values[at]! <= edge) below += weights[at++]!;
      return total === 0 ? 0 : below / total;
    });
  }

  /** See `QuantileSketch.finiteBounds`. */
  finiteBounds(): readonly [min: number, max: number] | undefined {
    const finite = this.#values.filter(Number.isFinite);
    return finite.length === 0 ? undefined : [finite[0]!, finite.at(-1)!];
  }
}

/** @throws PitotError INVALID_ARGUMENT for what is no list of numbers from `least` to `most` */
function checkNumbers(
  list: readonly number[],
  least: number,
  most: number,
  problem: string,
  remedy: string,
): void {
  checkList(list, problem, remedy);
  if (!list.every((each) => typeof each === "number" && each >= least && each <= most))
    throw refused(problem, list, remedy);
}

/** Answers for numbers in ascending order, returned in the list's own. */
function ascending(list: readonly number[], answer: (each: number) => number): number[] {
  const answers = list.map(() => 0);
  for (const i of list.map((_, at) => at).toSorted((a, b) => list[a]! - list[b]!))
    answers[i] = answer(list[i]!);
  return answers;
}
