/** Ordinals as text: ranges where they follow each other, as `0-511,513`. */
export function rangesText(ordinals: readonly number[]): string {
  const ranges: string[] = [];
  for (let i = 0; i < ordinals.length;) {
    const first = ordinals[i]!;
    let last = first;
    for (i++; ordinals[i] === last + 1; i++) last++;
    ranges.push(first === last ? `${first}` : `${first}-${last}`);
  }
  return ranges.join(",");
}

/** A set of ordinals that costs by its ranges, not by its members. */
export class OrdinalRanges {
  #ranges: (readonly [first: number, last: number])[] = [];
  #sorted = true;

  /** Adds what {@link rangesText} wrote; what is no range is passed over. */
  add(text: string): void {
    for (const part of text.split(",")) {
      const match = /^(\d+)(?:-(\d+))?$/.exec(part);
      if (match === null) continue;
      this.#ranges.push([Number(match[1]), Number(match[2] ?? match[1])]);
      this.#sorted = false;
    }
  }

  /** Adds one ordinal; one that follows the last costs nothing. */
  addOne(ordinal: number): void {
    const last = this.#ranges.at(-1);
    if (last !== undefined && this.#sorted && ordinal === last[1] + 1) {
      this.#ranges[this.#ranges.length - 1] = [last[0], ordinal];
      return;
    }
    this.#sorted &&= last === undefined || ordinal > last[1];
    this.#ranges.push([ordinal, ordinal]);
  }

  /** Adds those of another set. */
  addAll(other: OrdinalRanges): void {
    this.#ranges.push(...other.#ranges);
    this.#sorted = false;
  }

  has(ordinal: number): boolean {
    this.#sort();
    let [low, high] = [0, this.#ranges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ranges[middle]![1] < ordinal) low = middle + 1;
      else high = middle;
    }
    return (this.#ranges[low]?.[0] ?? Infinity) <= ordinal;
  }

  /** How many ordinals it has. */
  get size(): number {
    this.#sort();
    return this.#ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  }

  /** Brings the ranges into order, none of them overlapping another. */
  #sort(): void {
    if (this.#sorted) return;
    this.#sorted = true;
    const merged: [number, number][] = [];
    for (const [first, last] of this.#ranges
      .filter((range) => range[0] <= range[1])
      .sort((a, b) => a[0] - b[0])) {
      const before = merged.at(-1);
      if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
      else merged.push([first, last]);
    }
    this.#ranges = merged;
  }
}
