/** Up to so many rows a loop beats the call of `fill`. */
const SHORT = 16;

/** A value per row where neighbours have the same: kept as the rows at which it changes. */
export class RowSegments {
  readonly #starts: number[] = [];
  readonly #values: number[] = [];

  /** From this row on. A later call for the same row replaces it. */
  begin(row: number, value: number): void {
    const last = this.#starts.length - 1;
    if (last >= 0 && this.#starts[last] === row) {
      this.#values[last] = value;
      return;
    }
    this.#starts.push(row);
    this.#values.push(value);
  }

  clear(): void {
    this.#starts.length = 0;
    this.#values.length = 0;
  }

  /** The one value of all rows; undefined where they differ. */
  get only(): number | undefined {
    return this.#values.length === 1 ? this.#values[0] : undefined;
  }

  /** Writes the value of each of `length` rows. */
  fill(column: Int32Array, length: number): void {
    const [starts, values] = [this.#starts, this.#values];
    for (let k = 0; k < starts.length; k++) {
      const [start, end, value] = [starts[k]!, starts[k + 1] ?? length, values[k]!];
      if (end - start > SHORT) column.fill(value, start, end);
      else for (let i = start; i < end; i++) column[i] = value;
    }
  }

  /** The same for 64-bit columns. */
  fillInt64(column: BigInt64Array, length: number, convert: (value: number) => bigint): void {
    for (let k = 0; k < this.#starts.length; k++)
      column.fill(convert(this.#values[k]!), this.#starts[k], this.#starts[k + 1] ?? length);
  }
}
