import { boundsOfBlocks, type BoundsColumn } from "../predicate/bounds-columns.ts";
import { wholeAt } from "./bound-bytes.ts";
import { NOWHERE, StatisticsColumnBuilder, textAt, type StatisticsColumn } from "./statistics-column.ts";
import { MOST_VALUES, StatisticsShape } from "./statistics-shape.ts";
import type { TableFiles, VisitStatistics } from "./table-files.ts";
import type { TableLeaf } from "./table-schema.ts";

/** Shapes that are kept; files of others are judged one by one. */
const SHAPES = 32;
/** Files that are read before others get their turn. */
const TURN = 8192;
/** Files that are judged together first. */
export const BLOCK = 1024;

/**
 * What the log says of a table's files, by column: each column that a predicate asks for is taken out of the JSON once, and stays, 17 bytes a file.
 * Files whose statistics have anything unusual are marked, to be judged one by one.
 */
export class StatisticsColumns {
  readonly #files: TableFiles;
  readonly #columns = new Map<string, StatisticsColumn>();
  readonly #shapes: StatisticsShape[] = [];
  #reading: Promise<void> = Promise.resolve();
  readonly #blocks = new Map<string, BoundsColumn>();
  /** 1 for files that must be judged one by one. */
  readonly #unusual: Uint8Array;
  #unusualFiles: readonly number[] | undefined;

  constructor(files: TableFiles) {
    this.#files = files;
    this.#unusual = new Uint8Array(files.length);
    // Deleted rows make bounds and counts wide.
    for (const file of files.vectors.keys()) this.#unusual[file] = 1;
    for (const file of files.parsed.keys()) this.#unusual[file] = 1;
  }

  /** Files that must be judged one by one, by what was read so far. */
  get unusualFiles(): readonly number[] {
    if (this.#unusualFiles === undefined) {
      const files: number[] = [];
      for (let file = 0; file < this.#unusual.length; file++) if (this.#unusual[file] !== 0) files.push(file);
      this.#unusualFiles = files;
    }
    return this.#unusualFiles;
  }

  /** A column that was read, of blocks of `BLOCK` files. */
  blockColumn(leafPath: string): BoundsColumn | undefined {
    return this.#blocks.get(leafPath);
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
      .map((leaf) => new StatisticsColumnBuilder(leaf, this.#files.length));
    if (builders.length === 0) return;
    const unusual = this.#unusual;
    const places = { starts: new Int32Array(MOST_VALUES), ends: new Int32Array(MOST_VALUES) };
    const slots = this.#shapes.map((shape) => slotsOf(shape, builders));
    let last = 0;
    let viewed: Uint8Array | undefined;
    let view: DataView = new DataView(new ArrayBuffer(0));
    const visit: VisitStatistics = (file, bytes, start, end) => {
      if (unusual[file] !== 0) return;
      if (viewed !== bytes) {
        viewed = bytes;
        view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      }
      const matches = (shape: StatisticsShape): boolean => shape.match(bytes, view, start, end, places);
      let at = -1;
      if (last < this.#shapes.length && matches(this.#shapes[last]!)) at = last;
      else at = this.#shapes.findIndex(matches);
      if (at < 0 && this.#shapes.length < SHAPES) {
        const shape = StatisticsShape.of(textAt(bytes, start, end));
        if (shape !== undefined && matches(shape)) {
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
      const rows = slot.rows < 0 ? Number.NaN : wholeAt(bytes, starts[slot.rows]!, ends[slot.rows]!);
      // True begins so; bounds that are not tight tell of rows that are not there.
      if (!(rows > 0) || (slot.tight >= 0 && bytes[starts[slot.tight]!] !== 116)) {
        unusual[file] = 1;
        return;
      }
      for (let i = 0; i < builders.length; i++) {
        const { min, max, nulls } = slot.columns[i]!;
        const count = nulls < 0 ? Number.NaN : wholeAt(bytes, starts[nulls]!, ends[nulls]!);
        const fits = builders[i]!.add(
          file,
          bytes,
          min < 0 ? NOWHERE : starts[min]!,
          min < 0 ? NOWHERE : ends[min]!,
          max < 0 ? NOWHERE : starts[max]!,
          max < 0 ? NOWHERE : ends[max]!,
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
    this.#unusualFiles = undefined;
    for (const { leaf, column } of builders) {
      this.#columns.set(leaf.path, column);
      this.#blocks.set(leaf.path, boundsOfBlocks(column, BLOCK));
    }
  }
}

interface Slots {
  readonly rows: number;
  readonly tight: number;
  readonly columns: readonly { readonly min: number; readonly max: number; readonly nulls: number }[];
}

/** Which values of a shape are asked for. */
function slotsOf({ paths }: StatisticsShape, builders: readonly StatisticsColumnBuilder[]): Slots {
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
