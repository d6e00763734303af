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

  /** Adds the first `length` values, none of them NaN. */
  add(values: Float64Array, length: number): void {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += values[i]!;
    let count = length;
    // An infinity among them, or a sum beyond the largest double.
    if (sum - sum !== 0) {
      values = values.slice(0, length).filter((value) => value - value === 0);
      count = values.length;
    }
    if (count === 0) return;
    const mean = sum - sum === 0 ? sum / count : scaledMean(values, count);
    let squares = 0;
    for (let i = 0; i < count; i++) {
      const difference = values[i]! - mean;
      squares += difference * difference;
    }
    this.merge(new Moments(count, mean, squares));
  }

  merge(other: Moments): void {
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

/** Cannot overflow, but takes a division per value. */
function scaledMean(values: Float64Array, count: number): number {
  let mean = 0;
  for (let i = 0; i < count; i++) mean += values[i]! / count;
  return mean;
}
