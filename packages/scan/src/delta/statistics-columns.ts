import { DataType } from "apache-arrow";
import { compareScalars } from "../predicate/compare-scalars.ts";
import { HAS_NULLS, HAS_VALUES, IS_UNKNOWN, type BoundsColumn } from "../predicate/bounds-columns.ts";
import { parseExactJson, type ExactValue } from "./exact-json.ts";
import { statisticsBound } from "./log-statistics.ts";
import { MOST_VALUES, StatisticsShape } from "./statistics-shape.ts";
import type { TableFiles, VisitStatistics } from "./table-files.ts";
import type { TableLeaf } from "./table-schema.ts";

/** Shapes that are kept; files of others are judged one by one. */
const SHAPES = 32;
/** Files that are read before others get their turn. */
const TURN = 8192;
const NO_VALUE = -1;

type StatisticsColumn = Exclude<BoundsColumn, { kind: "codes" }>;

/**
 * What the log says of a table's files, by column: each column that a predicate asks for is taken out of the JSON once, and stays, 17 bytes a file.
 * Files whose statistics have anything unusual are marked, to be judged one by one.
 */
export class StatisticsColumns {
  readonly #files: TableFiles;
  readonly #columns = new Map<string, StatisticsColumn>();
  readonly #shapes: StatisticsShape[] = [];
  #reading: Promise<void> = Promise.resolve();
  /** Files that must be judged one by one: 1. */
  readonly unusual: Uint8Array;

  constructor(files: TableFiles) {
    this.#files = files;
    this.unusual = new Uint8Array(files.length);
    // Deleted rows make bounds and counts wide.
    for (const file of files.vectors.keys()) this.unusual[file] = 1;
    for (const file of files.parsed.keys()) this.unusual[file] = 1;
  }

  /** A column that was read. */
  column(leafPath: string): BoundsColumn | undefined {
    return this.#columns.get(leafPath);
  }

  /**
   * Takes out what is not there yet.
   * @param turn lets others do their work, between files
   */
  read(leaves: readonly TableLeaf[], turn: () => Promise<void>): Promise<void> {
    // One after the other: a second plan finds what the first one read.
    const read = this.#reading.catch(() => undefined).then(() => this.#read(leaves, turn));
    this.#reading = read;
    return read;
  }

