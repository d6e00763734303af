import { DataType, type Data } from "apache-arrow";
import { BLOCK_VALUES } from "./block-kernels.ts";
import { BYTE_TYPES, byteColumn } from "./byte-column.ts";
import { usedValues } from "./dictionary-codes.ts";
import { doubleReader, isDouble, isNumeric } from "./double-blocks.ts";
import { HyperLogLog } from "./hyper-log-log.ts";
import { Moments, sumOf } from "./moments.ts";
import { QuantileSketch } from "./quantile-sketch.ts";
import { valueRange } from "./value-range.ts";

/** What {@link ProfileSketches.parts} gives. */
export type SketchParts = readonly [
  distinct: Uint8Array,
  quantiles: Uint8Array,
  moments: ReturnType<Moments["state"]>,
];

/**
 * The sketches of one column. Numbers wait until a block is full, so that sums do not depend on how the column was cut into chunks; whoever
 * looks at a sketch sees them all.
 */
export class ProfileSketches {
  readonly #distinct: HyperLogLog;
  readonly #quantiles: QuantileSketch;
  readonly #moments: Moments;
  /** Whether blocks of doubles are counted by {@link distinct}: where doubles tell values apart. */
  readonly #doubles: boolean;
  #block: Float64Array | undefined;
  #waiting = 0;

  /** @throws PitotError or TypeError for parts of another sort */
  constructor(type: DataType, parts?: SketchParts) {
    this.#doubles = isDouble(type);
    this.#distinct = new HyperLogLog(parts?.[0].slice());
    this.#quantiles = parts === undefined ? new QuantileSketch() : QuantileSketch.fromBytes(parts[1]);
    this.#moments = new Moments(...(parts === undefined ? [] : threeNumbers(parts[2])));
  }

  get distinct(): HyperLogLog {
    this.#flush();
    return this.#distinct;
  }

  get quantiles(): QuantileSketch {
    this.#flush();
    return this.#quantiles;
  }

  get moments(): Moments {
    this.#flush();
    return this.#moments;
  }

  merge(other: ProfileSketches): void {
    this.distinct.merge(other.distinct);
    this.quantiles.merge(other.quantiles);
    this.moments.merge(other.moments);
  }

  /** The argument that makes equal ones. */
  parts(): SketchParts {
    return [this.distinct.bytes(), this.quantiles.bytes(), this.moments.state()];
  }

  /** Adds a chunk of the column. */
  add(chunk: Data, words: Int32Array | undefined): void {
    if (DataType.isDictionary(chunk.type)) {
      for (const { part, wanted } of usedValues(chunk, words)) this.#addDistinct(part, wanted);
      return;
    }
    if (isNumeric(chunk.type)) this.#addNumbers(chunk, words);
    if (!this.#doubles) this.#addDistinct(chunk, words);
  }

  /** Adds values to the distinct ones alone: those of a dictionary, each once, and those that doubles do not tell apart, in full. */
  #addDistinct(chunk: Data, words: Int32Array | undefined): void {
    const { type, values, length } = chunk;
    if (isDouble(type)) {
      const doubles = new Float64Array(length);
      const held = doubles.subarray(0, doubleReader(chunk, words).read(0, length, doubles, 0));
      const noNaN = held.filter((value) => value === value);
      this.#distinct.addDoubles(noNaN, noNaN.length);
    } else if (values instanceof BigInt64Array || values instanceof BigUint64Array)
      this.#distinct.addPairs(new Int32Array(values.buffer, values.byteOffset, 2 * length), words, length);
    else if (DataType.isBool(type)) {
      const { min, max } = valueRange(chunk, words) ?? {};
      for (const bit of [min, max])
        if (bit !== undefined) this.#distinct.addPairs(Int32Array.of(bit as number, 0), undefined, 1);
    } else if (DataType.isDecimal(type) || BYTE_TYPES.has(type.typeId)) {
      const { offsets, data } = byteColumn(chunk);
      this.#distinct.addBytes(data, offsets, words, length);
    }
  }

  #addNumbers(chunk: Data, words: Int32Array | undefined): void {
    const { length } = chunk;
    const { direct, read } = doubleReader(chunk, words);
    const block = (this.#block ??= new Float64Array(BLOCK_VALUES));
    for (let row = 0; row < length;) {
      if (direct !== undefined && this.#waiting === 0 && length - row >= BLOCK_VALUES) {
        this.#take(direct.subarray(row, row + BLOCK_VALUES), BLOCK_VALUES);
        row += BLOCK_VALUES;
        continue;
      }
      const end = Math.min(length, row + BLOCK_VALUES - this.#waiting);
      this.#waiting = read(row, end, block, this.#waiting);
      row = end;
      if (this.#waiting === BLOCK_VALUES) this.#flush();
    }
  }

  #flush(): void {
    if (this.#block !== undefined && this.#waiting > 0) this.#take(this.#block, this.#waiting);
    this.#waiting = 0;
  }

  /** One block. What it takes from is not changed. */
  #take(values: Float64Array, length: number): void {
    let total = sumOf(values, length);
    if (Number.isNaN(total)) {
      values = values.slice(0, length).filter((value) => value === value);
      length = values.length;
      total = sumOf(values, length);
    }
    this.#moments.add(values, length, total);
    this.#quantiles.add(values, length);
    if (this.#doubles) this.#distinct.addDoubles(values, length);
  }
}

function threeNumbers(state: SketchParts[2]): SketchParts[2] {
  if (state.length !== 3 || !state.every((each) => typeof each === "number"))
    throw new TypeError("no state of moments");
  return state;
}
