import { checkInstance } from "./check-argument.ts";

/** Mean and standard deviation of finite numbers, by the pairwise formula of Chan, Golub and LeVeque (1979), which does not cancel. Infinities are left out. */
export class Moments {
  count: number;
  mean: number;
  /** Sum of squared differences from the mean. */
  squares: number;

  constructor(count: number = 0, mean: number = 0, squares: number = 0) {
    this.count = count;
    this.mean = mean;
    this.squares = squares;
  }

  /** Adds the first `length` values, none of them NaN, whose sum is `total`. */
  add(values: Float64Array, length: number, total: number = sumOf(values, length)): void {
    let count = length;
    // An infinity among them, or a sum beyond the largest double.
    if (!Number.isFinite(total)) {
      values = values.slice(0, length).filter((value) => value - value === 0);
      count = values.length;
    }
    if (count === 0) return;
    const mean = Number.isFinite(total) ? total / count : scaledMean(values, count);
    // Two of each, so that an addition need not wait for the one before.
    let squares = 0;
    let squares2 = 0;
    for (let i = 1; i < count; i += 2) {
      const one = values[i - 1]! - mean;
      const two = values[i]! - mean;
      squares += one * one;
      squares2 += two * two;
    }
    if (count & 1) squares += (values[count - 1]! - mean) ** 2;
    squares += squares2;
    this.merge(new Moments(count, mean, squares));
  }

  merge(other: Moments): void {
    checkInstance(other, Moments);
    if (other.count === 0) return;
    const count = this.count + other.count;
    const difference = other.mean - this.mean;
    this.squares += other.squares + difference * difference * ((this.count * other.count) / count);
    this.mean = this.count === 0 ? other.mean : this.mean + difference * (other.count / count);
    this.count = count;
  }

  /** Of the sample; NaN for fewer than two. */
  get deviation(): number {
    return this.count < 2 ? Number.NaN : Math.sqrt(this.squares / (this.count - 1));
  }

  /** The arguments that make an equal one. */
  state(): [count: number, mean: number, squares: number] {
    return [this.count, this.mean, this.squares];
  }
}

/** The sum of the first `length` values: finite only where all are, unless they are too large together. */
export function sumOf(values: Float64Array, length: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const whole = length & ~3;
  for (let i = 0; i < whole; i += 4) {
    a += values[i]!;
    b += values[i + 1]!;
    c += values[i + 2]!;
    d += values[i + 3]!;
  }
  for (let i = whole; i < length; i++) a += values[i]!;
  return a + b + (c + d);
}

/** Cannot overflow, but takes a division per value. */
function scaledMean(values: Float64Array, count: number): number {
  let mean = 0;
  for (let i = 0; i < count; i++) mean += values[i]! / count;
  return mean;
}