  async #read(leaves: readonly TableLeaf[], turn: () => Promise<void>): Promise<void> {
    const builders = leaves
      .filter(({ path }) => !this.#columns.has(path))
      .map((leaf) => new ColumnBuilder(leaf, this.#files.length));
    if (builders.length === 0) return;
    const { unusual } = this;
    const places = { starts: new Int32Array(MOST_VALUES), ends: new Int32Array(MOST_VALUES) };
    const slots = this.#shapes.map((shape) => slotsOf(shape, builders));
    let last = 0;
    const visit: VisitStatistics = (file, bytes, start, end) => {
      if (unusual[file] !== 0) return;
      let at = -1;
      if (last < this.#shapes.length && this.#shapes[last]!.match(bytes, start, end, places)) at = last;
      else at = this.#shapes.findIndex((shape) => shape.match(bytes, start, end, places));
      if (at < 0 && this.#shapes.length < SHAPES) {
        const shape = StatisticsShape.of(text(bytes, start, end));
        if (shape?.match(bytes, start, end, places) === true) {
          at = this.#shapes.push(shape) - 1;
          slots.push(slotsOf(shape, builders));
        }
      }
      if (at < 0) {
        unusual[file] = 1;
        return;
      }
      last = at;
      const slot = slots[at]!;
      const { starts, ends } = places;
      const rows = slot.rows < 0 ? Number.NaN : whole(bytes, starts[slot.rows]!, ends[slot.rows]!);
      // True begins so; bounds that are not tight tell of rows that are not there.
      if (!(rows > 0) || (slot.tight >= 0 && bytes[starts[slot.tight]!] !== 116)) {
        unusual[file] = 1;
        return;
      }
      for (let i = 0; i < builders.length; i++) {
        const { min, max, nulls } = slot.columns[i]!;
        const count = nulls < 0 ? Number.NaN : whole(bytes, starts[nulls]!, ends[nulls]!);
        const fits = builders[i]!.add(
          file,
          bytes,
          min < 0 ? NO_VALUE : starts[min]!,
          min < 0 ? NO_VALUE : ends[min]!,
          max < 0 ? NO_VALUE : starts[max]!,
          max < 0 ? NO_VALUE : ends[max]!,
          count >= 0 && count <= rows ? count : -1,
          rows,
        );
        if (!fits) unusual[file] = 1;
      }
    };
    for (let from = 0; from < this.#files.length; from += TURN) {
      if (from > 0) await turn();
      this.#files.visitStatistics(from, from + TURN, visit);
    }
    this.#files.rest();
    for (const builder of builders) this.#columns.set(builder.leaf.path, builder.column);
  }
}

interface Slots {
  readonly rows: number;
  readonly tight: number;
  readonly columns: readonly { readonly min: number; readonly max: number; readonly nulls: number }[];
}

/** Which values of a shape are asked for. */
function slotsOf({ paths }: StatisticsShape, builders: readonly ColumnBuilder[]): Slots {
  const texts = paths.map((path) => JSON.stringify(path));
  const find = (...path: string[]): number => texts.indexOf(JSON.stringify(path));
  return {
    rows: find("numRecords"),
    tight: find("tightBounds"),
    columns: builders.map(({ leaf: { physicalPath } }) => ({
      min: find("minValues", ...physicalPath),
      max: find("maxValues", ...physicalPath),
      nulls: find("nullCount", ...physicalPath),
    })),
  };
}

class ColumnBuilder {
  readonly leaf: TableLeaf;
  readonly column: StatisticsColumn;
  readonly #limit: number;
  readonly #codes = new Map<string, number>();
  readonly #texts: string[] = [];
  readonly #min: Float64Array | Int32Array;
  readonly #max: Float64Array | Int32Array;

  constructor(leaf: TableLeaf, files: number) {
    const { type } = leaf;
    this.leaf = leaf;
    const facts = new Uint8Array(files).fill(IS_UNKNOWN);
    const exact = !DataType.isTimestamp(type) && !DataType.isUtf8(type) && !DataType.isBinary(type);
    if (DataType.isUtf8(type)) {
      const [min, max] = [new Int32Array(files).fill(-1), new Int32Array(files).fill(-1)];
      [this.#min, this.#max] = [min, max];
      this.column = { kind: "texts", type, facts, exact, min, max, values: this.#texts };
    } else {
      const [min, max] = [new Float64Array(files).fill(Number.NaN), new Float64Array(files).fill(Number.NaN)];
      [this.#min, this.#max] = [min, max];
      this.column = { kind: "numbers", type, facts, exact, min, max };
    }
    this.#limit = DataType.isInt(type) && type.isSigned ? 2 ** (type.bitWidth - 1) : 0;
  }

  /** @returns false where the file must be judged by itself */
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
    const low = this.#read(bytes, minStart, minEnd, false);
    const high = this.#read(bytes, maxStart, maxEnd, true);
    if (low === undefined || high === undefined) return false;
    const texts = this.column.kind === "texts";
    const hasLow = texts ? low >= 0 : !Number.isNaN(low);
    const hasHigh = texts ? high >= 0 : !Number.isNaN(high);
    if (!hasLow && !hasHigh && nulls < 0) return true;
    const contradict =
      hasLow && hasHigh && (texts ? compareScalars(this.#texts[low]!, this.#texts[high]!) > 0 : low > high);
    // Bounds that contradict each other bound nothing.
    if (!contradict) {
      this.#min[file] = low;
      this.#max[file] = high;
    }
    this.column.facts[file] = (nulls === rows ? 0 : HAS_VALUES) | (nulls === 0 ? 0 : HAS_NULLS);
    return true;
  }

  /** A bound as the column keeps it; NaN, or -1 for texts, where there is none; undefined where it cannot be kept so. */
  #read(bytes: Uint8Array, start: number, end: number, isMax: boolean): number | undefined {
    const texts = this.column.kind === "texts";
    const none = texts ? -1 : Number.NaN;
    if (start < 0) return none;
    if (this.#limit > 0) {
      const value = whole(bytes, start, end);
      if (value >= -this.#limit && value < this.#limit) return value;
    }
    let value: ExactValue;
    try {
      value = parseExactJson(text(bytes, start, end));
    } catch {
      return undefined;
    }
    const scalar = statisticsBound(value, this.leaf.type, isMax);
    if (scalar === undefined) return none;
    if (texts) return typeof scalar === "string" ? this.#code(scalar) : undefined;
    if (typeof scalar === "number") return scalar;
    if (typeof scalar !== "bigint") return undefined;
    const number = Number(scalar);
    return Number.isSafeInteger(number) ? number : undefined;
  }

  #code(value: string): number {
    let code = this.#codes.get(value);
    if (code === undefined) this.#codes.set(value, (code = this.#texts.push(value) - 1));
    return code;
  }
}

/** A whole number of up to 15 digits; NaN for anything else. */
function whole(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start] === 45 ? start + 1 : start;
  if (end - first > 15 || end === first || (bytes[first] === 48 && end - first > 1)) return Number.NaN;
  let value = 0;
  for (let i = first; i < end; i++) {
    const digit = bytes[i]! - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return first === start ? value : -value;
}

function text(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("utf8");
}
