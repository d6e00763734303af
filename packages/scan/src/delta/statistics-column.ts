import { DataType, Precision } from "apache-arrow";
import { compareScalars } from "../predicate/compare-scalars.ts";
import { HAS_NULLS, HAS_VALUES, IS_UNKNOWN, type BoundsColumn } from "../predicate/bounds-columns.ts";
import { dateAt, doubleAt, scaledAt, timestampAt, wholeAt } from "./bound-bytes.ts";
import { parseExactJson, type ExactValue } from "./exact-json.ts";
import { CERTAIN_DECIMALS, hasExactBounds, statisticsBound } from "./log-statistics.ts";
import type { TableLeaf } from "./table-schema.ts";

/** A column of bounds, with an entry per file. */
export type StatisticsColumn = Exclude<BoundsColumn, { kind: "codes" }>;

/** A value lies nowhere. */
export const NOWHERE = -1;

/** Builds a column of bounds from where they lie in the log's JSON, file by file. */
export class StatisticsColumnBuilder {
  readonly leaf: TableLeaf;
  readonly column: StatisticsColumn;
  readonly #facts: Uint8Array;
  readonly #min: Float64Array | Int32Array;
  readonly #max: Float64Array | Int32Array;
  readonly #texts: TextCodes | undefined;
  readonly #fast: ReadNumber | undefined;

  constructor(leaf: TableLeaf, files: number) {
    const { type } = leaf;
    this.leaf = leaf;
    const facts = new Uint8Array(files).fill(IS_UNKNOWN);
    const exact = hasExactBounds(type);
    this.#facts = facts;
    if (DataType.isUtf8(type)) {
      const [min, max] = [new Int32Array(files).fill(-1), new Int32Array(files).fill(-1)];
      [this.#min, this.#max] = [min, max];
      this.#texts = new TextCodes();
      this.column = { kind: "texts", type, facts, exact, min, max, values: this.#texts.values };
    } else {
      const [min, max] = [new Float64Array(files).fill(Number.NaN), new Float64Array(files).fill(Number.NaN)];
      [this.#min, this.#max] = [min, max];
      this.#fast = numberReader(type);
      this.column = { kind: "numbers", type, facts, exact, min, max };
    }
  }

  /**
   * @param nulls below 0 where it is not known
   * @returns false where the file must be judged by itself
   */
  add(
    file: number,
    bytes: Uint8Array,
    minStart: number,
    minEnd: number,
    maxStart: number,
    maxEnd: number,
    nulls: number,
    rows: number,
  ): boolean {
    const texts = this.#texts;
    if (texts !== undefined) {
      const low = this.#text(texts, bytes, minStart, minEnd, false);
      const high = this.#text(texts, bytes, maxStart, maxEnd, true);
      if (low === undefined || high === undefined) return false;
      if (low < 0 && high < 0 && nulls < 0) return true;
      // Bounds that contradict each other bound nothing.
      if (
        low < 0 ||
        high < 0 ||
        low === high ||
        compareScalars(texts.values[low]!, texts.values[high]!) <= 0
      ) {
        this.#min[file] = low;
        this.#max[file] = high;
      }
    } else {
      const low = this.#number(bytes, minStart, minEnd, false);
      const high = this.#number(bytes, maxStart, maxEnd, true);
      if (low === undefined || high === undefined) return false;
      if (Number.isNaN(low) && Number.isNaN(high) && nulls < 0) return true;
      if (!(low > high)) {
        this.#min[file] = low;
        this.#max[file] = high;
      }
    }
    this.#facts[file] = (nulls === rows ? 0 : HAS_VALUES) | (nulls === 0 ? 0 : HAS_NULLS);
    return true;
  }

  /** NaN where there is none; undefined where it is none that a double keeps. */
  #number(bytes: Uint8Array, start: number, end: number, isMax: boolean): number | undefined {
    if (start < 0) return Number.NaN;
    if (this.#fast !== undefined) {
      const value = this.#fast(bytes, start, end, isMax);
      if (!Number.isNaN(value)) return value;
    }
    const scalar = this.#parse(bytes, start, end, isMax);
    if (scalar === null || typeof scalar === "number") return scalar ?? Number.NaN;
    if (typeof scalar !== "bigint") return undefined;
    const number = Number(scalar);
    return Number.isSafeInteger(number) ? number : undefined;
  }

  /** Below 0 where there is none. */
  #text(codes: TextCodes, bytes: Uint8Array, start: number, end: number, isMax: boolean): number | undefined {
    if (start < 0) return NOWHERE;
    const known = codes.codeAt(bytes, start, end, isMax ? 1 : 0);
    if (known >= 0) return known;
    const scalar = this.#parse(bytes, start, end, isMax);
    if (scalar === null) return NOWHERE;
    return typeof scalar === "string" ? codes.code(scalar) : undefined;
  }

  /** Null where there is none; undefined where it is no JSON. */
  #parse(bytes: Uint8Array, start: number, end: number, isMax: boolean): unknown {
    let value: ExactValue;
    try {
      value = parseExactJson(textAt(bytes, start, end));
    } catch {
      return undefined;
    }
    return statisticsBound(value, this.leaf.type, isMax) ?? null;
  }
}

