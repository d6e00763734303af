import type { FlatValues } from "./flat-column.ts";
import type { PageBody } from "./stored-pages.ts";

type NumberArray = Int32Array | BigInt64Array | Float32Array | Float64Array;

const TYPES: Readonly<Record<string, new (buffer: ArrayBuffer) => NumberArray>> = {
  INT32: Int32Array,
  INT64: BigInt64Array,
  FLOAT: Float32Array,
  DOUBLE: Float64Array,
};

/** Numbers of 4 or 8 bytes, moved by words of 4: a BigInt is made of none, and no NaN is changed. 0 where there is none. */
export class FlatNumbers implements FlatValues {
  readonly length: number;
  readonly #type: string;
  /** Words of a number. */
  readonly #size: 1 | 2;
  readonly #words: Int32Array<ArrayBuffer>;
  #dictionary = new Int32Array(0);

  static isOf(type: string | undefined): boolean {
    return type !== undefined && Object.hasOwn(TYPES, type);
  }

  constructor(length: number, type: string) {
    this.length = length;
    this.#type = type;
    this.#size = type === "INT32" || type === "FLOAT" ? 1 : 2;
    this.#words = new Int32Array(length * this.#size);
  }

  /** The numbers, in an array of their type. */
  get array(): NumberArray {
    return new TYPES[this.#type]!(this.#words.buffer);
  }

  readDictionary(body: PageBody, count: number): void {
    this.#dictionary = this.#stored(body, count);
  }

  readPlain(body: PageBody, count: number, first: number, rows: Int32Array | undefined): void {
    const stored = this.#stored(body, count);
    if (rows === undefined) this.#words.set(stored, first * this.#size);
    else move(stored, undefined, this.#words, 0, rows, this.#size);
  }

  readCoded(codes: Int32Array, first: number, rows: Int32Array | undefined): void {
    move(this.#dictionary, codes, this.#words, first, rows, this.#size);
  }

  select(selection: Uint32Array): FlatNumbers {
    const selected = new FlatNumbers(selection.length, this.#type);
    move(this.#words, selection, selected.#words, 0, undefined, this.#size);
    return selected;
  }

  #stored({ bytes, at }: PageBody, count: number): Int32Array<ArrayBuffer> {
    const end = at + count * this.#size * 4;
    if (end > bytes.length) throw new RangeError("a page ends before its values");
    // Pages lie at any byte.
    const words = new Int32Array(count * this.#size);
    new Uint8Array(words.buffer).set(bytes.subarray(at, end));
    return words;
  }
}

/** Numbers at `from`, of `source`, to `rows`, or to those from `first` on; without `from`, one after the other. */
function move(
  source: Int32Array,
  from: Int32Array | Uint32Array | undefined,
  target: Int32Array,
  first: number,
  rows: Int32Array | undefined,
  size: 1 | 2,
): void {
  const count = from?.length ?? rows!.length;
  if (size === 1)
    for (let i = 0; i < count; i++)
      target[rows === undefined ? first + i : rows[i]!] = source[from === undefined ? i : from[i]!]!;
  else
    for (let i = 0; i < count; i++) {
      const to = 2 * (rows === undefined ? first + i : rows[i]!);
      const at = 2 * (from === undefined ? i : from[i]!);
      target[to] = source[at]!;
      target[to + 1] = source[at + 1]!;
    }
}
