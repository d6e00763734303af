/** Magic number of the portable format of a 64-bit bitmap array. */
const PORTABLE = 1681511377;
/** A container of more values is a bitset in the format. */
const ARRAY_LIMIT = 4096;
const NO_RUNS = 12346;
const RUNS = 12347;

/** A sorted array of the low 16 bits, or a bitset of 65,536. */
type Container = Uint16Array | Uint32Array;

/** A set of row ordinals, as deletion vectors hold it. */
export class RoaringBitmapArray {
  readonly count: number;
  /** By the ordinal divided by 65,536. */
  readonly #containers: ReadonlyMap<number, Container>;
  /** One above the largest ordinal. */
  readonly end: number;
  // Rows are asked for in order, so the container is nearly always the last one.
  #lastKey = -1;
  #last: Container | undefined;

  constructor(containers: ReadonlyMap<number, Container>, count: number, end: number) {
    this.#containers = containers;
    this.count = count;
    this.end = end;
  }

  /**
   * Reads the portable format (RoaringFormatSpec, with a 32-bit key before each bitmap).
   * @throws RangeError that says what is wrong; every length is checked against the bytes that are there
   */
  static parse(bytes: Uint8Array): RoaringBitmapArray {
    return new Parser(bytes).parse();
  }

  has(row: number): boolean {
    const key = Math.floor(row / 65_536);
    if (key !== this.#lastKey) {
      this.#lastKey = key;
      this.#last = this.#containers.get(key);
    }
    const container = this.#last;
    if (container === undefined) return false;
    const low = row & 0xffff;
    if (container instanceof Uint32Array) return ((container[low >>> 5]! >>> (low & 31)) & 1) === 1;
    let from = 0;
    let to = container.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (container[middle]! < low) from = middle + 1;
      else to = middle;
    }
    return container[from] === low;
  }
}

class Parser {
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  parse(): RoaringBitmapArray {
    const magic = this.#int32();
    if (magic !== PORTABLE)
      throw new RangeError(`its magic number ${magic} is not that of the portable format`);
    const bitmaps = this.#int64();
    const containers = new Map<number, Container>();
    let count = 0;
    let end = 0;
    let previous = -1;
    for (let i = 0; i < bitmaps; i++) {
      const high = this.#int32();
      if (high <= previous) throw new RangeError("the keys of its bitmaps must ascend");
      // Ordinals are numbers here: the protocol's 2^63 rows would need a file that nobody can have.
      if (high >= 1 << 21) throw new RangeError("a row ordinal is beyond 2^53");
      previous = high;
      for (const [key, container, size] of this.#bitmap()) {
        containers.set(high * 65_536 + key, container);
        count += size;
        end = (high * 65_536 + key) * 65_536 + largest(container) + 1;
      }
    }
    if (this.#at !== this.#view.byteLength)
      throw new RangeError(`${this.#view.byteLength - this.#at} bytes are left over`);
    return new RoaringBitmapArray(containers, count, end);
  }

  *#bitmap(): Generator<[key: number, container: Container, size: number]> {
    const cookie = this.#int32();
    let size: number;
    let runs: Uint8Array | undefined;
    if ((cookie & 0xffff) === RUNS) {
      size = (cookie >>> 16) + 1;
      runs = this.#bytes((size + 7) >>> 3);
    } else if (cookie === NO_RUNS) size = this.#int32();
    else throw new RangeError(`the cookie ${cookie} of a bitmap is unknown`);
    if (size < 0 || size > 65_536) throw new RangeError(`a bitmap says that it has ${size} containers`);
    const header = this.#at;
    this.#skip(size * 4);
    if (runs === undefined || size >= 4) this.#skip(size * 4);
    let previous = -1;
    for (let i = 0; i < size; i++) {
      const key = this.#view.getUint16(header + 4 * i, true);
      const cardinality = this.#view.getUint16(header + 4 * i + 2, true) + 1;
      if (key <= previous) throw new RangeError("the keys of its containers must ascend");
      previous = key;
      const isRun = runs !== undefined && ((runs[i >>> 3]! >>> (i & 7)) & 1) === 1;
      const container = isRun
        ? this.#runContainer(cardinality)
        : cardinality > ARRAY_LIMIT
          ? this.#bitset(cardinality)
          : this.#array(cardinality);
      yield [key, container, cardinality];
    }
  }

  #array(size: number): Uint16Array {
    const at = this.#skip(size * 2);
    const values = new Uint16Array(size);
    let previous = -1;
    for (let i = 0; i < size; i++) {
      const value = this.#view.getUint16(at + 2 * i, true);
      if (value <= previous) throw new RangeError("the values of a container must ascend");
      values[i] = previous = value;
    }
    return values;
  }

  #bitset(cardinality: number): Uint32Array {
    const at = this.#skip(8192);
    const words = new Uint32Array(2048);
    let count = 0;
    for (let i = 0; i < 2048; i++) count += bits((words[i] = this.#view.getUint32(at + 4 * i, true)));
    if (count !== cardinality)
      throw new RangeError(`a container says ${cardinality} values and has ${count}`);
    return words;
  }

  #runContainer(cardinality: number): Uint32Array {
    const runs = this.#uint16();
    const at = this.#skip(runs * 4);
    const words = new Uint32Array(2048);
    let count = 0;
    let next = 0;
    for (let i = 0; i < runs; i++) {
      const start = this.#view.getUint16(at + 4 * i, true);
      const end = start + this.#view.getUint16(at + 4 * i + 2, true);
      if (end > 0xffff || start < next)
        throw new RangeError("the runs of a container overlap or are too long");
      next = end + 1;
      for (let value = start; value <= end; value++) words[value >>> 5]! |= 1 << (value & 31);
      count += end - start + 1;
    }
    if (count !== cardinality)
      throw new RangeError(`a container says ${cardinality} values and has ${count}`);
    return words;
  }

  #int32(): number {
    return this.#view.getInt32(this.#skip(4), true);
  }

  #uint16(): number {
    return this.#view.getUint16(this.#skip(2), true);
  }

  #int64(): number {
    const value = Number(this.#view.getBigInt64(this.#skip(8), true));
    if (value < 0 || value > 1 << 30) throw new RangeError(`it says that it has ${value} bitmaps`);
    return value;
  }

  #bytes(length: number): Uint8Array {
    const at = this.#skip(length);
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, length);
  }

  /** Where the next `length` bytes begin; they are passed. */
  #skip(length: number): number {
    const at = this.#at;
    if (at + length > this.#view.byteLength) throw new RangeError("it ends in the middle");
    this.#at = at + length;
    return at;
  }
}

function bits(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return (((v + (v >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

function largest(container: Container): number {
  if (container instanceof Uint16Array) return container[container.length - 1]!;
  for (let i = 2047; i >= 0; i--) if (container[i] !== 0) return i * 32 + 31 - Math.clz32(container[i]!);
  return 0;
}