type ReadNumber = (bytes: Uint8Array, start: number, end: number, isMax: boolean) => number;

/** How bounds of a type are read as they are written by most; NaN where one is not. */
function numberReader(type: DataType): ReadNumber | undefined {
  if (DataType.isInt(type) && type.isSigned) {
    const limit = 2 ** (type.bitWidth - 1);
    return (bytes, start, end) => {
      const value = wholeAt(bytes, start, end);
      return value >= -limit && value < limit ? value : Number.NaN;
    };
  }
  if (DataType.isFloat(type) && type.precision === Precision.DOUBLE) return doubleAt;
  if (DataType.isDecimal(type)) {
    const limit = Math.min(10 ** type.precision, CERTAIN_DECIMALS);
    return (bytes, start, end) => {
      const value = scaledAt(bytes, start, end, type.scale);
      return Math.abs(value) < limit ? value : Number.NaN;
    };
  }
  if (DataType.isDate(type)) return dateAt;
  if (DataType.isTimestamp(type)) {
    const zoned = type.timezone != null;
    // As `statisticsBound` widens it: writers cut to milliseconds.
    return (bytes, start, end, isMax) => timestampAt(bytes, start, end, zoned) + (isMax ? 1000 : 0);
  }
  return undefined;
}

/** Texts, each once. */
class TextCodes {
  readonly values: string[] = [];
  readonly #codes = new Map<string, number>();
  /** The bytes that were last asked for, of either bound: often those of the file before. */
  readonly #last: Record<0 | 1, { bytes: Uint8Array; start: number; length: number; code: number }> = [
    { bytes: new Uint8Array(0), start: 0, length: 0, code: NOWHERE },
    { bytes: new Uint8Array(0), start: 0, length: 0, code: NOWHERE },
  ];

  /** Of JSON without escapes; below 0 for any other. */
  codeAt(bytes: Uint8Array, start: number, end: number, bound: 0 | 1): number {
    const last = this.#last[bound];
    const length = end - start;
    if (length === last.length && isSame(last.bytes, last.start, bytes, start, length)) return last.code;
    if (bytes[start] !== 34 || length < 2) return NOWHERE;
    for (let i = start + 1; i < end - 1; i++) if (bytes[i] === 92 || bytes[i]! < 32) return NOWHERE;
    const code = this.code(textAt(bytes, start + 1, end - 1));
    last.bytes = bytes;
    last.start = start;
    last.length = length;
    last.code = code;
    return code;
  }

  code(value: string): number {
    let code = this.#codes.get(value);
    if (code === undefined) this.#codes.set(value, (code = this.values.push(value) - 1));
    return code;
  }
}

function isSame(left: Uint8Array, from: number, right: Uint8Array, at: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (left[from + i] !== right[at + i]) return false;
  return true;
}

/** Bytes as text. */
export function textAt(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("utf8");
}
