import type { DictionaryColumn } from "./record-batch.ts";
import type { RowSegments } from "./row-segments.ts";
import { TextDictionary } from "./text-dictionary.ts";

/** A column that repeats: its dictionary, and the code of each group of rows. */
export class TermColumn {
  readonly name: string;
  readonly #dictionary = new TextDictionary();
  readonly #codeOf: number[] = [];
  #codes = new Int32Array(0);
  #filledWith: number | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** The next group has this value. Returns the group. */
  add(value: string | null): number {
    return this.#codeOf.push(this.#dictionary.code(value)) - 1;
  }

  /** The column of rows that belong to these groups, -1 for none. Stands until the next call. */
  column(groups: RowSegments, length: number, capacity: number): DictionaryColumn {
    if (this.#codes.length < length) {
      this.#codes = new Int32Array(capacity);
      this.#filledWith = undefined;
    }
    const codes = this.#codes;
    const values = this.#dictionary.values;
    const { only } = groups;
    if (only !== undefined) {
      const code = only < 0 ? -1 : this.#codeOf[only]!;
      if (this.#filledWith !== code) codes.fill(code);
      this.#filledWith = code;
      return { codes, values, nullCount: code < 0 ? length : 0 };
    }
    this.#filledWith = undefined;
    groups.fill(codes, length);
    let nullCount = 0;
    for (let i = 0; i < length; i++) {
      const group = codes[i]!;
      const code = group < 0 ? -1 : this.#codeOf[group]!;
      codes[i] = code;
      nullCount += code >>> 31;
    }
    return { codes, values, nullCount };
  }
}
