import { PitotError } from "@pitot/core";
import { decode, encode } from "@msgpack/msgpack";

const K = 2048;
/** Levels kept before the lowest gives way to sampling. */
const LEVELS = 4;
const SHRINK = 2 / 3;
const SEED = 0x9e3779b9 | 0;

/**
 * Quantiles of a stream in about 40 KB: a KLL sketch (Karnin, Lang, Liberty: "Optimal quantile approximation in streams", 2016) of doubles, with the
 * sampler that the paper gives for the lowest levels. A value returned for rank q has a true rank within 1 % of q in 99 of 100
 * sketches. Up to 2,048 values it is exact. Sketches merge. "Random" choices come from a generator of fixed seed, so that equal streams make
 * equal sketches on every machine.
 */
export class QuantileSketch {
  /** Values put in. */
  count = 0;
  /** One of 2^base values is kept at the lowest level. */
  #base = 0;
  #levels: Float64Array[] = [new Float64Array(K)];
  #sizes: number[] = [0];
  #state = SEED;
  /** The block of 2^base values that is being sampled: how many have passed, which one is taken, and its value. */
  #passed = 0;
  #pick = 0;
  #picked = 0;

  /** Adds the first `length` values, none of them NaN. */
  add(values: Float64Array, length: number): void {
    this.count += length;
    for (let i = 0; i < length;) {
      const block = 2 ** this.#base;
      const take = Math.min(block - this.#passed, length - i);
      const at = this.#pick - this.#passed;
      if (at >= 0 && at < take) this.#picked = values[i + at]!;
      this.#passed += take;
      i += take;
      if (this.#passed === block) {
        this.#passed = 0;
        this.#push(0, this.#picked);
        // After the push, which may have doubled the block.
        this.#pick = this.#base === 0 ? 0 : this.#random() & (2 ** this.#base - 1);
      }
    }
  }

  /** Adds what `other` has seen. */
  merge(other: QuantileSketch): void {
    while (this.#base < other.#base) this.#dropLowest();
    for (let level = 0; level < other.#levels.length; level++)
      for (const value of other.#levels[level]!.slice(0, other.#sizes[level])) {
        // Looked up for each value: pushing may raise the base. A value of a weight below ours is sampled down to it.
        const target = other.#base + level - this.#base;
        if (target < 0 && (this.#random() & (2 ** -target - 1)) !== 0) continue;
        while (this.#levels.length <= target) this.#addLevel();
        this.#push(Math.max(0, target), value);
      }
    this.count += other.count;
  }

  /**
   * Values at ranks 0 … 1, ascending ranks given; NaN for an empty sketch.
   */
  quantiles(ranks: readonly number[]): number[] {
    const { values, weights, total } = this.#sorted();
    let at = 0;
    let below = 0;
    return ranks.map((rank) => {
      if (values.length === 0) return Number.NaN;
      while (at < values.length - 1 && below + weights[at]! < rank * total) below += weights[at++]!;
      return values[at]!;
    });
  }

  /** The part of values that are at most each of `edges`, which ascend. */
  ranks(edges: readonly number[]): number[] {
    const { values, weights, total } = this.#sorted();
    let at = 0;
    let below = 0;
    return edges.map((edge) => {
      while (at < values.length && values[at]! <= edge) below += weights[at++]!;
      return total === 0 ? 0 : below / total;
    });
  }

  /** For {@link QuantileSketch.fromBytes}. */
  bytes(): Uint8Array {
    return encode([
      this.count,
      this.#base,
      this.#state,
      this.#passed,
      this.#pick,
      this.#picked,
      this.#levels.map((level, i) =>
        Buffer.from(Float64Array.from(level.subarray(0, this.#sizes[i])).buffer),
      ),
    ]);
  }

  /** @throws PitotError INVALID_DATA for what `bytes` did not make */
  static fromBytes(bytes: Uint8Array): QuantileSketch {
    const sketch = new QuantileSketch();
    try {
      const [count, base, state, passed, pick, picked, levels] = decode(bytes) as [
        number,
        number,
        number,
        number,
        number,
        number,
        Uint8Array[],
      ];
      sketch.count = count;
      sketch.#base = base;
      sketch.#state = state;
      sketch.#passed = passed;
      sketch.#pick = pick;
      sketch.#picked = picked;
      sketch.#sizes = levels.map(({ length }) => length / 8);
      sketch.#levels = levels.map((level) => {
        const values = new Float64Array(K);
        values.set(new Float64Array(Uint8Array.from(level).buffer));
        return values;
      });
    } catch (cause) {
      throw new PitotError("INVALID_DATA", "These are not the bytes of a quantile sketch", {
        value: `${bytes.length} bytes`,
        remedy: "Give what `bytes()` made.",
        cause,
      });
    }
    return sketch;
  }

  #sorted(): { values: Float64Array; weights: Float64Array; total: number } {
    const size = this.#sizes.reduce((sum, each) => sum + each, 0);
    const values = new Float64Array(size);
    const weights = new Float64Array(size);
    const next = this.#levels.map(() => 0);
    const levels = this.#levels.map((level, i) => level.slice(0, this.#sizes[i]).sort());
    let total = 0;
    for (let at = 0; at < size; at++) {
      let best = -1;
      for (let level = 0; level < levels.length; level++)
        if (
          next[level]! < levels[level]!.length &&
          (best < 0 || levels[level]![next[level]!]! < levels[best]![next[best]!]!)
        )
          best = level;
      values[at] = levels[best]![next[best]!++]!;
      weights[at] = 2 ** best;
      total += weights[at]!;
    }
    return { values, weights, total };
  }

  #push(level: number, value: number): void {
    const size = this.#sizes[level]!;
    this.#levels[level]![size] = value;
    this.#sizes[level] = size + 1;
    if (size + 1 >= this.#capacity(level)) this.#compact(level);
  }

  /** The top level has K; each below it two thirds of the one above. Even, so that nothing is left over. */
  #capacity(level: number): number {
    return 2 * Math.ceil((K / 2) * SHRINK ** (this.#levels.length - 1 - level));
  }

  /** Sorts a full level and moves every other value up, at twice its weight. */
  #compact(level: number): void {
    if (level === this.#levels.length - 1) this.#addLevel();
    const size = this.#sizes[level]!;
    const values = this.#levels[level]!.subarray(0, size).sort();
    const odd = size & 1;
    const kept = values[size - 1]!;
    this.#sizes[level] = 0;
    const source = values.slice();
    const from = this.#random() & 1;
    for (let i = from; i < size - odd; i += 2) this.#push(level + 1, source[i]!);
    if (odd === 1) this.#push(level, kept);
    if (level === 0 && this.#levels.length > LEVELS) this.#dropLowest();
  }

  #addLevel(): void {
    this.#levels.push(new Float64Array(K));
    this.#sizes.push(0);
  }

  /** Doubles the block that is sampled: what the lowest level still holds goes up, one value of two. */
  #dropLowest(): void {
    const values = this.#levels[0]!.subarray(0, this.#sizes[0]).sort();
    const rest = values.slice();
    if (this.#levels.length === 1) this.#addLevel();
    this.#levels.shift();
    this.#sizes.shift();
    // The block in progress goes on in one twice as long, of either half with equal chance.
    if (this.#random() & 1) this.#pick += 2 ** this.#base;
    this.#base++;
    for (let i = this.#random() & 1; i < rest.length; i += 2) this.#push(0, rest[i]!);
  }

  /** xorshift32 of Marsaglia. */
  #random(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }
}
